#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Usage: series_report.py DIR: series.json of DIR -> series.html, the plot as SVG and PNG."""
import sys

import diff_report
import words
from blocks import Bullets, Code, Figure, Figures, Fold, Link, Paragraph, Report, Section, Table
from output import in_folder, replace
from plots import draw, plot_files
from shape import check_schema, read_checked
from sweep import figure_of
from to_html import html

LINES = 7  # of the plot
ENTRIES = 8  # of a changelog, before the fold


def load(folder):
    """@raises Refused"""
    place = read_checked(folder, "series", f"rxlab series VERSION --out {folder}")
    document = place.value
    for one in place.get("paths").items():
        if len(one.get("values").items()) != len(document["subjects"]):
            one.get("values").refuse("a value for each subject")
    for step in place.get("steps").items():
        for one in step.get("paths").items():
            check_schema(one, "diff", "path")
    return document


def changes(path):
    """% against the first version that has a figure, one for each version; None where there is
    none."""
    first = next((value for value in path["values"] if value), None)
    if first is None:
        return [None] * len(path["values"])
    return [None if value is None else 100 * (value / first - 1) for value in path["values"]]


def drawn(document):
    """Those that changed, the most first; where none did, all: what boots move, moves too."""
    told = {
        (path["experiment"], path["path"])
        for step in document["steps"]
        for path in step["paths"]
        if diff_report.is_told(path)
    }

    def size(path):
        return max((abs(change) for change in changes(path) if change is not None), default=0.0)

    paths = sorted(document["paths"], key=lambda path: (-size(path), path["path"]))
    return [path for path in paths if (path["experiment"], path["path"]) in told] or paths


def series_plot(document):
    paths = drawn(document)[:LINES]
    versions = [subject["name"] for subject in document["subjects"]]

    def paint():
        lines = [
            (path["path"], [(x, y) for x, y in enumerate(changes(path)) if y is not None])
            for path in paths
        ]
        figure, axes = figure_of("instructions, % against the first version", lines, 26.0)
        axes.set_xticks(range(len(versions)), versions, rotation=30, ha="right")
        return figure

    ends = [
        f"{path['path']} {words.signed(values[-1])} %"
        for path, values in ((path, changes(path)) for path in paths)
        if values[-1] is not None
    ]
    return draw(
        "series",
        "From version to version",
        "Each path's own instructions, in boots of the same seeds. Paths that changed; where none"
        " did, those whose figures differ most.",
        f"At the last version: {'; '.join(ends)}.",
        paint,
    )


def value_table(document):
    rows = [
        [path["path"], *[words.NONE if v is None else words.number(v, 6) for v in path["values"]]]
        for path in document["paths"]
    ]
    names = [subject["name"] for subject in document["subjects"]]
    return Table(
        "Instructions of each path per packet or record: medians over boots",
        ["path", *names],
        rows,
        set(range(1, len(names) + 1)),
    )


def changelog(step):
    if not step["all_entries"]:
        return []
    entries = step["entries"]
    said = (
        f"The changelog has {words.plural(step['all_entries'], 'entry', 'entries')} between the"
        f" two, {len(entries)} of them with a word in common with these functions."
    )
    if not entries:
        return [Paragraph([said], "note")]
    blocks = [Paragraph([said + " None of them has to be the cause:"])]
    blocks.append(Bullets([[entry] for entry in entries[:ENTRIES]]))
    if rest := entries[ENTRIES:]:
        blocks.append(Fold(f"{len(rest)} more", [Bullets([[entry] for entry in rest])]))
    return blocks


def step_section(step, number):
    told = [path for path in step["paths"] if diff_report.is_told(path)]
    title = f"{step['before']} to {step['after']}"
    if not told:
        return Section(title, f"step-{number}", [Paragraph(["No path changed."], "note")])
    blocks = [Bullets([[path["sentence"]] for path in told]), *changelog(step)]
    for path in told:
        table = diff_report.function_table(path, "path")
        blocks.append(Fold(f"{path['path']}, function by function", [table]))
    return Section(title, f"step-{number}", blocks)


def report_of(document):
    """(Report, plots)"""
    plot, table = series_plot(document), value_table(document)
    told = [
        [f"{step['before']} to {step['after']}: {path['sentence']}"]
        for step in document["steps"]
        for path in step["paths"]
        if diff_report.is_told(path)
    ]
    blocks = [Bullets(told)] if told else [Paragraph([document["headline"] + "."], "lead")]
    blocks += [Figures([Figure(plot, table)]), table]
    if document["left_out"]:
        blocks += [Paragraph(["Left out:"]), Bullets([[line] for line in document["left_out"]])]
    blocks += [Paragraph([note], "note") for note in document.get("notes", [])]
    sections = [Section("Answer", "answer", blocks)]
    sections += [step_section(step, i) for i, step in enumerate(document["steps"])]
    runs = sorted({path["experiment"] for path in document["paths"]})
    sections.append(
        Section(
            "All trials",
            "trials",
            [Bullets([[Link(name, f"{name}/report.html")] for name in runs])],
        )
    )
    introduction = [
        Paragraph(
            [
                "Every version executed the same frames from the same seeds in a guest with one CPU"
                " under QEMU, and every instruction was counted by its translator, function by"
                " function. Each version is compared with the one before it. Instructions are not"
                " time. Repeat it: ",
                Code(document["command"]),
            ]
        )
    ]
    eyebrow = [f"rxlab: versions of {document['series']}"]
    return Report(document["headline"], eyebrow, introduction, sections), [plot]


def files_of(document):
    report, plots = report_of(document)
    return {"series.html": html(report).encode()} | plot_files(plots)


def main(arguments):
    return in_folder(
        "series_report",
        __doc__,
        arguments,
        lambda folder: replace(folder, files_of(load(folder))),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
