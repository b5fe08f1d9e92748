# SPDX-License-Identifier: GPL-2.0
"""Flame graphs of call-graph samples: where the kernel's time goes, and what differs from the
baseline."""
from dataclasses import dataclass, field

import cells
import words
from ink import INK, make
from plots import LEFT, POINTS, RIGHT, draw

STACKS = "perf_record.stacks"
ROW, TOP, BOTTOM = 13.0, 6.0, 6.0  # points
LEAST = 0.002  # of all samples: a narrower frame is not drawn
LETTER = 0.0135  # width of one, of the figure's
MOST_ROWS = 20  # of the table


@dataclass
class Frame:
    """One function called along one path: samples in it and in what it called."""

    name: str
    samples: int = 0
    called: dict = field(default_factory=dict)


def stacks_of(trials):
    """folded stack -> samples of all trials."""
    sums = {}
    for trial in trials:
        for stack, count in trial["curves"].get(STACKS, {"stacks": {}})["stacks"].items():
            sums[stack] = sums.get(stack, 0) + count
    return sums


def tree(stacks):
    root = Frame("all")
    for stack, count in sorted(stacks.items()):
        frame = root
        frame.samples += count
        for name in stack.split(";"):
            frame = frame.called.setdefault(name, Frame(name))
            frame.samples += count
    return root


def inclusive(stacks):
    """function -> share of the samples in it or in what it called; one that calls itself counts
    once."""
    total, sums = sum(stacks.values()), {}
    for stack, count in stacks.items():
        for name in set(stack.split(";")[1:]):
            sums[name] = sums.get(name, 0) + count
    return {name: count / total for name, count in sums.items()}


def differences(before, after):
    """[(function, share before, share after)], the greatest difference first."""
    old, new = inclusive(before), inclusive(after)
    rows = [(name, old.get(name, 0.0), new.get(name, 0.0)) for name in {*old, *new}]
    return sorted(rows, key=lambda row: (-abs(row[2] - row[1]), row[0]))


def vanished(before, after):
    """Functions of `before` that are in no sample of `after`, the greatest share first."""
    return [
        (name, share)
        for name, share, now in sorted(
            differences(before, after), key=lambda row: (-row[1], row[0])
        )
        if share and not now
    ]


def boxes(root):
    """(frame, depth, left, width, path) of all that is wide enough, as shares of the whole."""
    found, waiting = [], [(root, 0, 0.0, ())]
    while waiting:
        frame, depth, left, path = waiting.pop()
        width = frame.samples / root.samples
        if width < LEAST:
            continue
        found.append((frame, depth, left, width, path))
        for called in sorted(frame.called.values(), key=lambda called: called.name):
            waiting.append((called, depth + 1, left, (*path, called.name)))
            left += called.samples / root.samples
    return found


def shares_by_path(root):
    return {path: width for _, _, _, width, path in boxes(root)}


def colour_of(before, path, width):
    """Without a `before` one colour; with it, what the frame's share did."""
    if before is None:
        return "s1" if len(path) % 2 else "s6"
    change = width - before.get(path, 0.0)
    return "s2" if change > LEAST else "s3" if change < -LEAST else "rule"


def figure_of(root, before=None):
    found = boxes(root)
    depth = 1 + max(depth for _, depth, _, _, _ in found)
    height = TOP + ROW * depth + BOTTOM
    figure = make(height / POINTS)
    axes = figure.add_axes([LEFT, BOTTOM / height, RIGHT - LEFT, ROW * depth / height])
    axes.set_xlim(0, 1)
    axes.set_ylim(0, depth)
    axes.set_axis_off()
    for frame, level, left, width, path in found:
        axes.barh(
            level + 0.5,
            width,
            0.92,
            left=left,
            color=INK[colour_of(before, path, width)],
            alpha=0.35,
            ec=INK["paper"],
            lw=0.4,
        )
        letters = int(width / LETTER)
        if letters >= 3:
            said = (
                frame.name if len(frame.name) <= letters else frame.name[: letters - 1] + "\u2026"
            )
            axes.text(
                left + 0.003,
                level + 0.5,
                said,
                va="center",
                ha="left",
                fontsize=6.5,
                color=INK["ink"],
                clip_on=True,
            )
    return figure


def stated(stacks):
    shares = sorted(inclusive(stacks).items(), key=lambda item: (-item[1], item[0]))[:5]
    return ", ".join(f"{name} {words.percent(share)}" for name, share in shares)


def found_of(result):
    """[(label, stacks)] of every arm with samples in sound trials; the baseline's first."""
    base = {arm["name"] for arm in result["arms"] if arm["baseline"]}
    found = [
        (label, trials, stacks_of(trials)) for label, trials in cells.sound_cells(result).items()
    ]
    found = [
        (trials[0]["arm"] not in base, trials[0]["factors"], label, stacks)
        for label, trials, stacks in found
        if stacks
    ]
    return sorted(found, key=lambda item: item[0])


def baseline_of(found, factors):
    return next((stacks for other, at, _, stacks in found if not other and at == factors), None)


READING = (
    "Width is the share of samples in a function and in all that it calls; callers are below. Left"
    " to right is by name, not by time. "
)
CHANGED = (
    "Orange: a greater share than in the baseline; green: a smaller one; grey: within one sample in"
    " 500. What vanished is in no box: the table has it. "
)
TAKEN = (
    "Samples of a timer, taken with perf attached: code that runs with interrupts off is charged to"
    " where they are on again."
)


def plots(result):
    """[(plot, label, stacks, those of the baseline or None)]"""
    found, drawn = found_of(result), []
    for other, factors, label, stacks in found:
        before = baseline_of(found, factors) if other else None
        against = before and shares_by_path(tree(before))
        title = f"Flame graph of {label}" + (", against the baseline" if before else "")
        drawn.append(
            (
                draw(
                    f"flame-{words.slug(label)}",
                    title,
                    READING + (CHANGED if before else "") + TAKEN,
                    (
                        f"Flame graph of {label}, {words.plural(sum(stacks.values()), 'sample')}:"
                        f" {stated(stacks)}."
                    ),
                    lambda stacks=stacks, against=against: figure_of(tree(stacks), against),
                ),
                label,
                stacks,
                before,
            )
        )
    return drawn


def share(value):
    return words.percent(value) if value else words.NONE


def table_rows(stacks, before):
    """The table's columns and rows: functions by share, or by its difference; then what vanished,
    where the rows above do not have it."""
    if before is None:
        shares = sorted(inclusive(stacks).items(), key=lambda item: (-item[1], item[0]))[:MOST_ROWS]
        return ["function", "share"], [[name, share(value)] for name, value in shares]
    rows = differences(before, stacks)[:MOST_ROWS]
    listed = {name for name, _, _ in rows}
    rows += [
        (name, value, 0.0)
        for name, value in vanished(before, stacks)[:MOST_ROWS]
        if name not in listed
    ]
    return ["function", "before", "after", "difference", ""], [
        [
            name,
            share(old),
            share(new),
            words.signed(100 * (new - old), 3) + " points",
            "vanished" if not new else "new" if not old else "",
        ]
        for name, old, new in rows
    ]
