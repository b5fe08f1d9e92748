#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Usage: history_report.py DIR: history.json of DIR -> index.html and a page for each metric."""
import sys
from itertools import groupby

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
    Spark,
    Table,
)
from output import in_folder, replace
from plots import draw
from shape import read_checked
from sweep import figure_of
from to_html import html

LINES = 6  # of a plot
NIGHTS = 90  # of a sparkline and a plot
ROWS = 30  # of a table; all of it: rxlab history export
TICKS = 6
# What is looked at first is first; each with the look of a verdict.
LOOKS = {
    "gone": "invalid",
    "invalid": "invalid",
    "candidate": "inconclusive",
    "changed": "same",
    "new": "not_visible",
    "steady": "same",
}
QUIET = ("new", "steady")


def load(folder):
    """@raises Refused"""
    return read_checked(folder, "history", f"rxlab history page --out {folder}").value


# --- what a series says ---


def last_change(series):
    """None: it has none, or none that was repeated."""
    told = [change for change in series["changes"] if change["state"] != "not repeated"]
    return told[-1] if told else None


def status_badge(series):
    status, change = series["status"], last_change(series)
    look = LOOKS[status]
    if status == "changed" and change and change["direction"]:
        return Badge(change["direction"], f"changed: {change['direction']}")
    return Badge(look, status)


def label(series):
    return f"{series['arm']} {series['factors']}".strip()


def page_of(metric):
    return f"metric-{words.slug(metric)}.html"


def by_night(series):
    """night -> value; of several results of a night the last."""
    return {point["night"]: point["value"] for point in series["points"]}


def spark(series, nights):
    values = by_night(series)
    nights = [night for night in nights if night >= min(values, default="")][-NIGHTS:]
    changes = {change["night"] for change in series["changes"]}
    marks = tuple(i for i, night in enumerate(nights) if night in changes)
    return Spark(
        tuple(values.get(night) for night in nights),
        marks,
        f"{label(series)}: {series['words']}",
    )


def value_said(series, value):
    return words.number(value, 6) + ("\u00d7" if series["follows"] == "ratio" else "")


def last_value(series):
    return value_said(series, series["points"][-1]["value"]) if series["points"] else words.NONE


def change_said(series, change):
    said = f"{value_said(series, change['before'])} \u2192 {value_said(series, change['after'])}"
    return said if change["ratio"] is None else f"{said} ({words.fixed(change['ratio'], 4)}\u00d7)"


def cause_line(change):
    """Why: what a diff said, else what the two results were made of differently."""
    if change["cause"]:
        return [change["cause"]]
    if change["made_of"]:
        line = ["Made of other: ", "; ".join(change["made_of"])]
    else:
        line = ["Made of the same as the night before"]
    if change["command"]:
        line += [". Which function: ", Code(change["command"])]
    return line


def told(series):
    """The status, then the last change where that is not the status, and why."""
    change = last_change(series)
    line = [series["words"][0].upper() + series["words"][1:], ". "]
    if not change:
        return line
    if series["status"] not in ("changed", "candidate"):
        line += [f"Last change {change['night']}: {change_said(series, change)}. "]
    return line + cause_line(change)


# --- the index ---


def group_key(series):
    return tuple(series[key] for key in ("experiment", "kernel", "lane", "machine"))


def groups_of(series):
    return [(key, list(some)) for key, some in groupby(sorted(series, key=group_key), group_key)]


def urgency(series):
    change = last_change(series)
    return (list(LOOKS).index(series["status"]), "" if change is None else change["night"])


def first_of(some):
    """The series that stands for a group: the most urgent, then the one that changed last."""
    least = min(urgency(series)[0] for series in some)
    urgent = [series for series in some if urgency(series)[0] == least]
    return max(urgent, key=lambda series: urgency(series)[1])


def counts(some):
    found = [(status, sum(one["status"] == status for one in some)) for status in LOOKS]
    return ", ".join(f"{count} {status}" for status, count in found if count)


