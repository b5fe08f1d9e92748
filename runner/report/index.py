#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Usage: index.py NIGHTLY_DIR: its index.json -> index.html: status, verdict, link, change since
the night before."""
import sys

import words
from blocks import Badge, Link, Paragraph, Report, Section, Table
from ink import SIGNS
from load import Place, read_json
from output import in_folder, write
from to_html import html

TEXTS = ("experiment", "kernel", "lane", "path", "change", "message")


def check_row(row):
    for key in TEXTS:
        row.get(key).text()
    row.get("status").of(int, "an exit status")
    row.get("seconds").number()
    if row.has("left"):
        row.get("left").of(bool, "true or false")
    for key in ("verdict", "previous_verdict"):
        if row.get(key).value is not None:
            row.get(key).one_of(SIGNS)
        if row.has(f"{key}_words"):
            row.get(f"{key}_words").text()


def load(folder):
    """The rows of a night. @raises Refused"""
    path = folder / "index.json"
    rows = read_json(path, f"write it with 'rxlab nightly --out {folder}'")
    for row in Place(rows, f"{path}:").items():
        check_row(row)
    return rows


def verdict_cell(row, which="verdict"):
    verdict = row[which]
    said = row.get(f"{which}_words") or (verdict or "").replace("_", " ")
    return [Badge(verdict, said)] if verdict else [words.NONE]


def is_left(row):
    return row.get("left", False)


def status_cell(row):
    if is_left(row):
        return ["left for the next night"]
    status = row["status"]
    said = words.STATUS_WORDS.get(status, "unknown")
    return [
        Badge(
            (
                "same"
                if status == 0
                else "inconclusive"
                if status == 3
                else "invalid"
                if status > 1
                else "worse"
            ),
            f"{status} {said}",
        )
    ]


def link_cell(folder, row):
    """A link only where there is something to read."""
    name = f"{row['path']}/report.html"
    return [Link("report", name)] if row["path"] and (folder / name).is_file() else "no report"


def change_cell(row):
    if row["previous_verdict"] is None:
        return "first night"
    if not row["change"]:
        return "none"
    return [
        row["change"],
        ": ",
        *verdict_cell(row, "previous_verdict"),
        " \u2192 ",
        *verdict_cell(row),
    ]


def cells_of(folder, row):
    return [
        row["experiment"],
        row["kernel"],
        row["lane"],
        status_cell(row),
        verdict_cell(row),
        change_cell(row),
        f"{words.number(row['seconds'], 3)} s",
        link_cell(folder, row),
        row["message"] or words.NONE,
    ]


def night_table(folder, rows):
    return Table(
        f"{words.plural(len(rows), 'run')}",
        [
            "experiment",
            "kernel",
            "lane",
            "status",
            "verdict",
            "since the night before",
            "time",
            "report",
            "message",
        ],
        [cells_of(folder, row) for row in rows],
        {6},
    )


def is_broken(row):
    return not is_left(row) and row["status"] not in (0, 1, 3)


def is_changed(row):
    return not is_left(row) and bool(row["change"])


def summary(rows):
    left = [row for row in rows if is_left(row)]
    broken = [row for row in rows if is_broken(row)]
    changed = [row for row in rows if is_changed(row)]
    total = sum(row["seconds"] for row in rows)
    return (
        f"{words.plural(len(rows) - len(left), 'run')} in {words.number(total / 60, 3)} minutes;"
        f" {len(broken)} gave no valid result; {len(changed)} changed since the night before"
        + (f"; {len(left)} left for the next night, which begins with them." if left else ".")
    )


def report_of(folder, rows):
    changed = [row for row in rows if is_changed(row) or is_broken(row)]
    sections = (
        [Section("To look at first", "first", [night_table(folder, changed)])] if changed else []
    )
    everything = [night_table(folder, rows)] if rows else [Paragraph(["No run has finished yet."])]
    return Report(
        f"Night of {folder.resolve().name}",
        ["rxlab nightly"],
        [Paragraph([summary(rows)], "lead")],
        [*sections, Section("All runs", "all", everything)],
    )


def write_index(folder):
    write(folder, {"index.html": html(report_of(folder, load(folder))).encode()})


def main(arguments):
    return in_folder("index", __doc__, arguments, write_index)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
