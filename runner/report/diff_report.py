#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Usage: diff_report.py DIR: diff.json of DIR, and attribution.json of its experiments ->
diff.html, diff.md (at most 40 lines), the plots as SVG and PNG."""
import sys

import flame
import words
from blocks import (
    Badge,
    Bullets,
    Code,
    Figure,
    Figures,
    Fold,
    Link,
    Paragraph,
    Report,
    Section,
    Small,
    Table,
)
from ink import INK
from output import in_folder, replace
from plots import Rows, draw, plot_files, scale
from shape import read_checked
from to_html import html

SHOWN = 30  # functions of a path in its table
BARS = 10  # functions in a waterfall
LEAST = 0.5  # instructions per packet: a smaller difference is in no table, but in a sum
LINES = 40  # of the summary
TOLD = ("better", "worse", "invalid")
HOW = {
    "into_caller": "part of its caller now",
    "out_of_caller": "was part of its caller before",
    "renamed": "another name",
}
SHARES = {
    "path": "the path",
    "generator": "the generator",
    "engine": "the DMA engine in software",
    "idle": "idling",
    "user": "programs",
}


def load(folder):
    """@raises Refused"""
    return read_checked(folder, "diff", f"rxlab diff BEFORE AFTER --out {folder}").value


def item(path):
    return path["unit"].partition("/")[2]


def is_told(path):
    return path["verdict"] in TOLD


# ---- the answer


def change_plot(document):
    paths = [path for path in document["paths"] if path["ratio"] is not None]

    def percents(path):
        ends = [path["ratio"], path["ci_low"], path["ci_high"]]
        return [None if end is None else 100 * (end - 1) for end in ends]

    def paint():
        rows = Rows([path["path"] for path in paths], "instructions of the path, change in %")
        seen = [0.0]
        for i, path in enumerate(paths):
            value, low, high = percents(path)
            y = rows.mark(i)
            colour = INK[path["verdict"]]
            rows.axes.barh(y, value, 1.6 * rows.half, color=colour, lw=0, zorder=3)
            if low is not None:
                rows.axes.plot([low, high], [y, y], color=INK["ink"], lw=1.2, zorder=4)
            seen += [end for end in (value, low, high) if end is not None]
            rows.text(i, f"{words.signed(value, 3)} %")
            rows.reference(0)
        scale(rows.axes, min(seen), max(seen))
        return rows.figure

    return draw(
        "diff-paths",
        "What changed",
        "Each path's own instructions after against before, the generator's left out; the line is"
        " the interval of the ratio.",
        "; ".join(path["sentence"] for path in paths) + ".",
        paint,
    )


def path_table(document):
    rows = []
    for path in document["paths"]:
        numbers = [path[key] for key in ("before", "after", "difference")]
        rows.append(
            [
                path["path"],
                *[words.NONE if n is None else words.number(n, 6) for n in numbers[:2]],
                words.NONE if numbers[2] is None else words.signed(numbers[2], 5),
                words.NONE
                if path["ratio"] is None
                else words.interval(path["ratio"], path["ci_low"], path["ci_high"]),
                str(int(path["rounds"])),
                Badge(path["verdict"], path["verdict_words"]),
            ]
        )
    return Table(
        "Instructions of each path, per packet, record or run: medians over boots",
        ["path", "before", "after", "difference", "ratio", "boots", "verdict"],
        rows,
        {1, 2, 3, 4, 5},
    )


def answer(document):
    told = [path for path in document["paths"] if is_told(path)]
    blocks = []
    if told:
        blocks.append(Bullets([[path["sentence"]] for path in told]))
    else:
        blocks.append(Paragraph([document["headline"] + "."], "lead"))
    plots, table = [], path_table(document)
    if any(path["ratio"] is not None for path in document["paths"]):
        plots.append(change_plot(document))
        blocks.append(Figures([Figure(plots[0], table)]))
    if document["paths"]:
        blocks.append(table)
    if document.get("notes"):
        blocks.append(Paragraph(["Notes:"]))
        blocks.append(Bullets([[line] for line in document["notes"]]))
    if document["left_out"]:
        blocks.append(Paragraph(["Left out:"]))
        blocks.append(Bullets([[line] for line in document["left_out"]]))
    return Section("Answer", "answer", blocks), plots


# ---- a path


def worth_a_row(path, share="path"):
    """Functions of the share that differ by so much, the greatest difference first."""
    return [f for f in path["functions"] if f["share"] == share and abs(f["difference"]) >= LEAST]


def waterfall(path, number):
    functions = worth_a_row(path)[:BARS]
    share = path["shares"].get("path", {"before": 0.0, "after": 0.0, "difference": 0.0})
    rest = share["difference"] - sum(f["difference"] for f in functions)
    steps = [(f["function"], f["difference"]) for f in functions]
    if abs(rest) >= 0.05:
        steps.append(("all others", rest))

    def paint():
        labels = ["before", *[name for name, _ in steps], "after"]
        rows = Rows(labels, f"instructions per {item(path)} of the path")
        at, seen = share["before"], [share["before"], share["after"]]
        for i, label in enumerate(labels):
            y, height = rows.mark(i), 1.8 * rows.half
            if i in (0, len(labels) - 1):
                end = share["before"] if i == 0 else share["after"]
                rows.axes.plot([end], [y], marker="|", ms=14, mew=2.4, color=INK["ink"], zorder=4)
                rows.text(i, words.number(end, 6))
                continue
            step = steps[i - 1][1]
            colour = INK["worse" if step > 0 else "better"]
            rows.axes.barh(y, step, height, left=at, color=colour, lw=0, zorder=3)
            at += step
            seen.append(at)
            rows.text(i, words.signed(step, 4))
        scale(rows.axes, min(seen), max(seen))
        return rows.figure

    return draw(
        f"diff-waterfall-{number}",
        f"{path['path']}: from before to after",
        "Each bar is what one function itself has more (orange) or fewer (green); they add up."
        " Instructions that only moved to another function are taken off both.",
        "; ".join(f"{name} {words.signed(step)}" for name, step in steps) + ".",
        paint,
    )


def function_name(one):
    """With where it is declared, where that is known."""
    name = one["function"] + (f" ({one['state']})" if one["state"] else "")
    source = one.get("source")
    return [name, " ", Small(f"{source['file']}:{int(source['line'])}")] if source else name


def function_rows(functions):
    rows = []
    for one in functions:
        varies = one["high"] - one["low"] >= 0.05
        rows.append(
            [
                function_name(one),
                words.number(one["before"]),
                words.number(one["after"]),
                words.signed(one["difference"]),
                words.span(one["difference"], one["low"], one["high"]) if varies else words.NONE,
                words.NONE if abs(one["moved"]) < 0.05 else words.signed(one["moved"]),
            ]
        )
    return rows


def function_table(path, share):
    """Those that differ most, and the sum of all others."""
    functions, total = worth_a_row(path, share)[:SHOWN], path["shares"][share]
    rows = function_rows(functions)
    rest = total["difference"] - sum(f["difference"] for f in functions)
    rows.append(["all others", words.NONE, words.NONE, words.signed(rest), words.NONE, words.NONE])
    rows.append(
        [
            f"all of {SHARES[share]}",
            words.number(total["before"], 6),
            words.number(total["after"], 6),
            words.signed(total["difference"], 5),
            words.NONE,
            words.NONE,
        ]
    )
    return Table(
        f"Of {SHARES[share]}: instructions per {item(path)} in each function itself, mean over"
        " boots",
        ["function", "before", "after", "difference", "over boots", "moved here"],
        rows,
        {1, 2, 3, 4, 5},
    )


def moved_table(path):
    rows = [
        [
            one["from"],
            one["to"],
            words.number(one["amount"]),
            HOW[one["how"]],
        ]
        for one in path["moved"]
        if one["amount"] >= LEAST
    ]
    if not rows:
        return []
    return [
        Paragraph(
            [
                "Here the same instructions belong to another function: the compiler put one into"
                " its caller, or no longer does, or it has another name. That is no change, and is"
                " in no difference above:"
            ]
        ),
        Table(
            "Moved, not changed",
            ["before in", "after in", f"instructions per {item(path)}", "what happened"],
            rows,
            {2},
        ),
    ]


def cells_of(folder, path, cache):
    """The cells before and after of the path in its experiment's attribution.json, or None."""
    experiment = path["experiment"]
    if experiment not in cache:
        file = folder / experiment / "attribution.json"
        cache[experiment] = flame.load(folder / experiment) if file.is_file() else None
    if cache[experiment] is None:
        return None
    found = [
        cell
        for cell in cache[experiment]["cells"]
        if cell["factors"].get("path", {}).get("name") == path["path"]
    ]
    before = [cell for cell in found if cell["baseline"]]
    after = [cell for cell in found if not cell["baseline"]]
    return (before[0], after[0]) if before and after else None


