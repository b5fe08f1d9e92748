# SPDX-License-Identifier: GPL-2.0
"""What the probes cost, beside the result: it is in no primary metric, only in the windows the
latencies come from."""
import cells
import words
from ink import INK, SERIES
from plots import Rows, draw, scale

PREFIX = "probe_cost."


def base_of(result):
    """What probes add to; None in a lane that ranks no cost."""
    return next(iter(cells.cost_names(result)), None)


def costs(result):
    """(label, median of the clean window, {probe: what it adds}) of each arm with probes."""
    base = base_of(result)
    found = []
    for label, trials in cells.sound_cells(result).items():
        names = sorted(
            {
                name
                for trial in trials
                for name in trial["metrics"]
                if name.startswith(PREFIX) and name.endswith(f".{base}")
            }
        )
        clean = cells.values(trials, base)
        if base and names and clean:
            found.append(
                (
                    label,
                    cells.median(clean),
                    {
                        probe_of(name, base): cells.median(cells.values(trials, name))
                        for name in names
                    },
                )
            )
    return found


def rounds_with(result):
    """(rounds in which probes had windows, all rounds), of trials that ended well."""
    trials = [trial for arm in cells.sound_cells(result).values() for trial in arm]
    probed = {
        trial["round"]
        for trial in trials
        if any(name.startswith(PREFIX) for name in trial["metrics"])
    }
    return len(probed), len({trial["round"] for trial in trials})


def probe_of(name, base):
    return name[len(PREFIX) : -len(base)].strip(".") or "all together"


def probe_names(found):
    return sorted({probe for _, _, added in found for probe in added})


def stated(added):
    return ", ".join(f"{probe} {words.signed(cost, 3)}" for probe, cost in added.items())


def plots(result):
    found = costs(result)
    if not found:
        return []
    base = base_of(result)
    unit = cells.unit_of({"comparisons": []}, result, base)
    probes = probe_names(found)

    def paint():
        rows = Rows([label for label, _, _ in found], f"{base}, {unit}", mark_points=17)
        ends = []
        for i, (_, clean, added) in enumerate(found):
            y = rows.mark(i)
            for probe, cost in added.items():
                colour, marker = look(probes, probe)
                rows.axes.plot([clean, clean + cost], [y, y], color=INK["rule"], lw=1.6, zorder=1)
                rows.axes.plot(
                    [clean + cost],
                    [y],
                    marker,
                    ms=6,
                    color=INK[colour],
                    mec=INK["paper"],
                    mew=0.6,
                    zorder=2,
                )
                ends.append(clean + cost)
            rows.axes.plot(
                [clean], [y], "o", ms=6, color=INK["ink"], mec=INK["paper"], mew=0.6, zorder=3
            )
            rows.text(i, stated(added), "muted")
            ends.append(clean)
        scale(rows.axes, min(ends), max(ends))
        return rows.figure

    signs = {
        "D": "diamond",
        "s": "square",
        "^": "triangle",
        "v": "triangle down",
        "P": "cross",
        "X": "x",
    }
    seen = ", ".join(f"{signs[look(probes, probe)[1]]}: {probe}" for probe in probes)
    caption = (
        "Dot: the clean window, where the primary metrics come from."
        f" {seen[:1].upper() + seen[1:]}: a window with that probe attached. At the right: what it"
        " adds."
    )
    return [
        draw(
            "probe-cost",
            "What the probes add per packet",
            caption,
            f"Cost of probes in {unit}. "
            + "; ".join(
                f"{label}: clean {words.number(clean)}, {stated(added)}"
                for label, clean, added in found
            )
            + ".",
            paint,
        )
    ]


def look(probes, probe):
    i = probes.index(probe) % len(SERIES)
    return SERIES[i], "Ds^vPX"[i]
