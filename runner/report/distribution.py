# SPDX-License-Identifier: GPL-2.0
"""What each arm measured: every value, and a box over them."""
import cells
import words
from effects import reach
from ink import INK
from plots import Rows, draw, scale

LEAST_FOR_A_BOX = 5
WIDE = 20  # greatest / least: from here on the scale is logarithmic


def sides(document, result, name):
    """(label, values, verdict or None for the baseline): each baseline once, then its arms."""
    found, seen = [], set()
    for comparison, row in cells.rows_named(document, name):
        if cells.hidden(row):
            continue
        label = cells.label_of(cells.before_label(comparison, document), comparison["factors"])
        if document.get("kind") == "results":
            label = f"{cells.comparison_label(comparison)}, before"
        if label not in seen:
            found.append((label, row["before_values"], None))
        seen.add(label)
        found.append((cells.comparison_label(comparison), row["after_values"], row["verdict"]))
    if not document["comparisons"]:
        found = [
            (label, cells.values(trials, name), None)
            for label, trials in cells.cells_of(result).items()
        ]
    return [side for side in found if side[1]]


def quartile(values, share):
    """Linear between order statistics, as Hyndman and Fan's type 7."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def box(rows, i, values, colour):
    low, middle, high = (quartile(values, share) for share in (0.25, 0.5, 0.75))
    y, half = rows.mark(i), rows.half
    if len(values) >= LEAST_FOR_A_BOX:
        rows.axes.fill_between(
            [low, high],
            y - half,
            y + half,
            facecolor=INK["band"],
            edgecolor=INK[colour],
            lw=0.9,
            zorder=1,
        )
    rows.axes.plot([middle, middle], [y - half, y + half], color=INK[colour], lw=1.8, zorder=2)


def dots(rows, i, values, colour):
    """Dots at four heights in turn, so that equal values stay apart."""
    heights = [rows.mark(i) + rows.half * (0.6 - 0.4 * (k % 4)) for k in range(len(values))]
    rows.axes.plot(
        values, heights, "o", ms=3.6, color=INK[colour], mec=INK["paper"], mew=0.4, zorder=3
    )


def spread(values):
    return (
        f"{words.number(cells.median(values))} [{words.number(min(values))},"
        f" {words.number(max(values))}]"
    )


def distributions(document, result, name):
    found = sides(document, result, name)
    if not found:
        return []
    unit = words.unit(cells.unit_of(document, result, name))
    everything = [value for _, values, _ in found for value in values]
    least, greatest = min(everything), max(everything)

    def paint():
        rows = Rows([label for label, _, _ in found], f"{name}, {unit}", mark_points=22)
        for i, (_, values, verdict) in enumerate(found):
            colour = "invalid" if verdict == "invalid" else "ink" if verdict is None else "s1"
            box(rows, i, values, colour)
            dots(rows, i, values, colour)
            rows.text(i, spread(values), "muted")
        scale(
            rows.axes, *reach(everything, 1e-9), logarithmic=least > 0 and greatest / least > WIDE
        )
        return rows.figure

    caption = (
        f"One dot per cluster; box: the middle half (from {LEAST_FOR_A_BOX} values on); line:"
        " median; at the right: median [least, greatest]. The baseline is dark. All arms on one"
        " scale."
    )
    stated = [f"{label} {spread(values)}" for label, values, _ in found]
    return [
        draw(
            f"values-{words.slug(name)}",
            f"{name}: what each arm measured",
            caption,
            f"Values of {name} per arm, median and range in {unit}. " + "; ".join(stated) + ".",
            paint,
        )
    ]