def overview(document):
    rows = []
    for (experiment, kernel, lane, machine), some in groups_of(document["series"]):
        first = first_of(some)
        changed = max(some, key=lambda one: (last_change(one) or {"night": ""})["night"])
        where = f" on {machine}" if lane == "timed" else ""
        rows.append(
            [
                [experiment, " ", Small(f"{kernel}, {lane}{where}")],
                [status_badge(first)],
                counts(some),
                [spark(changed, document["nights"])],
                [Link(label(changed), page_of(changed["metric"])), " ", Small(changed["metric"])],
                told(changed),
            ]
        )
    return Table(
        "Each experiment on each kernel; drawn is the series that changed last",
        ["experiment", "status", "series", "nights", "drawn", "in words"],
        rows,
    )


def series_table(document, some, caption, small):
    """`small`: what else is said of a series, beside its arm"""
    rows = [
        [
            [label(one), " ", Small(small(one))],
            [status_badge(one)],
            [spark(one, document["nights"])],
            last_value(one),
            told(one),
        ]
        for one in some
    ]
    columns = ["arm", "status", "nights", "last", "in words"]
    return Table(caption, columns, rows, {3})


def attention(document):
    if all(one["status"] in QUIET for one in document["series"]):
        return [Paragraph(["Nothing changed, and nothing is missing."], "lead")]
    gone, tables = [], []
    for (experiment, kernel, lane, _), some in groups_of(document["series"]):
        urgent = sorted((one for one in some if one["status"] not in QUIET), key=urgency)
        if all(one["status"] == "gone" for one in some):
            gone.append([status_badge(some[0]), f" {experiment} on {kernel}: {some[0]['words']}"])
        elif urgent:
            caption = f"{experiment} on {kernel}, {lane}"
            small = lambda one: f"{one['topology']}, {one['metric']}"
            tables.append(series_table(document, urgent, caption, small))
    return ([Bullets(gone)] if gone else []) + tables


def epoch_bullets(epochs):
    return Bullets(
        [
            [
                f"{epoch['night']} {epoch['experiment']} on {epoch['kernel']} ({epoch['lane']}): ",
                "; ".join(epoch["changed"]),
            ]
            for epoch in reversed(epochs)
        ]
    )


def index_page(document):
    metrics = sorted({one["metric"] for one in document["series"]})
    nights = document["nights"]
    stretch = f"{nights[0]} to {nights[-1]}" if nights else "no night yet"
    sections = [Section("To look at first", "first", attention(document))]
    if document["series"]:
        sections.append(Section("All experiments", "all", [overview(document)]))
        pages = Bullets([[Link(metric, page_of(metric))] for metric in metrics])
        sections.append(Section("Metric by metric", "metrics", [pages]))
    if document["epochs"]:
        said = "Nights from which on results are made of other things than those before."
        bullets = Fold(
            words.plural(len(document["epochs"]), "epoch"), [epoch_bullets(document["epochs"])]
        )
        sections.append(Section("Epochs", "epochs", [Paragraph([said]), bullets]))
    eyebrow = ["rxlab history", stretch, words.plural(document["results"], "result")]
    return Report(document["headline"], eyebrow, [Paragraph([EXPLAINED], "note")], sections)


EXPLAINED = (
    "A dot is the first night of another level. In the counted lane a figure repeats to the digit,"
    " so one night is enough to show a change and a second result to confirm it; where time is"
    " measured the ratio to the baseline of the same run is followed, and a change needs four"
    " nights. Figures of different lanes, machines and topologies are in series of their own."
)


# --- a metric's page ---


def relative(series, nights):
    """[(index of the night, % against the first value of these nights)]"""
    values = by_night(series)
    first = next((values[night] for night in nights if night in values), 0.0)
    return [
        (i, 100 * (values[night] / first - 1) if first else 0.0)
        for i, night in enumerate(nights)
        if night in values
    ]


