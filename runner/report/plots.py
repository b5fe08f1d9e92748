# SPDX-License-Identifier: GPL-2.0
"""Figures with one row per arm: its name above, its marks below, its numbers at the right."""
from dataclasses import dataclass

import matplotlib
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullLocator

import words
from ink import INK, SETTINGS, bare, make, png_of, svg_of, wrapped

POINTS = 72.0
LEFT, RIGHT = 0.03, 0.97
TOP, BOTTOM = 6.0, 40.0  # points above the first row and below the last: the scale and its label


@dataclass
class Plot:
    name: str  # of its files
    title: str
    caption: str  # how it is to be read
    alt: str  # what it says, for those who do not see it
    svg: str
    png: bytes


def plot_files(plots):
    """name -> bytes of each plot, as SVG and PNG"""
    return {
        f"{plot.name}.{kind}": content
        for plot in plots
        for kind, content in (("svg", plot.svg.encode()), ("png", plot.png))
    }


def draw(name, title, caption, alt, paint):
    """Paints with rxlab's settings; `paint` gives the Figure."""
    with matplotlib.rc_context(SETTINGS):
        figure = paint()
        return Plot(name, title, caption, alt, svg_of(figure, name), png_of(figure))


class Rows:
    """The frame of a figure with one row per label. y of row i is -i; its marks lie at mark(i)."""

    def __init__(self, labels, axis_label, mark_points=15.0):
        self.labels = [wrapped(label) for label in labels]
        lines = max(label.count("\n") + 1 for label in self.labels)
        self.text_points = 12.5 * lines + 3
        self.row_points = self.text_points + mark_points
        height = TOP + self.row_points * len(labels) + BOTTOM
        self.figure = make(height / POINTS)
        self.axes = self.figure.add_axes(
            [LEFT, BOTTOM / height, RIGHT - LEFT, 1 - (TOP + BOTTOM) / height]
        )
        self.axes.set_ylim(-len(labels) + 0.0, 0.0)
        bare(self.axes)
        self.axes.set_xlabel(axis_label)
        self.half = 0.36 * mark_points / self.row_points
        self.transform = self.axes.get_yaxis_transform()

    def mark(self, i):
        return -i - (self.text_points + (self.row_points - self.text_points) / 2) / self.row_points

    def text(self, i, right="", colour="ink"):
        top = -i - 2 / self.row_points
        self.axes.text(0, top, self.labels[i], transform=self.transform, va="top", ha="left")
        self.axes.text(
            1, top, right, transform=self.transform, va="top", ha="right", color=INK[colour]
        )

    def reference(self, x):
        """A vertical line through the marks of every row, not through its text."""
        for i in range(len(self.labels)):
            y = self.mark(i)
            self.axes.plot(
                [x, x], [y - self.half, y + self.half], color=INK["muted"], lw=0.9, zorder=2
            )

    def band(self, i, low, high):
        y = self.mark(i)
        self.axes.fill_between(
            [low, high], y - 1.3 * self.half, y + 1.3 * self.half, color=INK["band"], lw=0, zorder=1
        )


def scale(axes, low, high, *, pad=0.06, logarithmic=False, whole=False):
    """Limits with room at both ends; few ticks, said in the report's numbers."""
    if logarithmic:
        axes.set_xscale("log")
        room = (high / low) ** pad
        axes.set_xlim(low / room, high * room)
        axes.xaxis.set_major_locator(FixedLocator(log_ticks(low / room, high * room)))
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        room = pad * ((high - low) or abs(high) or 1)
        axes.set_xlim(low - room, high + room)
        axes.xaxis.set_major_locator(MaxNLocator(5, integer=whole))
    axes.xaxis.set_major_formatter(
        FuncFormatter(
            lambda value, _: words.number(0 if abs(value) < 1e-9 * abs(high - low) else value, 6)
        )
    )


def log_ticks(low, high):
    ticks = [
        m * 10.0**e for e in range(-12, 300) for m in (1, 2, 5) if low <= m * 10.0**e <= high
    ]
    if len(ticks) > 7:
        ticks = [tick for tick in ticks if f"{tick:e}"[0] == "1"]
    return ticks[:: max(1, (len(ticks) + 6) // 7)] or [low, high]


def interval_mark(rows, i, value, low, high, colour):
    y = rows.mark(i)
    if low is not None and high is not None:
        rows.axes.plot(
            [low, high], [y, y], color=INK[colour], lw=2.2, solid_capstyle="butt", zorder=3
        )
    rows.axes.plot(
        [value],
        [y],
        marker="D" if low is None else "o",
        ms=5,
        color=INK[colour],
        mec=INK["paper"],
        mew=0.8,
        zorder=4,
    )
