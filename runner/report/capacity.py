# SPDX-License-Identifier: GPL-2.0
"""What an arm carries of an open loop's load: without loss, at most, and when it is offered more
than that."""
import cells
import sweep
import words
from blocks import Table

OFFERED, DELIVERED, DROPPED = (
    "open_loop.offered_per_second",
    "open_loop.delivered_per_second",
    "open_loop.dropped_fraction",
)
LIVELOCK = (
    0.95  # of the most it delivered at a lesser load: below that more load gets less work done
)
COLUMNS = [
    "arm",
    "no loss up to",
    "delivers at most",
    "at the highest load",
    "of its most",
    "livelock from",
]


def loads_of(result):
    """arm -> [(offered, delivered, whether no trial dropped a frame)], medians of sound trials, by
    growing load."""
    found = {}
    for trials in cells.sound_cells(result).values():
        offered, delivered, dropped = (
            cells.values(trials, name) for name in (OFFERED, DELIVERED, DROPPED)
        )
        if offered and delivered and dropped:
            found.setdefault(trials[0]["arm"], []).append(
                (cells.median(offered), cells.median(delivered), not any(dropped))
            )
    return {arm: sorted(loads) for arm, loads in found.items() if len(loads) > 1}


def row_of(arm, loads):
    free = []
    for offered, _, whole in loads:
        if not whole:
            break
        free.append(offered)
    most, livelock = loads[0][1], None
    for offered, delivered, _ in loads[1:]:
        if livelock is None and delivered < LIVELOCK * most:
            livelock = offered
        most = max(most, delivered)
    last = loads[-1][1]
    said = [
        f"below {words.number(loads[0][0], 6)}" if not free else words.number(free[-1], 6),
        words.number(most, 6),
        words.number(last, 6),
        words.percent(last / most) if most else words.NONE,
        "not seen" if livelock is None else words.number(livelock, 6),
    ]
    return [arm, *said]


def tables(result):
    """None where no load was swept. Loads in between were not tried, so each figure
    is that of a load of the experiment."""
    if not sweep.swept(result) or not result["lane_facts"]["cost"]:
        return []
    found = loads_of(result)
    rows = [
        row_of(arm["name"], found[arm["name"]])
        for arm in sorted(result["arms"], key=lambda arm: not arm["baseline"])
        if arm["name"] in found
    ]
    clock = " of the guest's own clock" if result["lane_facts"]["own_clock"] else ""
    caption = (
        f"What each arm carries, packets/s{clock}; of the loads that were offered. Livelock: the"
        f" least load at which it delivers less than {words.percent(LIVELOCK)} of what it delivered"
        " at a lesser one"
    )
    return [Table(caption, COLUMNS, rows, set(range(1, len(COLUMNS))))] if rows else []