def plot_of(metric, key, some, nights):
    """Those that changed most, over the last nights; None where no series has two."""
    nights = nights[-NIGHTS:]
    lines = [(label(one), relative(one, nights)) for one in some]
    lines = [(name, line) for name, line in lines if len(line) > 1]
    lines.sort(key=lambda line: -max(abs(y) for _, y in line[1]))
    lines = lines[:LINES]
    if not lines:
        return None
    experiment, kernel, lane, _ = key

    def paint():
        figure, axes = figure_of("%, against the first of these nights", lines, 26.0)
        step = max(1, (len(nights) + TICKS - 1) // TICKS)
        ticks = range(0, len(nights), step)
        axes.set_xticks(list(ticks), [nights[i] for i in ticks], rotation=30, ha="right")
        return figure

    ends = "; ".join(f"{name} {words.signed(line[-1][1])} %" for name, line in lines)
    return draw(
        f"history-{words.slug(metric)}-{words.slug(' '.join(key))}",
        f"{metric} of {experiment} on {kernel}",
        f"{lane} lane; the arms whose figure moved most, at most {LINES}.",
        f"On the last night: {ends}.",
        paint,
    )


def value_table(some, nights):
    columns = [(one, by_night(one)) for one in some]
    rows = [
        [
            night,
            *[
                value_said(one, values[night]) if night in values else words.NONE
                for one, values in columns
            ],
        ]
        for night in reversed(nights[-ROWS:])
    ]
    names = [label(one) for one in some]
    return Table(
        f"{some[0]['unit']}, the last nights",
        ["night", *names],
        rows,
        set(range(1, len(names) + 1)),
    )


def change_bullets(some):
    return [
        [
            f"{change['night']} {label(one)}: {change_said(one, change)}, {change['state']}. ",
            *cause_line(change),
        ]
        for one in some
        for change in reversed(one["changes"])
    ]


def gap_bullets(some):
    lines = [
        [f"{label(one)}: no result on {', '.join(one['missing'])}"]
        for one in some
        if one["missing"]
    ]
    faults = [
        [f"{label(one)}, {fault['night']}: {fault['why']}"]
        for one in some
        for fault in one["faults"]
    ]
    return lines + faults


def group_section(document, metric, key, some, number):
    experiment, kernel, lane, machine = key
    nights = document["nights"]
    blocks = [series_table(document, some, f"{lane} lane, {machine}", lambda one: one["topology"])]
    table, plot = value_table(some, nights), plot_of(metric, key, some, nights)
    blocks.append(Figures([Figure(plot, table)]) if plot else Fold("The last nights", [table]))
    for title, lines in (("Every change", change_bullets(some)), ("Gaps", gap_bullets(some))):
        if lines:
            blocks.append(Fold(f"{title} ({len(lines)})", [Bullets(lines)]))
    return Section(f"{experiment} on {kernel}", f"group-{number}", blocks)


def metric_page(document, metric):
    some = [one for one in document["series"] if one["metric"] == metric]
    sections = [
        group_section(document, metric, key, group, i)
        for i, (key, group) in enumerate(groups_of(some))
    ]
    introduction = [
        Paragraph([f"{words.plural(len(some), 'series', 'series')}: {counts(some)}."], "lead"),
        Paragraph([Link("All metrics", "index.html")]),
    ]
    return Report(metric, ["rxlab history", some[0]["unit"]], introduction, sections)


def files_of(document):
    pages = {"index.html": index_page(document)}
    for metric in sorted({one["metric"] for one in document["series"]}):
        pages[page_of(metric)] = metric_page(document, metric)
    return {name: html(report).encode() for name, report in pages.items()}


def main(arguments):
    return in_folder(
        "history_report",
        __doc__,
        arguments,
        lambda folder: replace(folder, files_of(load(folder))),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
