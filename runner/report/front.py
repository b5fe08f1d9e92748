# SPDX-License-Identifier: GPL-2.0
"""The front of two metrics: what a point has less of, it has more of the other."""
from dataclasses import dataclass

from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

import words
from blocks import Figure, Figures, Paragraph, Table
from ink import INK, SIGNS, bare, make
from plots import draw, log_ticks


def check(row, check_point):
    """@raises Refused: one point of the front"""
    check_point(row.get("point"))
    if row.get("proof").value is None:
        return
    proof = row.get("proof")
    for metric in proof.get("metrics").items():
        for key in ("metric", "verdict_words"):
            metric.get(key).text()
        for key in ("ratio", "ci_low", "ci_high"):
            metric.get(key).number_or_null()
        metric.get("verdict").one_of(SIGNS)
        metric.get("n").number()
    for key in ("on_front", "better"):
        proof.get(key).boolean()
    proof.get("fault").text()


def metrics_of(document):
    """The metric that decides, or both."""
    race = document["race"]
    return [race[key] for key in ("metric", "against") if key in race]


@dataclass
class Mark:
    """A point as it is drawn: both metrics, as ratios to the baseline."""

    words: str
    ratios: tuple
    ends: tuple = ((None, None), (None, None))  # of the intervals
    proved: bool = False  # in a run of its own
    kept: bool = False  # better there, and on the front


def proved_mark(row):
    proof, metrics = row["proof"], row["proof"]["metrics"]
    return Mark(
        row["point"]["words"],
        tuple(metric["ratio"] for metric in metrics),
        tuple((metric["ci_low"], metric["ci_high"]) for metric in metrics),
        proved=True,
        kept=proof["better"] and proof["on_front"] and not proof["fault"],
    )


def marks_of(document):
    """Those of the front as their own run has them, the other points as the search has them."""
    proved = {row["point"]["name"]: proved_mark(row) for row in document["front"] if row["proof"]}
    others = [
        Mark(point["words"], (point["ratio"], point["against_ratio"]))
        for point in document["points"]
        if not point["fault"] and point["name"] not in proved
    ]
    return [mark for mark in [*others, *proved.values()] if None not in mark.ratios]


def scaled(axis, values):
    """The ends of the scale, logarithmic where ratios are far apart."""
    values = [value for value in values if value is not None]
    low, high = min(values), max(values)
    logarithmic = low > 0 and high / low > 4
    if logarithmic:
        room = (high / low) ** 0.06
        ends = low / room, high * room
        getattr(axis.axes, f"set_{axis.axis_name}scale")("log")
        axis.set_major_locator(FixedLocator(log_ticks(*ends)))
        axis.set_minor_locator(NullLocator())
    else:
        room = 0.06 * ((high - low) or 1)
        ends = low - room, high + room
    axis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value, 6)))
    return ends


def paint_mark(axes, mark):
    colour = INK["s1" if mark.kept else "muted"]
    (x, y), ((left, right), (bottom, top)) = mark.ratios, mark.ends
    if left is not None and right is not None:
        axes.plot([left, right], [y, y], color=colour, lw=1.6, zorder=3)
    if bottom is not None and top is not None:
        axes.plot([x, x], [bottom, top], color=colour, lw=1.6, zorder=3)
    shape = "o" if mark.kept or not mark.proved else "D"
    axes.plot([x], [y], shape, ms=6 if mark.proved else 3.5, color=colour, zorder=4)


def paint_front(document, marks):
    figure = make(3.6)
    axes = figure.add_axes([0.14, 0.14, 0.83, 0.82])
    bare(axes, left=True)
    for line in (axes.axhline, axes.axvline):
        line(1, color=INK["rule"], lw=0.8, zorder=1)
    joined = sorted(mark.ratios for mark in marks if mark.kept)
    axes.plot([x for x, _ in joined], [y for _, y in joined], color=INK["s1"], lw=1.2, zorder=2)
    for mark in marks:
        paint_mark(axes, mark)
    axes.plot([1], [1], "s", ms=7, color=INK["s2"], zorder=5)
    axes.annotate(document["baseline"], (1, 1), (6, 6), textcoords="offset points", color=INK["s2"])
    drawn = [
        [1.0, *(mark.ratios[which] for mark in marks), *(e for m in marks for e in m.ends[which])]
        for which in (0, 1)
    ]
    axes.set_xlim(scaled(axes.xaxis, drawn[0]))
    axes.set_ylim(scaled(axes.yaxis, drawn[1]))
    first, second = metrics_of(document)
    axes.set_xlabel(f"{first}, times the baseline's")
    axes.set_ylabel(f"{second}, times the baseline's")
    return figure


def scatter(document):
    marks = marks_of(document)
    first, second = metrics_of(document)

    def said(mark):
        return f"{mark.words}: " + " and ".join(words.number(ratio) for ratio in mark.ratios)

    plot = draw(
        "tune-front",
        "The front",
        "Large dots and the line that joins them: the front, from a run of its own, with intervals."
        " Diamonds: led the search, but that run did not show them to be better, or it showed"
        " another that is no worse in both. Small dots: the other points, as the search had them."
        " Square: the baseline.",
        f"Scatter plot of {second} over {first}, both as ratios to the baseline. Front: "
        + ("; ".join(said(mark) for mark in marks if mark.kept) or "no point")
        + ".",
        lambda: paint_front(document, marks),
    )
    rows = [[mark.words, *(words.number(ratio) for ratio in mark.ratios)] for mark in marks]
    return Figure(plot, Table("Ratios to the baseline", ["point", first, second], rows, {1, 2}))


def cell(metric):
    if metric["ratio"] is None:
        return metric["verdict_words"]
    interval = words.interval(metric["ratio"], metric["ci_low"], metric["ci_high"])
    return f"{interval}, {metric['verdict_words']}"


def remark(proof):
    if proof["fault"]:
        return proof["fault"]
    if not proof["better"]:
        return "not shown to be better"
    return "" if proof["on_front"] else "another is no worse in both"


def table(document):
    first, second = metrics_of(document)
    rows = []
    for row in document["front"]:
        proof = row["proof"]
        said = (
            ["", "", "not run"] if proof is None else [*map(cell, proof["metrics"]), remark(proof)]
        )
        rows.append([row["point"]["words"], *said])
    return Table(
        f"The front, in {document['proved_in']}", ["point", first, second, ""], rows, set()
    )


def answer(document):
    """(blocks, plots)"""
    first, second = metrics_of(document)
    kept = [row for row in document["front"] if row["proof"] and row["proof"]["better"]]
    said = (
        f"Of {first} and {second}, {words.plural(len(kept), 'point')} of the front"
        f" {'was' if len(kept) == 1 else 'were'} shown to be better than"
        f" '{document['baseline']}' in one or both, in {document['proved_in']} than the search's."
    )
    note = "Which of them is best is yours to say: what each has less of, another has more of."
    figure = scatter(document)
    blocks = [Paragraph([said], "lead"), table(document), Figures([figure])]
    return [*blocks, Paragraph([note], "note")], [figure.plot]
