# SPDX-License-Identifier: GPL-2.0
"""The plots, each with the table it was drawn from."""
import capacity
import cells
import distribution
import effects
import latency
import probes
import sampled
import sweep
import waterfall
import words
from answer import primary_table
from blocks import Code, Figure, Figures, Fold, Paragraph, Section, Table


def paired_table(document, name):
    pairs = [(c, row) for c, row in cells.rows_named(document, name) if not cells.hidden(row)]
    most = max((len(row["after_values"]) for _, row in pairs), default=0)
    rows = []
    for comparison, row in pairs:
        differences = [
            words.signed(after - before)
            for before, after in zip(row["before_values"], row["after_values"])
        ]
        rows.append(
            [
                cells.comparison_label(comparison),
                *differences,
                *[words.NONE] * (most - len(differences)),
            ]
        )
    return Table(
        f"{name}: after {words.MINUS} before, {words.unit(pairs[0][1]['unit'])}",
        ["arm", *(str(i + 1) for i in range(most))],
        rows,
        set(range(1, most + 1)),
    )


def values_table(document, result, name):
    rows = [
        [
            label,
            str(len(values)),
            *(
                words.number(distribution.quartile(values, share), 6)
                for share in (0, 0.25, 0.5, 0.75, 1)
            ),
        ]
        for label, values, _ in distribution.sides(document, result, name)
    ]
    return Table(
        f"{name}, {words.unit(cells.unit_of(document, result, name))}",
        ["arm", "clusters", "least", "lower quartile", "median", "upper quartile", "greatest"],
        rows,
        set(range(1, 7)),
    )


def sweep_table(document, result, name):
    lines = sweep.lines_of(result, name)
    places = sorted({x for _, points in lines for x, _ in points})
    rows = [[arm, *(words.number(dict(points).get(x), 6) for x in places)] for arm, points in lines]
    return Table(
        f"{name}, {words.unit(cells.unit_of(document, result, name))}, by {sweep.swept(result)}",
        ["arm", *(words.number(x, 6) for x in places)],
        rows,
        set(range(1, len(places) + 1)),
    )


def waterfall_table(name, rows):
    return Table(
        (
            f"{name}, stage by stage; a step is the median of the rounds' differences, with the"
            " least and the greatest"
        ),
        ["arm", "stage", "median", "of which the DMA engine in software", "step", "of the first"],
        rows,
        {2, 3, 4, 5},
    )


def latency_table(result, name):
    found = latency.curves_of(result, name)
    rows = [
        [
            label,
            words.number(curve.total(), 9),
            *(words.number(curve.percentile(share)) for _, share in latency.SHARES),
            words.number(curve.greatest()),
        ]
        for label, curve in found
    ]
    columns = [
        "arm",
        "runs" if latency.of_runs(name) else "events",
        *(word for word, _ in latency.SHARES),
        "no more than",
    ]
    caption = f"{name}, {latency.unit_of(name, found[0][1])}" if found else name
    per_packet = latency.per_packet(result, name)
    if per_packet:
        columns.append("per packet")
        caption += "; per packet: all runs of a window, spread over the packets sent"
        rows = [[*row, words.number(per_packet.get(row[0]))] for row in rows]
    return Table(caption, columns, rows, set(range(1, len(columns))))


def probe_table(result):
    found = probes.costs(result)
    names = probes.probe_names(found)
    base = probes.base_of(result)
    rows = [
        [
            label,
            words.number(clean),
            *(words.signed(added.get(probe)) if probe in added else words.NONE for probe in names),
        ]
        for label, clean, added in found
    ]
    return Table(
        f"{base}, and what each probe adds to it",
        ["arm", "clean window", *names],
        rows,
        set(range(1, len(names) + 2)),
    )


def flame_figures(result):
    figures = []
    for plot, label, stacks, before in sampled.plots(result):
        columns, rows = sampled.table_rows(stacks, before)
        figures.append(
            Figure(
                plot,
                Table(
                    (
                        f"{label}: share of {words.plural(sum(stacks.values()), 'sample')} in a"
                        " function and in what it calls"
                    ),
                    columns,
                    rows,
                    set(range(1, min(4, len(columns)))),
                ),
            )
        )
    return figures


