#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Usage: concordance_report.py DIR: concordance.json of DIR -> concordance.html, the plot as SVG
and PNG."""
import sys

import words
from blocks import Figure, Figures, Fold, Paragraph, Report, Section, Table
from front import scaled
from ink import INK, bare, make
from output import in_folder, replace
from plots import draw, plot_files
from shape import read_checked
from to_html import html

COLOURS = {"same": "s1", "other": "s2", "undecided": "muted"}
SHAPES = {"same": "o", "other": "D", "undecided": "."}
SAID = {"same": "same order", "other": "the other order", "undecided": "not told apart"}


def load(folder):
    """@raises Refused"""
    place = read_checked(folder, "concordance", f"rxlab concordance RESULT ... --out {folder}")
    for pair in place.get("pairs").items():
        for key in ("counted", "timed", "timed_low", "timed_high"):
            if pair.get(key).number() <= 0:
                pair.get(key).refuse("a ratio above 0")
    return place.value


def ascending(pair):
    """(instructions, time, its interval) from the arm with fewer instructions to the other."""
    counted, timed = pair["counted"], pair["timed"]
    low, high = pair["timed_low"], pair["timed_high"]
    return (
        (counted, timed, low, high) if counted >= 1 else (1 / counted, 1 / timed, 1 / high, 1 / low)
    )


def paint(document):
    figure = make(3.6)
    axes = figure.add_axes([0.14, 0.14, 0.83, 0.82])
    bare(axes, left=True)
    axes.axhline(1, color=INK["rule"], lw=0.8, zorder=1)
    least = 1 + document["least"]
    axes.axvline(least, color=INK["rule"], lw=0.8, ls="--", zorder=1)
    drawn = [ascending(pair) for pair in document["pairs"]]
    for pair, (x, y, low, high) in zip(document["pairs"], drawn):
        colour = INK[COLOURS[pair["agreement"]]]
        axes.plot([x, x], [low, high], color=colour, lw=1.0, zorder=2)
        axes.plot([x], [y], SHAPES[pair["agreement"]], ms=4, color=colour, zorder=3)
    axes.set_xlim(scaled(axes.xaxis, [1, least, *(row[0] for row in drawn)]))
    axes.set_ylim(scaled(axes.yaxis, [1, *(end for row in drawn for end in row[2:])]))
    axes.set_xlabel("instructions, times those of the arm with fewer")
    axes.set_ylabel("time, times that arm's")
    return figure


def plot_of(document):
    return draw(
        "concordance",
        "Instructions and time of the same pairs",
        "Each mark is a pair of arms, from the one with fewer instructions to the other. Above the"
        " line: it needs more time, too. Diamonds: less time. Small dots: the interval in time has"
        " both. Left of the dashed line the instructions differ by less than"
        f" {words.number(100 * document['least'])} %, and nothing is concluded.",
        document["words"],
        lambda: paint(document),
    )


def count_table(document):
    rows = [[row["name"], *(str(row[key]) for key in SAID)] for row in document["counts"]]
    return Table("Pairs by their order in time", ["experiment", *SAID.values()], rows, {1, 2, 3})


def pair_table(document):
    rows = [
        [
            f"{pair['experiment']}: {pair['before']} to {pair['after']}",
            words.number(pair["counted"], 4),
            words.interval(pair["timed"], pair["timed_low"], pair["timed_high"]),
            SAID[pair["agreement"]],
        ]
        for pair in sorted(document["pairs"], key=lambda pair: -ascending(pair)[0])
    ]
    return Table("Every pair", ["pair", "instructions", "time", "order"], rows, {1, 2})


def report_of(document):
    """(Report, plots)"""
    plot = plot_of(document)
    lead = Paragraph([document["words"]], "lead")
    table = count_table(document)
    note = Paragraph(
        [
            f"Instructions were counted on {document['counted_on']}, time is that of"
            f" {document['machine']} with {document['timed_on']}. The pairs of an experiment share"
            " their arms, so they are not independent: the counts describe these arms, they are no"
            " rate with an interval. Arms that wait, poll or use several CPUs are not among them:"
            " what those cost in time no count of instructions tells."
        ],
        "note",
    )
    blocks = [Figures([Figure(plot, table)]), table, note]
    sections = [
        Section("Answer", "answer", blocks),
        Section("All pairs", "pairs", [Fold("Every pair", [pair_table(document)])]),
    ]
    return Report("What counted instructions say of time", ["rxlab"], [lead], sections), [plot]


def files_of(document):
    report, plots = report_of(document)
    return {"concordance.html": html(report).encode()} | plot_files(plots)


def main(arguments):
    return in_folder(
        "concordance_report",
        __doc__,
        arguments,
        lambda folder: replace(folder, files_of(load(folder))),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
