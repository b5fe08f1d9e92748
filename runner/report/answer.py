# SPDX-License-Identifier: GPL-2.0
"""The answer first, then the numbers it rests on."""
import math

import cells
import words
from blocks import Answers, Badge, Code, Fold, Paragraph, Quantity, Section, Strong, Table
from cautions import cautions

ACROSS = "the interval reaches across \u03b4"
UNSEEN = "this lane cannot see it"
NOT_RANKED = (
    "Other metrics, the greatest change first. They are reported and not ranked: the error of"
    " 5\u00a0% is shared by the primary metrics only, and each interval here is at 95\u00a0% by"
    " itself, so that among many a few will mislead."
)


def badge(judged):
    """Of a row, an arm or the whole document."""
    return Badge(judged["verdict"], judged["verdict_words"])


def change_words(row):
    """(down, up, of what)."""
    said = row["change_words"]
    return said["less"], said["more"], said["of"]


def row_sentence(row):
    down, up, what = change_words(row)
    ratio = words.interval(row["ratio"], row["ci_low"], row["ci_high"])
    if cells.hidden(row):
        return cells.reason(row, f"{what}: not visible in this lane")
    if row["ratio"] is None and row["difference"] is None:
        return f"{what}: {cells.reason(row, 'no value')}"
    if row["ratio"] is None:
        low, high = row.get("difference_low"), row.get("difference_high")
        return f"{what}: {words.span(row['difference'], low, high)} {words.unit(row['unit'])}"
    if row["verdict"] == "same":
        return f"{what}: the same within {words.percent(row['delta'], 2)}, ratio {ratio}"
    if row["verdict"] == "inconclusive":
        return f"{what}: ratio {ratio}; {cells.reason(row, ACROSS)}"
    much = words.number(100 * abs(row["ratio"] - 1), 3)
    absolute = words.span(row["difference"], row.get("difference_low"), row.get("difference_high"))
    return f"{much}\u00a0% {up if row['ratio'] > 1 else down} {what}, {absolute}; ratio {ratio}"


def arm_sentence(comparison):
    if comparison["verdict"] == "invalid":
        return "; ".join(comparison.get("reasons") or ["a trial failed a check"])
    rows = [
        row for row in cells.primary_rows(comparison) if not cells.hidden(row)
    ] or cells.primary_rows(comparison)[:1]
    return "; ".join(row_sentence(row) for row in rows) or "no primary metric"


def arm_line(comparison, summaries):
    summary = summaries.get(comparison["arm"])
    return [
        Strong(cells.comparison_label(comparison)),
        *([f" ({summary})"] if summary else []),
        f": {arm_sentence(comparison)}.",
    ]


def extremes(document):
    """The arms with the least and the greatest ratio of the first metric that has one; None where
    there are not two."""
    for name in cells.primary_names(document):
        pairs = [
            (c, row)
            for c, row in cells.rows_named(document, name)
            if row["ratio"] is not None and not cells.hidden(row) and row["verdict"] != "invalid"
        ]
        if len(pairs) > 1:
            pairs.sort(key=lambda pair: pair[1]["ratio"])
            said = [
                f"{words.interval(row['ratio'], row['ci_low'], row['ci_high'])} in"
                f" {cells.comparison_label(c)}"
                for c, row in (pairs[0], pairs[-1])
            ]
            return (
                f"{change_words(pairs[0][1])[2]} as a ratio to {document['baseline']}: from"
                f" {said[0]} to {said[1]}."
            )
    return None


def lead(document):
    """Several arms in one line; each has its own line below."""
    verdicts = [c["verdict_words"] for c in document["comparisons"]]
    ends = extremes(document) if document.get("kind") != "results" else None
    if not ends:
        return words.with_delta(document["headline"])
    counts = [f"{verdicts.count(verdict)} {verdict}" for verdict in dict.fromkeys(verdicts)]
    said = (
        f"all {len(verdicts)} arms"
        if len(counts) == 1
        else f"of {len(verdicts)} arms {words.listed(counts)}"
    )
    return f"{said}; {ends}"


def generator_notes(document):
    """What of each number is the generator's, a sentence for each combination of factors."""
    return [
        Paragraph(
            [
                Strong(alone["label"]),
                f": the generator alone takes {words.number(alone['value'], 5)}"
                f" {words.unit(alone['unit'])}. That is in every number here but those told"
                " \u201cafter the generator's\u201d.",
            ],
            "note",
        )
        for alone in document.get("generators", [])
    ]


def attached_modes(result):
    """Where the kernel ran each arm's XDP programs, as it said itself: arm -> modes."""
    modes = {}
    for trial in result["trials"]:
        modes.setdefault(trial["arm"], set()).update(
            trial["facts"].get("xdp_attached", {}).values()
        )
    return modes