def names_of(result, document):
    """Primary metrics that have a plot: those of the comparison, or, where there is none, of the
    experiment."""
    return (
        [name for name in cells.primary_names(document) if cells.visible(document, name)]
        if document["comparisons"]
        else result["experiment_source"]["primary"]
    )


def effect_figures(result, document):
    figures = []
    for name in names_of(result, document):
        figures += [
            Figure(plot, waterfall_table(name, rows))
            for plot, rows in waterfall.plots(document, result, name)
        ]
        figures += [
            Figure(plot, sweep_table(document, result, name))
            for plot in sweep.plots(document, result, name)
        ]
        figures += [
            Figure(plot, primary_table(document, name)) for plot in effects.forest(document, name)
        ]
        figures += [
            Figure(plot, paired_table(document, name))
            for plot in effects.paired(document, result, name)
        ]
        figures += [
            Figure(plot, values_table(document, result, name))
            for plot in distribution.distributions(document, result, name)
        ]
    if result["lane_facts"]["cost"]:
        for name in result["experiment_source"].get("secondary", []):
            figures += [
                Figure(plot, sweep_table(document, result, name))
                for plot in sweep.plots(document, result, name)
            ]
    return figures


def latency_figures(result):
    names = latency.drawn_names(result)
    figures = [
        Figure(plot, latency_table(result, name))
        for name in names
        for plot in latency.plots(result, name)
    ]
    return figures + [Figure(plot, probe_table(result)) for plot in probes.plots(result)]


def other_latencies(result):
    drawn = latency.drawn_names(result)
    names = [name for name in latency.curve_names(result) if name not in drawn]
    tables = [table for table in (latency_table(result, name) for name in names) if table.rows]
    return (
        [
            Fold(
                f"{words.plural(len(tables), 'other latency table')}: softIRQ vectors, single CPUs",
                tables,
            )
        ]
        if tables
        else []
    )


def numbered(figures):
    """Each plot a file name of its own, also where two metrics' names differ only in what a file
    name cannot say."""
    seen = set()
    for figure in figures:
        name, i = figure.plot.name, 2
        while figure.plot.name in seen:
            figure.plot.name, i = f"{name}-{i}", i + 1
        seen.add(figure.plot.name)
    return figures


def effect_section(result, figures):
    empty = Paragraph(
        [
            "No primary metric has values that this lane may show side by side, so there is nothing"
            " to draw."
        ],
        "note",
    )
    return Section(
        "What changed", "plots", [Figures(figures) if figures else empty, *capacity.tables(result)]
    )


def why_no_latencies(result):
    names = latency.curve_names(result)
    if latency.drawn_names(result) and not any(
        trial["curves"] for trial in cells.sound_trials(result)
    ):
        return Paragraph(
            ["Every trial with latency curves failed a check, so none is drawn."], "note"
        )
    if names:
        return Paragraph(["No event of the latencies that are drawn happened."], "note")
    return Paragraph(
        [
            "No latency was measured: the experiment has none of the collectors ",
            Code("softirq"),
            " and ",
            Code("irq"),
            ", or they saw nothing.",
        ],
        "note",
    )


def which_rounds(result):
    """Said where probes had windows in some rounds only."""
    probed, rounds = probes.rounds_with(result)
    if not 0 < probed < rounds:
        return []
    text = (
        f"Probes had windows in {probed} of {words.plural(rounds, 'round')}: what they saw and cost"
        f" is of {'that one' if probed == 1 else 'those'}. Everything else is of all rounds."
    )
    return [Paragraph([text], "note")]


def latency_section(result, figures):
    if not result["lane_facts"]["cost"]:
        return Section(
            "Latencies",
            "latencies",
            [Paragraph(["This lane ranks no cost: latencies of its guest are not drawn."], "note")],
        )
    blocks = [Figures(figures)] if figures else [why_no_latencies(result)]
    return Section(
        "Latencies, and what the probes cost",
        "latencies",
        which_rounds(result) + blocks + other_latencies(result),
    )


def evidence(result, document):
    """(sections, plots)"""
    effect = effect_figures(result, document)
    ranked = result["lane_facts"]["cost"]
    late = latency_figures(result) if ranked else []
    flames = flame_figures(result) if ranked else []
    plots = [figure.plot for figure in numbered(effect + late + flames)]
    where = [Section("Where the time goes", "flames", [Figures(flames)])] if flames else []
    return [effect_section(result, effect), latency_section(result, late), *where], plots
