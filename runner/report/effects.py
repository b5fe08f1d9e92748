# SPDX-License-Identifier: GPL-2.0
"""What an arm changes: forest plots and paired differences."""
import cells
import words
from ink import INK
from plots import Rows, draw, interval_mark, scale


def forest(document, name):
    """One plot per scale: arms with a ratio, and arms whose ratio is undefined (a zero on either
    side)."""
    ranked = [
        (c, row)
        for c, row in cells.rows_named(document, name)
        if not cells.hidden(row) and row["before"] is not None and row["after"] is not None
    ]
    ratios = [(c, row) for c, row in ranked if row["ratio"] is not None]
    differences = [
        (c, row) for c, row in ranked if row["ratio"] is None and row["difference"] is not None
    ]
    plots = [ratio_forest(ratios, name)] if ratios else []
    return plots + ([difference_forest(differences, name)] if differences else [])


def reach(values, least):
    """The span of what is drawn, never so narrow that rounding shows."""
    values = [value for value in values if value is not None]
    low, high = min(values), max(values)
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    return low, high


def ratio_forest(pairs, name):
    def paint():
        rows = Rows([cells.comparison_label(c) for c, _ in pairs], f"{name}: after / before")
        ends = [1.0]
        for i, (_, row) in enumerate(pairs):
            delta = row["delta"] or 0
            rows.band(i, max(1e-6, 1 - delta), 1 + delta)
            interval_mark(rows, i, row["ratio"], row["ci_low"], row["ci_high"], row["verdict"])
            rows.text(
                i, words.interval(row["ratio"], row["ci_low"], row["ci_high"]), row["verdict"]
            )
            ends += [max(1e-6, 1 - delta), 1 + delta, row["ratio"], row["ci_low"], row["ci_high"]]
        rows.reference(1.0)
        low, high = reach(ends, 1e-4)
        scale(rows.axes, low, high, logarithmic=low > 0 and high / low > 4)
        return rows.figure

    stated = [
        f"{cells.comparison_label(c)} {words.interval(r['ratio'], r['ci_low'], r['ci_high'])},"
        f" {r['verdict_words']}"
        for c, r in pairs
    ]
    caption = (
        "Dot: ratio after / before. Bar: its interval. Vertical line: no change. Grey band:"
        " \u00b1\u03b4 (it may be as thin as the line). A diamond has no interval."
    )
    return draw(
        f"forest-{words.slug(name)}",
        f"{name}: ratio to the baseline",
        caption,
        f"Forest plot of the ratio of {name} after to before. " + "; ".join(stated) + ".",
        paint,
    )


def difference_forest(pairs, name):
    unit = words.unit(pairs[0][1]["unit"])

    def ends_of(row):
        return row["difference"], row.get("difference_low"), row.get("difference_high")

    def paint():
        rows = Rows(
            [cells.comparison_label(c) for c, _ in pairs],
            f"{name}: after {words.MINUS} before, {unit}",
        )
        ends = [0.0]
        for i, (_, row) in enumerate(pairs):
            delta = row["delta"] or 0
            rows.band(i, -delta, delta)
            interval_mark(rows, i, *ends_of(row), row["verdict"])
            rows.text(i, words.span(*ends_of(row)), row["verdict"])
            ends += [-delta, delta, *ends_of(row)]
        rows.reference(0.0)
        scale(rows.axes, *reach(ends, 1e-9))
        return rows.figure

    stated = [
        f"{cells.comparison_label(c)} {words.span(*ends_of(r))}, {r['verdict_words']}"
        for c, r in pairs
    ]
    caption = (
        "A ratio is undefined where a side is zero: the difference instead. Dot: after \u2212"
        " before. Bar: its interval. Vertical line: no change. Grey band: \u00b1\u03b4."
    )
    return draw(
        f"forest-difference-{words.slug(name)}",
        f"{name}: difference from the baseline",
        caption,
        f"Forest plot of the difference of {name}, in {unit}. " + "; ".join(stated) + ".",
        paint,
    )


def is_paired(document):
    return document.get("paired", document.get("kind", "arms") == "arms")


def round_differences(row):
    return [after - before for before, after in zip(row["before_values"], row["after_values"])]


def paired(document, result, name):
    """Each round's difference, arm by arm, each on a scale of its own: what the interval was made
    of."""
    pairs = [
        (c, row)
        for c, row in cells.rows_named(document, name)
        if not cells.hidden(row)
        and row["before_values"]
        and len(row["before_values"]) == len(row["after_values"])
    ]
    if not pairs or not is_paired(document):
        return []
    unit = words.unit(pairs[0][1]["unit"])
    cluster = result["lane_facts"]["round"]

    def paint():
        rows = Rows(
            [cells.comparison_label(c) for c, _ in pairs],
            f"{cluster}, in the order of the run",
            mark_points=34,
        )
        most = 1
        for i, (_, row) in enumerate(pairs):
            differences = round_differences(row)
            most = max(most, len(differences))
            rows.text(i, spread(differences), "muted")
            strip(rows, i, differences)
        scale(rows.axes, 1, most, pad=0.03, whole=True)
        return rows.figure

    stated = [f"{cells.comparison_label(c)} {spread(round_differences(r))}" for c, r in pairs]
    caption = (
        f"One dot per {cluster}: after \u2212 before, in {unit}. Each arm on a scale of its own, so"
        " that the spread shows; line: median; grey band: from the least to the greatest; both at"
        " the right. A drift or a stray round would show as one."
    )
    return [
        draw(
            f"paired-{words.slug(name)}",
            f"{name}: paired differences per {cluster}",
            caption,
            f"Paired differences of {name}, median and range in {unit}. " + "; ".join(stated) + ".",
            paint,
        )
    ]


def spread(differences):
    low, high = min(differences), max(differences)
    middle = cells.median(differences)
    if low == high:
        return f"{words.signed(middle)}, all equal"
    return words.span(middle, low, high).replace("(", "[").replace(" to ", ", ").replace(")", "]")


def strip(rows, i, differences):
    """Differences of one arm, stretched to the height of its row."""
    low, high = min(differences), max(differences)
    middle, room = rows.mark(i), 2 * rows.half

    def y(value):
        return middle if high == low else middle + room * ((value - low) / (high - low) - 0.5)

    rows.axes.axhspan(middle - room / 2, middle + room / 2, color=INK["band"], lw=0, zorder=1)
    rows.axes.axhline(y(cells.median(differences)), color=INK["muted"], lw=0.9, zorder=2)
    rows.axes.plot(
        range(1, len(differences) + 1),
        [y(value) for value in differences],
        "o",
        ms=4,
        color=INK["s1"],
        mec=INK["paper"],
        mew=0.5,
        zorder=3,
    )
