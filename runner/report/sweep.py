# SPDX-License-Identifier: GPL-2.0
"""A metric over a factor of numbers, a line per arm: how an arm behaves as load or size grows."""
import cells
import words
from ink import INK, SERIES, make
from latency import BOTTOM, KEY_POINTS, PLOT_POINTS, TOP, key, styles
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator
from plots import POINTS, RIGHT, draw, log_ticks

LEAST = 3  # values that make a line
LEFT_OF_AXIS = 0.17  # room for 100 000 000


def number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def swept(result):
    """The factor to draw over, or None: the only one, of three numbers or more."""
    factors = result["experiment_source"]["factors"]
    if (
        len(factors) != 1
        or len(factors[0]["values"]) < LEAST
        or not all(number(value) for value in factors[0]["values"])
    ):
        return None
    return factors[0]["name"]


def lines_of(result, name):
    """(arm, [(value of the factor, median)]) of every arm that has it at two values or more; the
    baseline first."""
    factor, found = swept(result), {}
    for trials in cells.sound_cells(result).values():
        middle = cells.median(cells.values(trials, name)) if trials else None
        if middle is not None:
            found.setdefault(trials[0]["arm"], []).append((trials[0]["factors"][factor], middle))
    arms = sorted(result["arms"], key=lambda arm: not arm["baseline"])
    return [
        (arm["name"], sorted(found[arm["name"]]))
        for arm in arms
        if len(found.get(arm["name"], [])) > 1
    ]


def spans(values, times):
    return min(values) > 0 and max(values) / min(values) > times


def axis_scale(axis, set_scale, set_limits, values, times):
    if spans(values, times):
        low, high = min(values) / 1.15, max(values) * 1.15
        set_scale("log")
        set_limits(low, high)
        axis.set_major_locator(FixedLocator(log_ticks(low, high)))
        axis.set_minor_locator(NullLocator())
    else:
        room = 0.06 * ((max(values) - min(values)) or abs(max(values)) or 1)
        set_limits(min(values) - room, max(values) + room)
        axis.set_major_locator(MaxNLocator(5))
    axis.set_major_formatter(FuncFormatter(lambda value, _: words.number(value)))


def figure_of(unit, lines, below=0.0):
    """(figure, axes) with a line for each (label, [(x, y)]), their key above; `below`: more points
    for what is written below the axis."""
    top = TOP + KEY_POINTS * len(lines) + 18
    bottom = BOTTOM + below
    height = top + PLOT_POINTS + bottom
    figure = make(height / POINTS)
    key(figure, [label for label, _ in lines], height)
    axes = figure.add_axes(
        [LEFT_OF_AXIS, bottom / height, RIGHT - LEFT_OF_AXIS, PLOT_POINTS / height]
    )
    for (_, points), (colour, dash) in zip(lines, styles(len(lines))):
        axes.plot(
            [x for x, _ in points],
            [y for _, y in points],
            color=INK[colour],
            linestyle=dash,
            lw=1.7,
            marker="o",
            ms=3.5,
        )
    axes.text(
        0.0,
        1.0,
        f" {unit}",
        transform=axes.transAxes,
        va="bottom",
        ha="left",
        fontsize=8.5,
        color=INK["muted"],
    )
    axes.grid(True, color=INK["rule"], lw=0.6)
    axes.set_axisbelow(True)
    axes.tick_params(length=0)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    return figure, axes


def swept_figure(factor, unit, lines):
    figure, axes = figure_of(unit, lines)
    axis_scale(
        axes.xaxis,
        axes.set_xscale,
        axes.set_xlim,
        [x for _, points in lines for x, _ in points],
        20,
    )
    axis_scale(
        axes.yaxis,
        axes.set_yscale,
        axes.set_ylim,
        [y for _, points in lines for _, y in points],
        20,
    )
    axes.set_xlabel(factor)
    return figure


def plots(document, result, name):
    """At most seven lines in one plot, each time with the baseline; none without a factor to draw
    over."""
    factor = swept(result)
    found = lines_of(result, name) if factor else []
    if len(found) < 2:
        return []
    unit = words.unit(cells.unit_of(document, result, name))
    base, others = found[0], found[1:]
    parts = [[base] + others[i : i + len(SERIES)] for i in range(0, len(others), len(SERIES))]
    drawn = []
    for i, lines in enumerate(parts):
        stated = "; ".join(
            f"{arm}: "
            + ", ".join(f"{words.number(y, 4)} at {words.number(x, 6)}" for x, y in points)
            for arm, points in lines
        )
        drawn.append(
            draw(
                f"sweep-{words.slug(name)}" + (f"-{i + 1}" if len(parts) > 1 else ""),
                f"{name} as {factor} grows"
                + (f" ({i + 1} of {len(parts)})" if len(parts) > 1 else ""),
                (
                    "A point is the median of an arm's sound trials at one value; between points"
                    " nothing was measured. An axis that spans more than 20 times its least value"
                    " is logarithmic."
                ),
                f"{name}, in {unit}, over {factor}. {stated}.",
                lambda lines=lines: swept_figure(factor, unit, lines),
            )
        )
    return drawn
