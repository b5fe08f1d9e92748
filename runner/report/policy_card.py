#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Usage: policy_card.py FILE.csv: what instructions per query say of cycles and of latency where
the policy of interrupts and polling is what differs. Prints a card in Markdown.

FILE.csv has a row per run: offered_qps, policy, instructions, cycles, perf_seconds, qps,
read_p99_us. github martinkarsten/irqsuspend publishes such runs (memcached, results/v8)."""
import csv
import itertools
import math
import statistics
import sys
from collections import defaultdict

from load import Refused
from output import USAGE_ERROR

COLUMNS = ("instructions", "cycles", "perf_seconds", "qps", "read_p99_us")
NEXT = "take out the run, or give the table as it was published"
LEAST = 0.05  # a smaller difference of instructions is told apart, too


def numbers_of(row, line):
    """(instructions per query, cycles per query, p99 in us)"""
    try:
        instructions, cycles, seconds, qps, p99 = (float(row[key]) for key in COLUMNS)
    except (KeyError, TypeError, ValueError) as error:
        fact = f"line {line}: {', '.join(COLUMNS)} have to be numbers: {error}"
        raise Refused(fact, NEXT) from error
    values = (instructions, cycles, seconds, qps, p99)
    if not all(math.isfinite(value) and value > 0 for value in values):
        raise Refused(f"line {line}: {', '.join(COLUMNS)} have to be above 0", NEXT)
    queries = seconds * qps
    return instructions / queries, cycles / queries, p99


def medians(rows):
    """{(load, policy): medians over runs}"""
    runs = defaultdict(list)
    for line, row in enumerate(rows, 2):
        runs[row.get("offered_qps"), row.get("policy")].append(numbers_of(row, line))
    return {key: tuple(map(statistics.median, zip(*values))) for key, values in runs.items()}


def pairs_of(cells):
    """(before, after) of every two policies at one load"""
    by_load = defaultdict(list)
    for (load, _), values in sorted(cells.items(), key=str):
        by_load[load].append(values)
    return [pair for cell in by_load.values() for pair in itertools.combinations(cell, 2)]


def agreeing(pairs, which):
    """How many have the same order in instructions and in that number."""
    return sum((a[0] < b[0]) == (a[which] < b[which]) for a, b in pairs)


def share(part, whole):
    return f"{part} of {whole} ({100 * part / whole:.0f} %)" if whole else "none of none"


def card(rows):
    cells = medians(rows)
    pairs = pairs_of(cells)
    apart = [(a, b) for a, b in pairs if abs(b[0] / a[0] - 1) > LEAST]
    lines = [
        f"{len(pairs)} pairs of policies at equal load; medians over runs, per query.",
        "",
        "| same order in instructions and in | all pairs | instructions differ by more than 5 % |",
        "|---|---|---|",
    ]
    for which, name in ((1, "cycles"), (2, "p99 of the latency")):
        both = [share(agreeing(of, which), len(of)) for of in (pairs, apart)]
        lines.append(f"| {name} | {both[0]} | {both[1]} |")
    return "\n".join(lines)


def main(arguments):
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__, file=sys.stdout if arguments in (["-h"], ["--help"]) else sys.stderr)
        return 0 if arguments in (["-h"], ["--help"]) else USAGE_ERROR
    try:
        with open(arguments[0], encoding="utf-8", newline="") as file:
            print(card(csv.DictReader(file)))
    except (OSError, UnicodeDecodeError, csv.Error, Refused) as error:
        print(f"rxlab policy_card: {arguments[0]}: {error}", file=sys.stderr)
        return USAGE_ERROR
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