def summaries_of(result):
    """What each arm is, and how its XDP program was attached."""
    modes = attached_modes(result)
    said = {}
    for arm in result["arms"]:
        words_of = [arm["summary"].strip().rstrip(".")]
        words_of += [f"attached: {mode} XDP" for mode in sorted(modes.get(arm["name"], ()))]
        said[arm["name"]] = "; ".join(part for part in words_of if part)
    return said


def answer(result, document):
    summaries = summaries_of(result)
    lines = [(badge(c), arm_line(c, summaries)) for c in document["comparisons"]]
    baseline = summaries.get(document["baseline"])
    against = [
        Paragraph(
            ["Against ", Strong(document["baseline"]), f" ({baseline})." if baseline else "."],
            "note",
        )
    ]
    if document.get("kind") == "results":
        against = [Paragraph(["Two runs against each other, arm by arm."], "note")]
    notes = [
        *document.get("notes", []),
        *(note for c in document["comparisons"] for note in c.get("notes", [])),
    ]
    return Section(
        "Answer",
        "answer",
        [
            Paragraph(
                [
                    badge(document),
                    " ",
                    lead(document),
                ],
                "lead",
            ),
            *([Answers(lines)] if lines else []),
            *against,
            *generator_notes(document),
            *(
                Paragraph([f"Note: {note}."], "note")
                for note in dict.fromkeys(note.rstrip(".") for note in notes)
            ),
            *cautions(result, document),
            Paragraph([document["lane_facts"]["summary"]], "note"),
        ],
    )


def value_cell(value, unit):
    return words.NONE if value is None else [Quantity(words.number(value), words.unit(unit))]


def change_cell(row, unit):
    if row["difference"] is None or cells.hidden(row):
        return words.NONE
    return [
        Quantity(
            words.span(row["difference"], row.get("difference_low"), row.get("difference_high")),
            words.unit(unit),
        )
    ]


def ratio_cell(row):
    if row["ratio"] is None:
        return words.NONE
    value, *rest = words.interval(row["ratio"], row["ci_low"], row["ci_high"]).split(" ", 1)
    return [Quantity(" ".join([value + "\u00d7", *rest]), "")]


def share_cell(row, key):
    """Relative where the row has a ratio, else in the metric's unit."""
    if row[key] is None:
        return words.NONE
    sign = "\u00b1" if key == "delta" else ""
    if row["ratio"] is None:
        return [Quantity(sign + words.number(row[key], 3), words.unit(row["unit"]))]
    return [Quantity(f"{sign}{words.number(100 * row[key], 3)}\u00a0%", "")]


def count_cell(row):
    clusters = row.get("clusters")
    return (
        str(row["n"])
        if clusters in (None, row["n"])
        else f"{row['n']} in {words.plural(clusters, 'cluster')}"
    )


def verdict_cell(row):
    why = cells.reason(row) if row["verdict"] in ("not_visible", "inconclusive") else ""
    return [badge(row)] + ([f" {why}"] if why else [])


def number_cells(row, unit):
    """`unit` is empty where the table's caption says it."""
    if cells.hidden(row):
        return [words.NONE, words.NONE, words.NONE, words.NONE]
    return [
        value_cell(row["before"], unit),
        value_cell(row["after"], unit),
        change_cell(row, unit),
        ratio_cell(row),
    ]


def intervals_note(rows):
    at = sorted(
        {
            row.get("confidence") or 0.95
            for row in rows
            if row["ratio"] is not None or row["difference"] is not None
        }
    )
    return (
        f"intervals at {words.listed(words.number(100 * level, 4) for level in at)} %"
        if at
        else "no interval"
    )


def primary_table(document, name):
    pairs = cells.rows_named(document, name)
    unit = words.unit(next((row["unit"] for _, row in pairs if row["unit"]), ""))
    rows = [
        [
            cells.comparison_label(c),
            *number_cells(row, ""),
            verdict_cell(row),
            share_cell(row, "delta"),
            share_cell(row, "mde"),
            count_cell(row),
        ]
        for c, row in pairs
    ]
    return Table(
        (
            f"{name} ({unit}): before is {before_words(document)}; medians,"
            f" {intervals_note([row for _, row in pairs])}"
        ),
        ["arm", "before", "after", "change", "ratio", "verdict", "\u03b4", "detectable", "n"],
        rows,
        {1, 2, 3, 4, 6, 7, 8},
    )


def before_words(document):
    return "the earlier run" if document.get("kind") == "results" else document["baseline"]


