#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Usage: tune_report.py DIR: tune.json of DIR -> tune.html, tune.md, the plots as SVG and PNG."""
import sys

import cells
import front
import words
from blocks import (
    Badge,
    Bullets,
    Code,
    Figure,
    Figures,
    Fold,
    Link,
    Listing,
    Paragraph,
    Report,
    Section,
    Strong,
    Table,
)
from effects import reach
from ink import INK, SIGNS
from load import Place, read_json
from output import in_folder, write
from plots import Rows, draw, plot_files, scale
from to_html import html
from to_markdown import markdown

SHOWN = 20  # points before the fold
TEXTS = ("experiment", "question", "better", "baseline")


def check_point(point):
    for key in ("name", "words", "fault"):
        point.get(key).text()
    for key in ("heat", "rounds"):
        if point.has(key):
            point.get(key).number()
    for key in ("value", "ratio", "against", "against_ratio"):
        if point.has(key):
            point.get(key).number_or_null()


def check_effect(effect):
    effect.get("name").text()
    effect.get("share").number()
    for level in effect.get("levels").items():
        level.get("mean").number()
        level.get("points").number()
        level.get("value")


def check_proof(row):
    for key in ("before", "after", "ratio", "ci_low", "ci_high"):
        row.get(key).number_or_null()
    row.get("verdict").one_of(SIGNS)
    for key in ("metric", "unit", "verdict_words", "fault"):
        row.get(key).text()
    row.get("n").number()


def check_raced(row):
    row.get("race").get("heat_rounds").number()
    row.get("trials").number()
    row.get("gain").number_or_null()
    if row.get("winner").value is not None:
        check_point(row.get("winner"))


def check_keep(row):
    for value in row.get("settings").get("knobs").entries():
        value.text()
    files = row.get("persistent")
    for file in files.get("files").items():
        file.get("path").text()
        file.get("text").text()
    for key in ("install", "undo", "notes"):
        for line in files.get(key).items():
            line.text()


def load(folder):
    """@raises Refused"""
    path = folder / "tune.json"
    document = read_json(path, f"write it with 'rxlab tune ... --out {folder}'")
    place = Place(document, f"{path}:")
    for key in TEXTS:
        place.get(key).text()
    place.get("space").get("name").text()
    place.get("space").get("summary").text()
    place.get("space").get("knobs").entries()
    place.get("race").get("metric").text()
    place.get("race").get("heat_rounds").number()
    place.get("race").get("guards").entries()
    for key in ("lane", "target"):
        place.get("plan").get(key).text()
    for key in ("trials", "all_trials"):
        place.get("plan").get(key).number()
    place.get("provenance").entries()
    for point in place.get("points").items():
        check_point(point)
    for effect in place.get("effects").items():
        check_effect(effect)
    if place.get("winner").value is not None:
        check_point(place.get("winner"))
    if place.get("front").value is not None:
        place.get("race").get("against").text()
        for row in place.get("front").items():
            front.check(row, check_point)
    place.get("proved_in").text()
    place.get("effects_against_chance").boolean()
    if place.get("proof").value is not None:
        check_proof(place.get("proof"))
    if place.get("raced").value is not None:
        check_raced(place.get("raced"))
    if place.get("keep").value is not None:
        check_keep(place.get("keep"))
    return document


def metric_of(document):
    return document["race"]["metric"]


def named_metrics(document):
    return words.listed(front.metrics_of(document))


def decides(document):
    if document["front"] is not None:
        return f"the front of {named_metrics(document)}"
    return f"{metric_of(document)}, {document['better']} is better"


def sound(document):
    """The points that could win, best first."""
    points = [p for p in document["points"] if not p["fault"]]
    sign = 1 if document["better"] == "lower" else -1
    return sorted(points, key=lambda p: (-p["heat"], sign * p["value"]))


# ---- the answer


def proof_link(folder):
    if not (folder / "confirmation" / "report.html").is_file():
        return []
    return [Link("The report of the run that proves it", "confirmation/report.html")]


def proof(document, folder):
    row = document["proof"]
    if row is None:
        return []
    found = (
        words.interval(row["ratio"], row["ci_low"], row["ci_high"])
        if row["ratio"] is not None
        else "no ratio"
    )
    line = [
        Badge(row["verdict"], row["verdict_words"]),
        f" {found} times the {row['metric']} of '{document['baseline']}', from"
        f" {words.plural(row['n'], 'round')} of its own, in {document['proved_in']} than the"
        " search's. ",
    ]
    line += proof_link(folder)
    blocks = [Paragraph(line, "lead")]
    if row["fault"]:
        blocks.append(Paragraph(["But there: ", Strong(row["fault"]), "."], "lead"))
    return blocks