def path_section(folder, path, number, cache):
    """(Section, plots)"""
    plots, blocks = [], []
    if path["faults"]:
        blocks.append(Bullets([[fault] for fault in path["faults"]]))
    shares = [share for share in SHARES if share in path["shares"]]
    if "path" in shares:
        table = function_table(path, "path")
        if is_told(path) and worth_a_row(path):
            plots.append(waterfall(path, number))
            blocks.append(Figures([Figure(plots[0], table)]))
        blocks.append(table)
    blocks += moved_table(path)
    cells = cells_of(folder, path, cache) if is_told(path) else None
    if cells:
        before, after = cells
        graph = flame.differential(after, before)
        plots.append(graph)
        blocks.append(Figures([Figure(graph, flame.function_table(after, before), wide=True)]))
        blocks.append(flame.vanished_table(after, before))
    for share in shares:
        if share != "path" and abs(path["shares"][share]["difference"]) >= LEAST:
            said = f"Beside the path: {SHARES[share]}"
            blocks.append(Fold(said, [function_table(path, share)]))
    blocks.append(Paragraph([Link("All trials of it", f"{path['experiment']}/report.html")]))
    if is_told(path):
        return Section(path["path"], f"path-{number}", blocks), plots
    fold = Fold(path["sentence"], blocks)
    return Section(path["path"], f"path-{number}", [fold]), plots


