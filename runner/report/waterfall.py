# SPDX-License-Identifier: GPL-2.0
"""A metric down a row of arms that build on each other: what each stage takes away, or adds."""
import cells
import effects
import words
from ink import INK
from plots import Rows, draw, scale

LEAST = 3  # arms that make a path


def paths_of(result):
    """Arms from one that builds on none to one that none builds on; with factors there is no one
    path to draw."""
    arms = {arm["name"]: arm.get("builds_on", "") for arm in result["arms"]}
    paths = []
    for last in arms:
        if result["experiment_source"]["factors"] or last in arms.values():
            continue
        path = [last]
        while arms.get(path[0]):
            path.insert(0, arms[path[0]])
        if len(path) >= LEAST:
            paths.append(path)
    return paths


def stages_of(result, path, name):
    """[(arm, median, differences to the arm before, round by round)] of the arms that have the
    metric, the first one's without any."""
    found, before = [], {}
    for arm in path:
        of_round = {
            trial["round"]: trial["metrics"][name]["value"]
            for trial in cells.sound_cells(result).get(arm, [])
            if name in trial["metrics"]
        }
        if of_round:
            steps = [
                value - before[number]
                for number, value in sorted(of_round.items())
                if number in before
            ]
            found.append((arm, cells.median(list(of_round.values())), steps))
            before = of_round
    return found


ENGINE = "engine."  # metric -> what of it the DMA engine in software spent


def engine_of(result, arm, name):
    return cells.median(cells.values(cells.sound_cells(result).get(arm, []), ENGINE + name))


def table_rows(result, name, stages):
    """A row per stage: the arm, what it is, its value, of which the engine's, its step, and the
    step's share of what there was at first."""
    summaries = {arm["name"]: arm["summary"] for arm in result["arms"]}
    first = stages[0][1]
    return [
        [
            arm,
            summaries[arm],
            words.number(value, 6),
            words.number(engine_of(result, arm, name), 6),
            effects.spread(steps) if steps else words.NONE,
            words.percent(cells.median(steps) / first) if steps and first else words.NONE,
        ]
        for arm, value, steps in stages
    ]


def figure_of(unit, stages, engines):
    rows = Rows([arm for arm, _, _ in stages], unit, mark_points=17.0)
    last = 0.0
    for i, (_, value, steps) in enumerate(stages):
        y, colour = rows.mark(i), "s1" if i == 0 else "s3" if value < last else "s2"
        rows.axes.barh(y, min(last, value), 2.4 * rows.half, color=INK["rule"], lw=0, zorder=2)
        rows.axes.barh(y, engines[i] or 0, 1.2 * rows.half, color=INK["muted"], lw=0, zorder=4)
        rows.axes.barh(
            y, value - last, 2.4 * rows.half, left=last, color=INK[colour], lw=0, zorder=3
        )
        step = f"{words.signed(cells.median(steps), 5)}  to " if steps else ""
        rows.text(i, step + words.number(value, 5))
        last = value
    scale(rows.axes, 0, max(value for _, value, _ in stages))
    return rows.figure


def plots(document, result, name):
    """[(plot, rows of its table)], one per path of arms that have the metric."""
    drawn, unit = [], words.unit(cells.unit_of(document, result, name))
    for path in paths_of(result):
        stages = stages_of(result, path, name)
        if len(stages) < LEAST:
            continue
        engines = [engine_of(result, arm, name) for arm, _, _ in stages]
        stated = "; ".join(f"{arm} {words.number(value, 6)}" for arm, value, _ in stages)
        caption = (
            "The first bar is what the first arm takes. Then the coloured part is what a stage"
            " takes away, or adds (orange), after those above it; the grey part is what stays. "
            + (
                "The thin dark bar is what of it the DMA engine in software spent. "
                if any(engines)
                else ""
            )
            + "Medians; the step is that of the rounds' differences. In another order the steps"
            " would be others."
        )
        drawn.append(
            (
                draw(
                    f"waterfall-{words.slug(name)}-{words.slug(path[-1])}",
                    f"{name}, stage by stage",
                    caption,
                    f"Waterfall of {name}, in {unit}: {stated}.",
                    lambda stages=stages, engines=engines: figure_of(unit, stages, engines),
                ),
                table_rows(result, name, stages),
            )
        )
    return drawn