def answer(document, folder):
    """(Section, plots)"""
    if document["front"]:
        blocks, plots = front.answer(document)
        report = [Paragraph([link]) for link in proof_link(folder)]
        return Section("Answer", "answer", [*blocks, *report]), plots
    return winner_answer(document, folder), []


def winner_answer(document, folder):
    winner = document["winner"]
    if winner is None:
        said = f"No point is better than '{document['baseline']}' in the search."
        return Section("Answer", "answer", [Paragraph([said], "lead")])
    blocks = [Paragraph(["The best point: ", Strong(winner["words"]), "."], "lead")]
    blocks += proof(document, folder)
    note = "The search's own figure chose it, and the best of many is best by luck, too:"
    if winner["ratio"] is not None:
        note += f" the {words.number(winner['ratio'])} times the baseline that it had there"
    else:
        note += " that figure"
    note += " is not the gain."
    settings = [[Code(f"{at} = {value}")] for at, value in winner["values"].items()]
    return Section("Answer", "answer", [*blocks, Bullets(settings), Paragraph([note], "note")])


# ---- what mattered


def effect_name(effect):
    return effect["name"].replace(" x ", " \u00d7 ")


def share_plot(document):
    effects = document["effects"][:12]

    def paint():
        rows = Rows([effect_name(e) for e in effects], "share of the spread of all points, %")
        for i, effect in enumerate(effects):
            y = rows.mark(i)
            rows.axes.barh(y, 100 * effect["share"], 1.6 * rows.half, color=INK["ink"], zorder=3)
            rows.text(i, words.percent(effect["share"]))
        scale(rows.axes, 0, 100 * max(e["share"] for e in effects))
        return rows.figure

    said = [f"{effect_name(e)} {words.percent(e['share'])}" for e in effects]
    plot = draw(
        "tune-shares",
        "What mattered",
        f"{metric_of(document)}: share of each knob, and of each two knobs beyond what they do"
        " apart, in the sum of squares over all points of the first heat. What chance may have done"
        " is not in it (F test, 1 %).",
        "Bars: " + "; ".join(said) + ".",
        paint,
    )
    table = Table(
        "Shares",
        ["knob", "share"],
        [[effect_name(e), words.percent(e["share"])] for e in document["effects"]],
        {1},
    )
    return Figure(plot, table)


def level_plot(document):
    levels = [
        (f"{effect['name']} {level['value']}", level)
        for effect in document["effects"]
        for level in effect["levels"]
    ]
    metric = metric_of(document)

    def paint():
        rows = Rows([label for label, _ in levels], f"{metric}: mean over the points")
        for i, (_, level) in enumerate(levels):
            rows.axes.plot([level["mean"]], [rows.mark(i)], marker="o", ms=5, color=INK["ink"])
            rows.text(i, words.number(level["mean"]))
        scale(rows.axes, *reach([level["mean"] for _, level in levels], 1e-9))
        return rows.figure

    plot = draw(
        "tune-levels",
        "Each value of each knob",
        "Mean over all points that have this value, whatever their other knobs are.",
        "; ".join(f"{label} {words.number(level['mean'])}" for label, level in levels) + ".",
        paint,
    )
    table = Table(
        "Means by value",
        ["knob and value", metric, "points"],
        [[label, words.number(level["mean"]), str(level["points"])] for label, level in levels],
        {1, 2},
    )
    return Figure(plot, table)


def mattered(document):
    """(Section, plots); nothing where no knob makes a difference."""
    if not document["effects"]:
        said = "No knob makes a difference in the first heat that is more than chance."
        return Section("What mattered", "mattered", [Paragraph([said])]), []
    figures = [share_plot(document)]
    if any(effect["levels"] for effect in document["effects"]):
        figures.append(level_plot(document))
    blocks = [Figures(figures)]
    if not document["effects_against_chance"]:
        said = (
            "There are too few combinations to tell effects from chance: each knob has its whole"
            " share here."
        )
        blocks.append(Paragraph([said], "note"))
    return Section("What mattered", "mattered", blocks), [figure.plot for figure in figures]


# ---- everything that was tried


def ratio_word(ratio):
    return words.NONE if ratio is None else words.number(ratio)


def point_row(document, point):
    row = [
        point["words"],
        str(point["heat"] + 1),
        str(point["rounds"]),
        words.number(point["value"]),
        ratio_word(point["ratio"]),
    ]
    if "against" in document["race"]:
        row += [words.number(point["against"]), ratio_word(point["against_ratio"])]
    return row


