#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Usage: syscalls_report.py DIR: syscalls.json and attribution.json of DIR -> syscalls.html, the
flame graphs as SVG."""
import sys

import flame
import words
from blocks import Code, Figure, Figures, Fold, Paragraph, Report, Section, Table
from diff_report import function_name
from ink import INK
from output import in_folder, replace
from plots import Rows, draw, plot_files, scale
from shape import check_schema, read_checked
from to_html import html

BARS = 15  # of a plot
SHOWN = 30  # functions in a table
NOT_TOLD = "idle"
UNNAMED = "[user]"


def load(folder):
    """@raises Refused"""
    place = read_checked(folder, "syscalls", f"rxlab syscalls --out {folder} -- PROGRAM")
    document = place.value
    if "difference" in document:
        for function in place.get("difference").get("functions").items():
            check_schema(function, "diff", "function")
        for moved in place.get("difference").get("moved").items():
            check_schema(moved, "diff", "moved")
    return document


# ---- words


def spread(figure, say=words.number):
    """Least and most, where boots differ."""
    if figure["low"] == figure["high"]:
        return words.NONE
    return f"{say(figure['low'], 7)} to {say(figure['high'], 7)}"


def total(subject):
    return subject["kernel"]["mean"] + subject["user"]["mean"]


def headline(document):
    name = document["name"]
    if "difference" not in document:
        one = document["subjects"][0]
        return (
            f"{name}: {words.number(one['kernel']['mean'], 7)} instructions of the kernel,"
            f" {words.number(one['user']['mean'], 7)} of the program"
        )
    before, after = document["subjects"]
    found = document["difference"]
    return (
        f"{after['name']} against {before['name']}:"
        f" {words.signed(found['kernel']['mean'], 7)} instructions of the kernel,"
        f" {words.signed(found['user']['mean'], 7)} of the program"
    )


# ---- one subject


def told_causes(subject):
    return [cause for cause in subject["causes"] if cause["origin"] != NOT_TOLD]


def cause_table(subject):
    whole = total(subject)
    rows = []
    for cause in told_causes(subject):
        calls, count = cause["calls"]["mean"], cause["instructions"]["mean"]
        rows.append(
            [
                cause["words"],
                words.number(calls, 7) if calls else words.NONE,
                words.number(count / calls, 6) if calls else words.NONE,
                words.number(count, 7),
                words.percent(count / whole),
                spread(cause["instructions"]),
            ]
        )
    return Table(
        "Instructions by what they were executed for, mean over boots",
        ["system call", "calls", "of each", "instructions", "share", "over boots"],
        rows,
        {1, 2, 3, 4, 5},
    )


def bars(name, title, caption, causes, value, say):
    """causes: those with the most first; value(cause) -> its bar, say(value) -> its words."""
    shown = causes[:BARS]

    def paint():
        rows = Rows([cause["words"] for cause in shown], "instructions")
        values = [value(cause) for cause in shown]
        for i, one in enumerate(values):
            y = rows.mark(i)
            colour = INK["worse" if one > 0 else "better"] if say is words.signed else INK["s6"]
            rows.axes.barh(y, one, 1.6 * rows.half, color=colour, lw=0, zorder=3)
            rows.text(i, say(one, 6))
        scale(rows.axes, min([0.0, *values]), max([0.0, *values]))
        return rows.figure

    alt = "; ".join(f"{cause['words']} {say(value(cause), 6)}" for cause in shown) + "."
    return draw(name, title, caption, alt, paint)


def functions_of(subject, of_program):
    """Of the kernel, or of the program and its libraries: function -> its own instructions, and the
    cause that has the most of them."""
    sums, most = {}, {}
    for cause in subject["causes"]:
        if cause["origin"] == NOT_TOLD or (cause["origin"] == "user") != of_program:
            continue
        for name, count in cause["functions"].items():
            sums[name] = sums.get(name, 0.0) + count
            most[name] = max(most.get(name, (0.0, "")), (count, cause["words"]))
    return sums, most


def with_most(sums):
    return sorted(sums, key=lambda name: (-sums[name], name))[:SHOWN]


def kernel_table(subject):
    sums, most = functions_of(subject, of_program=False)
    names = with_most(sums)
    return Table(
        f"The {len(names)} functions of the kernel with the most instructions in themselves",
        ["function", "instructions", "share", "most of them for"],
        [
            [
                name,
                words.number(sums[name], 7),
                words.percent(sums[name] / total(subject)),
                most[name][1],
            ]
            for name in names
        ],
        {1, 2},
    )


def program_table(subject):
    """[] where nothing is known of its functions."""
    sums, _ = functions_of(subject, of_program=True)
    if set(sums) <= {UNNAMED}:
        return []
    names = with_most(sums)
    table = Table(
        f"The {len(names)} functions of the program and its libraries with the most instructions"
        " in themselves; '?' is what the file has no symbol for",
        ["function", "instructions", "share"],
        [
            [name, words.number(sums[name], 7), words.percent(sums[name] / total(subject))]
            for name in names
        ],
        {1, 2},
    )
    return [table]


def subject_section(subject, number):
    """(Section, plots)"""
    table = cause_table(subject)
    plot = bars(
        f"syscalls-{number}",
        f"What {subject['name']} has the kernel do",
        "Instructions by system call. What is in parentheses is below no system call.",
        told_causes(subject),
        lambda cause: cause["instructions"]["mean"],
        words.number,
    )
    blocks = [Figures([Figure(plot, table)]), table, kernel_table(subject), *program_table(subject)]
    return Section(subject["name"], f"subject-{number}", blocks), [plot]


# ---- the difference


def change_table(found):
    def calls(cause):
        before, after = (cause[key]["mean"] for key in ("calls_before", "calls_after"))
        said = [words.number(count, 7) for count in (before, after)]
        return words.NONE if not before and not after else " \u2192 ".join(dict.fromkeys(said))

    return Table(
        "What differs, by what instructions were executed for; mean over boots",
        ["system call", "calls", "before", "after", "difference", "over boots"],
        [
            [
                cause["words"],
                calls(cause),
                words.number(cause["before"]["mean"], 7),
                words.number(cause["after"]["mean"], 7),
                words.signed(cause["difference"]["mean"], 7),
                spread(cause["difference"], words.signed),
            ]
            for cause in found["causes"]
        ],
        {1, 2, 3, 4, 5},
    )


def function_changes(found):
    functions = found["functions"][:SHOWN]
    return Table(
        f"The {len(functions)} functions that differ most in themselves",
        ["function", "before", "after", "difference", "over boots"],
        [
            [
                function_name(one),
                words.number(one["before"], 7),
                words.number(one["after"], 7),
                words.signed(one["difference"], 7),
                spread(one, words.signed),
            ]
            for one in functions
        ],
        {1, 2, 3, 4},
    )


def change_section(found):
    """(Section, plots)"""
    if not found["causes"]:
        return (
            Section("Answer", "answer", [Paragraph(["Nothing differs."], "lead")]),
            [],
        )
    table = change_table(found)
    plot = bars(
        "syscalls-difference",
        "What differs",
        "Instructions after less those before. What is in parentheses is below no system call.",
        found["causes"],
        lambda cause: cause["difference"]["mean"],
        words.signed,
    )
    blocks = [Figures([Figure(plot, table)]), table, function_changes(found)]
    return Section("Answer", "answer", blocks), [plot]


def graph_section(folder):
    """(Section, plots)"""
    cells = flame.load(folder)["cells"]
    figures = [Figure(flame.plain(cell), flame.share_table(cell), wide=True) for cell in cells]
    if len(cells) > 1:
        graph = flame.differential(cells[1], cells[0])
        figures.append(Figure(graph, flame.function_table(cells[1], cells[0]), wide=True))
    return Section("Who called what", "stacks", [Figures(figures)]), [one.plot for one in figures]


# ---- the page


def repetition(document):
    boots = words.plural(int(document["rounds"]), "boot")
    if document["rounds"] == 1:
        return "It was run in one boot; whether another gives the same is not known."
    if all(subject["repeats"] for subject in document["subjects"]):
        return f"Every figure was the same in {boots}."
    return f"Figures are means of {boots}; where these differ the least and the most are beside."


def introduction(document):
    return Paragraph(
        [
            "Every instruction of a run was counted, in a guest with one CPU under QEMU, by its"
            " translator, and told by the system call that it was executed for. The window begins"
            " with the execve that makes a process the program and ends when it has gone. Its"
            f" output went to files in memory. Instructions are not time. {repetition(document)}"
            " Repeat it: ",
            Code(document["command"]),
        ]
    )


def files_of(document, folder):
    sections, plots = [], []
    made = [subject_section(subject, number) for number, subject in enumerate(document["subjects"])]
    if "difference" in document:
        section, drawn = change_section(document["difference"])
        sections.append(section)
        plots += drawn
        made = [
            (Section(one.title, one.name, [Fold("by itself", one.blocks)]), drawn)
            for one, drawn in made
        ]
    for section, drawn in [*made, graph_section(folder)]:
        sections.append(section)
        plots += drawn
    eyebrow = ["rxlab: what a program costs the kernel", document["kernel"]]
    report = Report(headline(document), eyebrow, [introduction(document)], sections)
    graphs = {f"{plot.name}.svg": plot.svg.encode() for plot in plots if not plot.png}
    drawn = plot_files([plot for plot in plots if plot.png])
    return {"syscalls.html": html(report).encode()} | drawn | graphs


def main(arguments):
    return in_folder(
        "syscalls_report",
        __doc__,
        arguments,
        lambda folder: replace(folder, files_of(load(folder), folder)),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