def lacks_lines(document):
    """Is a function of the kernel itself in a table, and the kernel has no debug information?"""
    return document.get("kernel_lines") is False and any(
        "[" not in function["function"]
        for path in document["paths"]
        for function in worth_a_row(path)[:SHOWN]
    )


def subject(one):
    return f"{one['name']} ({one['summary']})" if one["summary"] != one["name"] else one["name"]


def report_of(document, folder):
    """(Report, plots)"""
    first, plots = answer(document)
    sections, cache = [first], {}
    for i, path in enumerate(document["paths"]):
        section, drawn = path_section(folder, path, i, cache)
        sections.append(section)
        plots += drawn
    how = (
        " Both executed the same frames from the same seeds in a guest with one CPU under QEMU,"
        " and every instruction was counted by its translator, function by function, not sampled."
        " Instructions are not time."
        if document["paths"]
        else ""
    )
    subjects = f"Before: {subject(document['before'])}. After: {subject(document['after'])}."
    introduction = [Paragraph([f"{subjects}{how} Repeat it: ", Code(document["command"])])]
    if lacks_lines(document):
        said = (
            "Where the kernel's own functions are declared is not known:"
            f" {document['after']['release']} has no debug information. A kernel's build tree has"
            " it by CONFIG_DEBUG_INFO, and may be named instead of a version."
        )
        introduction.append(Paragraph([said], "note"))
    eyebrow = ["rxlab: what a change did", document["before"]["name"], document["after"]["name"]]
    return Report(document["headline"], eyebrow, introduction, sections), plots


# ---- the summary


def summary(document):
    """At most LINES lines of Markdown, for a comment on a change."""
    told = [path for path in document["paths"] if is_told(path)]
    lines = [f"**{document['headline']}**"]
    lines += ["", *(f"- {path['sentence']}" for path in told[:8])] if told else []
    if len(told) > 8:
        lines.append(f"- and {len(told) - 8} more")
    if document["paths"]:
        lines += ["", "| path | before | after | difference | ratio | verdict |"]
        lines.append("|---|---:|---:|---:|---:|---|")
    shown = document["paths"][:18]
    for path in shown:
        numbers = [path[key] for key in ("before", "after", "difference")]
        said = [words.NONE if n is None else f"{n:.1f}" for n in numbers]
        ratio = words.NONE if path["ratio"] is None else f"{path['ratio']:.4f}x"
        lines.append(f"| {path['path']} | {' | '.join(said)} | {ratio} | {path['verdict_words']} |")
    if len(document["paths"]) > len(shown):
        lines += ["", f"and {len(document['paths']) - len(shown)} more paths"]
    lines += [text for line in document.get("notes", []) for text in ("", f"Note: {line}.")]
    lines += ["", f"Instructions of the path, not time. `{document['command']}`"]
    return "\n".join(lines[:LINES]) + "\n"


def files_of(document, folder):
    report, plots = report_of(document, folder)
    pages = {"diff.html": html(report).encode(), "diff.md": summary(document).encode()}
    graphs = [plot for plot in plots if not plot.png]
    drawn = plot_files([plot for plot in plots if plot.png])
    return pages | drawn | {f"{plot.name}.svg": plot.svg.encode() for plot in graphs}


def main(arguments):
    return in_folder(
        "diff_report",
        __doc__,
        arguments,
        lambda folder: replace(folder, files_of(load(folder), folder)),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