def point_table(document, caption, points):
    columns = ["point", "heats", "rounds"]
    for metric in front.metrics_of(document):
        columns += [metric, "ratio to the baseline"]
    rows = [point_row(document, point) for point in points]
    return Table(caption, columns, rows, set(range(1, len(columns))))


def tried(document):
    points = sound(document)
    blocks = [
        Paragraph(
            [
                "All points took part in the first heat, the best third of them in the next, until"
                " few were left. A row's figures are of the rounds that it took part in."
            ]
        ),
        point_table(document, "The points that came furthest", points[:SHOWN]),
    ]
    if points[SHOWN:]:
        rest = point_table(document, "The others", points[SHOWN:])
        blocks.append(Fold(f"{words.plural(len(points) - SHOWN, 'more point')}", [rest]))
    faulty = [p for p in document["points"] if p["fault"]]
    if faulty:
        table = Table(
            "Points that cannot win", ["point", "why"], [[p["words"], p["fault"]] for p in faulty]
        )
        blocks.append(Fold(f"{words.plural(len(faulty), 'point')} cannot win", [table]))
    return Section("Everything tried", "tried", blocks)


# ---- to keep it


def shell(lines, label):
    return Listing("\n".join(lines), label)


def keep(document):
    """Of a winner that was proved, where it has settings of a machine."""
    row = document["keep"]
    if row is None:
        return []
    files = row["persistent"]
    blocks = [
        Paragraph(["For ten minutes; once 'keep' was typed, until the machine's next start:"]),
        shell(
            ["rxlab apply settings.json --for 10m", "rxlab apply --undo   # takes it back"],
            "How it is applied",
        ),
    ]
    if files["files"]:
        blocks += [
            Paragraph(["At each start of the machine, as root in the folder 'persistent':"]),
            shell(files["install"], "How its files are installed"),
            Paragraph(["Undone by:"]),
            shell(files["undo"], "How that is undone"),
        ]
    blocks += [Fold(f["path"], [shell(f["text"].splitlines(), f["path"])]) for f in files["files"]]
    if files["notes"]:
        blocks.append(Bullets([[note] for note in files["notes"]]))
    return [Section("To keep it", "keep", blocks)]


def raced(document):
    """What a race finds where the search was of everything; nothing where it was a race."""
    row, best = document["raced"], document["winner"]
    if row is None:
        return []
    share = words.percent(row["trials"] / document["plan"]["all_trials"])
    race = f"A race of these takes {words.plural(row['trials'], 'trial')} ({share}) and finds"
    found = row["winner"]
    if found is None:
        return [[f"{race} nothing that is better."]]
    if best is not None and found["name"] == best["name"]:
        return [[f"{race} the same point."]]
    gain = "" if row["gain"] is None else f": {words.percent(row['gain'])} of the best's gain"
    return [[f"{race} {found['words']}{gain}."]]


def how(document):
    plan, race = document["plan"], document["race"]
    guards = [f"{name} at most {words.number(most)} times" for name, most in race["guards"].items()]
    lines = [
        [
            f"{words.plural(plan['trials'], 'trial')} of {plan['all_trials']} that all points in"
            f" all rounds would be; {words.plural(race['heat_rounds'], 'round')} in the first heat,"
            " twice as many in all in each later one."
        ],
        *raced(document),
        [f"What decides: {decides(document)}."],
        [f"Guards, to the baseline: {words.listed(guards)}." if guards else "No guards."],
        ["What was searched: ", Code(str(document["space"]["knobs"]))],
    ]
    flat = cells.flat(document["provenance"])
    table = Table("Provenance of the search", ["what", "value"], [[k, str(v)] for k, v in flat])
    return Section("How it was searched", "how", [Bullets(lines), Fold("Provenance", [table])])


def report_of(document, folder):
    """(Report, plots)"""
    first, plots = answer(document, folder)
    effects, more = mattered(document)
    plots = plots + more
    introduction = [Paragraph([text]) for text in [document["space"]["summary"]] if text.strip()]
    eyebrow = [
        f"rxlab: search of {document['space']['name']} in {document['experiment']}",
        f"{document['plan']['lane']} lane",
        f"target {document['plan']['target']}",
    ]
    title = f"Which settings make {named_metrics(document)} best?"
    sections = [first, effects, *keep(document), tried(document), how(document)]
    return Report(title, eyebrow, introduction, sections), plots


def files_of(document, folder):
    report, plots = report_of(document, folder)
    pages = {"tune.html": html(report).encode(), "tune.md": markdown(report).encode()}
    return pages | plot_files(plots)


def main(arguments):
    return in_folder(
        "tune_report",
        __doc__,
        arguments,
        lambda folder: write(folder, files_of(load(folder), folder)),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
