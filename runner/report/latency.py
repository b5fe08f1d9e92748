# SPDX-License-Identifier: GPL-2.0
"""Latency curves: the share of events that took at least so long."""
import json
import re
from dataclasses import dataclass
from itertools import accumulate

import cells
import words
from ink import DASHES, INK, SERIES, make, wrapped
from plots import LEFT, POINTS, RIGHT, draw, log_ticks
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

SHARES = (("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("p99.9", 0.999))
FIRST = (  # in this order, then the others by name
    "softirq.net_rx.raise_to_entry",
    "softirq.net_rx.entry_to_exit",
    "irq.entry_to_exit",
    "victim.wakeup",
)
BY_TRAFFIC = ("open_loop.", "ring.")  # timed by the module that carries it, without a probe
OTHER_VECTOR = re.compile(r"softirq\.(?!net_rx\.)")  # not of the receive path
DURATIONS = ("ns", "instructions")
ONE_CPU = re.compile(r"\.cpu\d+$")
PLOT_POINTS, KEY_POINTS, TOP, BOTTOM = 190.0, 13.5, 6.0, 38.0


@dataclass
class Curve:
    """Buckets of all trials of an arm: (low edge, high edge) -> events."""

    unit: str
    buckets: dict

    def total(self):
        return sum(self.buckets.values())

    def steps(self):
        """(edge, share of events at or above it): where a bucket ends its events are past,
        whatever gap follows it."""
        ordered = sorted((bucket, count) for bucket, count in self.buckets.items() if count > 0)
        below = [0, *accumulate(count for _, count in ordered)]
        total = below[-1]
        inner = [(high, 1 - past / total) for ((_, high), _), past in zip(ordered[:-1], below[1:])]
        return [(ordered[0][0][0], 1.0), *inner, (ordered[-1][0][1], 1 - below[-2] / total)]

    def percentile(self, share):
        """Linear within the bucket that holds it."""
        rank, below = share * self.total(), 0
        for (low, high), count in sorted(self.buckets.items()):
            if count > 0 and below + count >= rank:
                return low + (high - low) * (rank - below) / count
            below += count
        return None

    def greatest(self):
        """The end of the last bucket that holds anything: the maximum is no greater."""
        return max(high for (_, high), count in self.buckets.items() if count > 0)


def curve_names(result):
    names = {
        name
        for trial in result["trials"]
        for name, curve in trial["curves"].items()
        if "edges" in curve
    }
    return [name for name in FIRST if name in names] + sorted(names - set(FIRST))


def drawn_names(result):
    """Of the curves those that are drawn: durations, over all CPUs, of what receives.
    The others have a table."""
    units = {
        name: curve["unit"] for trial in result["trials"] for name, curve in trial["curves"].items()
    }
    return [
        name
        for name in curve_names(result)
        if units[name] in DURATIONS and not ONE_CPU.search(name) and not OTHER_VECTOR.match(name)
    ]


def merged(trials, name):
    curves = [trial["curves"][name] for trial in trials if name in trial["curves"]]
    buckets = {}
    for curve in curves:
        for low, high, count in zip(curve["edges"], curve["edges"][1:], curve["counts"]):
            buckets[low, high] = buckets.get((low, high), 0) + count
    return (
        Curve(curves[0]["unit"], buckets) if any(count > 0 for count in buckets.values()) else None
    )


def curves_of(result, name):
    """(label, Curve) of every arm with sound trials that have it; the baseline first."""
    first = {arm["name"]: not arm["baseline"] for arm in result["arms"]}
    found = [
        (label, trials[0]["arm"], merged(trials, name))
        for label, trials in cells.sound_cells(result).items()
        if trials
    ]
    found.sort(key=lambda item: first[item[1]])
    return [(label, curve) for label, _, curve in found if curve]


def of_runs(name):
    """Is an event one run of a handler, which serves as many packets as it finds?"""
    return ".entry_to_exit" in name


def unit_of(name, curve):
    return f"{curve.unit} per run" if of_runs(name) else curve.unit


def per_packet(result, name):
    """label -> median over its sound trials, where they report it."""
    stated = {
        label: cells.median(cells.values(trials, f"{name}.per_packet"))
        for label, trials in cells.sound_cells(result).items()
    }
    return {label: value for label, value in stated.items() if value is not None}


def side_by_side(result, found):
    """Curves that are compared: those of the same factors' values, in the order of the values."""
    labels = {}
    for label, trials in cells.sound_cells(result).items():
        if trials:
            labels.setdefault(json.dumps(trials[0]["factors"], sort_keys=True), []).append(label)
    return [
        curves
        for curves in ([item for item in found if item[0] in beside] for beside in labels.values())
        if curves
    ]


def groups(found):
    """Few enough for one figure, each with the baseline."""
    if not found:
        return []
    base, others = found[0], found[1:]
    return [[base] + others[i : i + len(SERIES)] for i in range(0, len(others), len(SERIES))] or [
        [base]
    ]


def styles(count):
    return [("ink", "-")] + [(SERIES[i], DASHES[i]) for i in range(count - 1)]


def key(figure, labels, height):
    """A line of the key per arm, above the plot: sample and whole name."""
    for i, (label, (colour, dash)) in enumerate(zip(labels, styles(len(labels)))):
        y = 1 - (TOP + KEY_POINTS * (i + 0.5)) / height
        figure.add_artist(line((LEFT, LEFT + 0.075), y, colour, dash, figure.transFigure))
        figure.text(LEFT + 0.09, y, wrapped(label, 52, 1), va="center", fontsize=9)


def line(xs, y, colour, dash, transform):
    return Line2D(xs, [y, y], color=INK[colour], linestyle=dash, lw=1.7, transform=transform)


def say_share(value, _):
    return "1" if value == 1 else f"1/{round(1 / value):,}".replace(",", "\u202f")


def reading(name, beside):
    said = "Lower and further left is shorter. Read p99 where a curve crosses 1/100. "
    if of_runs(name):
        said += "A run of the handler serves as many packets as it finds: " + (
            "the table has the cost per packet. " if beside else "a longer one may have done more. "
        )
    said += "All sound trials of an arm together; buckets are 1/8 of their value wide. "
    return said + (
        "Taken by the module itself, in the measured window."
        if name.startswith(BY_TRAFFIC)
        else "Taken in a window with the probe attached."
    )


def survival(name, found, number, of, beside):
    curves = [
        (label, curve, [(max(x, 0.5), share) for x, share in curve.steps()])
        for label, curve in found
    ]
    unit = unit_of(name, found[0][1])

    def paint():
        top = TOP + KEY_POINTS * len(found) + 18
        height = top + PLOT_POINTS + BOTTOM
        figure = make(height / POINTS)
        key(figure, [label for label, _, _ in curves], height)
        axes = figure.add_axes([0.125, BOTTOM / height, RIGHT - 0.125, PLOT_POINTS / height])
        for (_, _, steps), (colour, dash) in zip(curves, styles(len(curves))):
            axes.step(
                [x for x, _ in steps],
                [share for _, share in steps],
                where="post",
                color=INK[colour],
                linestyle=dash,
                lw=1.7,
            )
        scales(axes, curves)
        axes.set_xlabel(f"{unit} (log scale)")
        axes.text(
            0.0,
            1.0,
            " share of events at least so long",
            transform=axes.transAxes,
            va="bottom",
            ha="left",
            fontsize=8.5,
            color=INK["muted"],
        )
        return figure

    stated = [
        f"{label}: "
        + ", ".join(f"{word} {words.number(curve.percentile(share), 3)}" for word, share in SHARES)
        for label, curve in found
    ]
    part = f" ({number} of {of})" if of > 1 else ""
    return draw(
        f"latency-{words.slug(name)}" + (f"-{number}" if of > 1 else ""),
        f"{name}: how long, how often{part}",
        reading(name, beside),
        f"Share of events of {name} that took at least so many {unit}. " + "; ".join(stated) + ".",
        paint,
    )


def scales(axes, curves):
    xs = [x for _, _, steps in curves for x, _ in steps]
    shares = [share for _, _, steps in curves for _, share in steps]
    low, high = min(xs) / 1.15, max(xs) * 1.15
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(low, high)
    axes.set_ylim(min(shares) / 1.6, 1.25)
    axes.xaxis.set_major_locator(FixedLocator(log_ticks(low, high)))
    axes.yaxis.set_major_locator(
        FixedLocator([10.0**-e for e in range(12) if 10.0**-e >= min(shares) / 1.6])
    )
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value)))
    axes.yaxis.set_major_formatter(FuncFormatter(say_share))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_minor_locator(NullLocator())
    axes.grid(True, color=INK["rule"], lw=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)


def plots(result, name):
    parts = [
        part for found in side_by_side(result, curves_of(result, name)) for part in groups(found)
    ]
    beside = bool(per_packet(result, name))
    return [survival(name, part, i + 1, len(parts), beside) for i, part in enumerate(parts)]