def hidden_line(document, name):
    reasons = dict.fromkeys(
        cells.reason(row, UNSEEN) for _, row in cells.rows_named(document, name)
    )
    return Paragraph([Code(name), f" is not visible here: {'; '.join(reasons)}."], "note")


def unmoved(row):
    """Equal before and after in every round: its name and value say all."""
    return bool(row["before_values"]) and row["before_values"] == row["after_values"]


def named(rows, value=lambda row: ""):
    parts = [part for row in rows for part in (", ", Code(row["name"]), value(row))]
    return [part for part in parts[1:] if part]


def size(row):
    """Least for the greatest change; rows without a ratio last."""
    return -abs(math.log(row["ratio"])) if (row["ratio"] or 0) > 0 else 1


def other_blocks(comparison):
    """What moved as a table, the greatest change first; the rest by name, once."""
    rows = cells.other_rows(comparison)
    hidden = [row for row in rows if cells.hidden(row)]
    still = [row for row in rows if unmoved(row) and not cells.hidden(row)]
    moved = sorted(
        (row for row in rows if not unmoved(row) and not cells.hidden(row)),
        key=lambda row: (size(row), row["name"]),
    )
    zero = [row for row in still if not any(row["after_values"])]
    equal = [row for row in still if any(row["after_values"])]
    spoilt = comparison["verdict"] == "invalid"
    blocks = (
        [Paragraph([badge(comparison), f" {arm_sentence(comparison)}."], "note")] if spoilt else []
    )
    if moved:
        blocks.append(
            Table(
                f"{cells.comparison_label(comparison)}: other metrics that differ",
                ["metric", "before", "after", "change", "ratio"],
                [[[Code(row["name"])], *number_cells(row, row["unit"])] for row in moved],
                {1, 2, 3, 4},
            )
        )
    if equal:
        blocks.append(
            Paragraph(
                [
                    "Equal on both sides in every round: ",
                    *named(
                        equal,
                        lambda row: f" {words.number(row['after'])} {words.unit(row['unit'])}",
                    ),
                    ".",
                ],
                "note",
            )
        )
    if zero:
        blocks.append(Paragraph(["Zero on both sides in every round: ", *named(zero), "."], "note"))
    for reason in dict.fromkeys(cells.reason(row, UNSEEN) for row in hidden):
        alike = [row for row in hidden if cells.reason(row, UNSEEN) == reason]
        blocks.append(Paragraph([f"Not compared, {reason}: ", *named(alike), "."], "note"))
    return blocks


def explained(document):
    return Paragraph(
        [
            f"\u03b4 is the smallest change that counts: {document['delta_rule']}. An interval"
            " wholly outside \u00b1\u03b4 gives a verdict, wholly inside is the same, otherwise it"
            " is inconclusive. The primary metrics of all arms together share one error of"
            " 5\u00a0% (Holm's step-down), so an interval may be at more than 95\u00a0%."
            " Detectable: the smallest true change that a run like this, judged alone at"
            " 95\u00a0%, sees four times out of five."
        ],
        "note",
    )


def secondary_blocks(result, document):
    """What the experiment asks to be shown, arm by arm: the medians of sound trials."""
    names = result["experiment_source"].get("secondary", [])
    seen = [
        name
        for name in names
        if not any(cells.hidden(row) for _, row in cells.rows_named(document, name))
    ]
    blocks = [hidden_line(document, name) for name in names if name not in seen]
    if not seen:
        return blocks
    rows = [
        [label, *(words.number(cells.median(cells.values(trials, name))) for name in seen)]
        for label, trials in cells.sound_cells(result).items()
    ]
    units = [words.unit(cells.unit_of(document, result, name)) for name in seen]
    heads = [f"{name} ({unit})" if unit else name for name, unit in zip(seen, units)]
    return [
        Table(
            "Told of every arm, not ranked: medians",
            ["arm", *heads],
            rows,
            set(range(1, len(heads) + 1)),
        ),
        *blocks,
    ]


def before_after(result, document):
    names = cells.primary_names(document)
    shown = [
        (
            primary_table(document, name)
            if cells.visible(document, name)
            else hidden_line(document, name)
        )
        for name in names
    ]
    folds = [
        Fold(
            (
                f"{cells.comparison_label(c)}:"
                f" {words.plural(len(cells.other_rows(c)), 'other metric')}"
            ),
            other_blocks(c),
        )
        for c in document["comparisons"]
        if cells.other_rows(c)
    ]
    if not document["comparisons"]:
        shown = [
            Paragraph(["There is nothing to compare: the result has no arm beside its baseline."])
        ]
    stated = [Paragraph([NOT_RANKED], "note")] if folds else []
    return Section(
        "Before and after",
        "before-after",
        [*shown, explained(document), *secondary_blocks(result, document), *stated, *folds],
    )
