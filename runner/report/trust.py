# SPDX-License-Identifier: GPL-2.0
"""Why to believe it, and how far: method, lane, perturbations, checks, time, how to repeat it,
provenance."""
import json
import shlex

import cells
import words
from blocks import Badge, Bullets, Code, Fold, Listing, Paragraph, Quantity, Section, Table

MOST_DETAILS = 40
LATENCIES = (
    "softirq.net_rx.raise_to_entry.p99",
    "softirq.net_rx.entry_to_exit.per_packet",
    "irq.entry_to_exit.per_packet",
)
MOST_ARMS_NAMED = 8
CHECKS = {
    "conservation": (
        "what was sent against the growth of all sinks together",
        "nothing missing, nothing twice",
    ),
    "senders_overlap": ("the share of the clean window in which all senders sent", "most of it"),
    "no_splats": ("the kernel's log since the trial's start", "no warning, oops, lockup or stall"),
    "restored": ("every value that was changed read back after undoing it", "as before the trial"),
    "rounds_distinct": ("kernel base and timer phase of an arm's rounds", "no two rounds alike"),
}
PERTURBATIONS = (
    ("kernel_base", "kernel base (boot seed, KASLR)"),
    ("phase_ns", "start of the window against the timer, ns"),
    ("flow_source_port", "flow's source port (flow hash)"),
    ("udp_src_port", "flow's source port (flow hash)"),
)


def traffic_words(result):
    traffic = result["experiment_source"]["traffic"]
    if isinstance(traffic, str):
        return f"the traffic of factor {traffic[1:].split('.')[0]}"
    parts = [str(traffic.get("kind", "traffic"))]
    for key, word in (
        ("packets", "packets"),
        ("packet_size", "bytes each"),
        ("warmup_packets", "to warm up"),
    ):
        if isinstance(traffic.get(key), (int, float)):
            parts.append(f"{words.number(traffic[key], 9)} {word}")
    parts += ([str(traffic["program"])] if "program" in traffic else []) + library_words(result)
    return ", ".join(parts)


def library_words(result):
    """Of a Google Benchmark program: how the library says it was built."""
    contexts = [
        generator["context"]
        for generator in (trial["facts"].get("generator") for trial in result["trials"])
        if isinstance(generator, dict) and "context" in generator
    ]
    return [
        f"Google Benchmark built as {built}"
        for built in dict.fromkeys(context.get("library_build_type") for context in contexts)
        if built
    ]


def machine_words(result):
    provenance = result["provenance"]
    qemu = provenance.get("qemu")
    version = str(qemu.get("version", "")).splitlines()[:1] if isinstance(qemu, dict) else []
    kernel = provenance.get("kernel")
    release = kernel.get("release") if isinstance(kernel, dict) else None
    version = [line if line.startswith("QEMU") else f"QEMU {line}" for line in version]
    return "; ".join(
        str(part) for part in [*version, f"Linux {release}" if release else ""] if part
    )


def criterion(row):
    if not row["primary"]:
        return "reported, not ranked"
    if row["delta"] is None:
        return "interval against \u03b4"
    by = (
        f"{words.number(100 * row['delta'], 3)} %"
        if row["ratio"] is not None
        else f"{words.number(row['delta'], 3)} {words.unit(row['unit'])}"
    )
    return f"interval wholly outside \u00b1{by}"


def befores(pairs):
    """The baseline's value; where factors give it several, their span."""
    values = sorted({row["before"] for _, row in pairs if row["before"] is not None})
    return (
        " to ".join(words.number(value) for value in values[:: max(1, len(values) - 1)])
        or words.NONE
    )


def afters(pairs):
    """Every arm's value; where they are many, their span."""
    known = [
        (cells.comparison_label(comparison), row["after"])
        for comparison, row in pairs
        if row["after"] is not None
    ]
    if len(known) <= MOST_ARMS_NAMED:
        return "; ".join(f"{label} {words.number(value)}" for label, value in known) or words.NONE
    values = [value for _, value in known]
    return f"{words.number(min(values))} to {words.number(max(values))} in {len(known)} arms"


def metric_row(document, name, method, tools):
    """None where this lane ranks the metric for no arm."""
    pairs = [
        (comparison, row)
        for comparison, row in cells.rows_named(document, name)
        if not cells.hidden(row)
    ]
    if not pairs:
        return None
    unit = words.unit(pairs[0][1]["unit"])
    rules = "; ".join(dict.fromkeys(criterion(row) for _, row in pairs[:MOST_ARMS_NAMED]))
    return [
        [Code(name)],
        method,
        tools,
        rules,
        [Quantity(befores(pairs), unit)],
        [afters(pairs), " ", Quantity("", unit)],
    ]


def metric_methods(result, document):
    tools = "; ".join(part for part in (traffic_words(result), machine_words(result)) if part)
    probe = "a probe in a window of its own"
    primary = cells.primary_names(document)
    rows = [metric_row(document, name, result["lane_facts"]["method"], tools) for name in primary]
    rows += [
        metric_row(
            document, name, probe, "BPF programs on the kernel's softIRQ and IRQ tracepoints"
        )
        for name in LATENCIES
        if name not in primary
    ]
    return [row for row in rows if row]


def held(trials, name):
    seen = [trial["checks"][name]["ok"] for trial in trials if name in trial["checks"]]
    return f"{sum(seen)} of {len(seen)} trials hold" if seen else "not checked"


def check_names(result):
    return sorted({name for trial in result["trials"] for name in trial["checks"]})


def check_methods(result):
    base = {arm["name"] for arm in result["arms"] if arm["baseline"]}
    before = [trial for trial in result["trials"] if trial["arm"] in base]
    after = [trial for trial in result["trials"] if trial["arm"] not in base]
    expect = sorted({name for names in cells.expected(result).values() for name in names})
    rows = []
    for name in check_names(result):
        said, rule = CHECKS.get(name, ("checked in every trial", "holds"))
        rule += " (arms that are faulty on purpose must fail it)" if name in expect else ""
        rows.append([[Code(name)], said, "rxlab", rule, held(before, name), held(after, name)])
    return rows


def method(result, document):
    rows = metric_methods(result, document) + check_methods(result)
    table = Table(
        "How each number was come by, and what it was judged by",
        ["what", "method", "tools", "criterion", "before", "after"],
        rows,
    )
    return Section(
        "Method",
        "method",
        [table] if rows else [Paragraph(["No metric was ranked and nothing was checked."], "note")],
    )


def lane(result, document):
    blind = [[said] for said in result["lane_facts"]["cannot_see"]]
    if in_time := document.get("in_time"):
        blind.append([in_time + " This machine's answer: ", Code("make concordance"), "."])
    mechanism = words.listed(result["experiment_source"]["mechanism"]) or "none"
    blind.append([f"Declared mechanism of this experiment: {mechanism}."])
    return Section(
        f"What the {result['lane']} lane cannot see",
        "lane",
        [Bullets(blind)],
    )


def distinct(result, key):
    return list(
        dict.fromkeys(
            json.dumps(trial["facts"][key]) for trial in result["trials"] if key in trial["facts"]
        )
    )


def perturbation_rows(result):
    rows = []
    for key, said in PERTURBATIONS:
        found = [json.loads(value) for value in distinct(result, key)]
        if found:
            rows.append(
                [
                    said,
                    str(len(found)),
                    (
                        f"{min(found, key=sort_key)} to {max(found, key=sort_key)}"
                        if len(found) > 1
                        else str(found[0])
                    ),
                ]
            )
    return rows


def sort_key(value):
    return (0, value, "") if isinstance(value, (int, float)) else (1, 0, str(value))


def clusters_words(result, document):
    counts = sorted(
        {
            row["clusters"]
            for c in document["comparisons"]
            for row in cells.primary_rows(c)
            if row.get("clusters")
        }
    )
    what = result["lane_facts"]["round"] + "s"
    phases = max((trial["phase"] for trial in result["trials"]), default=0) + 1
    nested = (
        f", {phases} timer phases nested in each (averaged, not counted as independent)"
        if phases > 1
        else ""
    )
    return f"n = {' or '.join(map(str, counts)) or '0'} independent {what}{nested}."


def perturbations(result, document):
    rows = perturbation_rows(result)
    table = (
        [
            Table(
                "What differed between rounds",
                ["perturbation", "distinct values", "least to greatest"],
                rows,
                {1},
            )
        ]
        if rows
        else []
    )
    return Section(
        "What the interval speaks of",
        "interval",
        [
            Paragraph([clusters_words(result, document) + " " + result["lane_facts"]["speaks_of"]]),
            *([Paragraph([document["stopping"]])] if document.get("stopping") else []),
            *table,
        ],
    )


def check_cell(trials, name, expect):
    seen = [trial["checks"][name]["ok"] for trial in trials if name in trial["checks"]]
    if not seen:
        return (
            [Badge("invalid", "expected to fail, not checked")]
            if name in expect and trials
            else words.NONE
        )
    good = sum(seen)
    if name in expect:
        return (
            [Badge("same", f"failed {len(seen) - good} of {len(seen)}, as expected")]
            if not good
            else [Badge("invalid", f"held {good} of {len(seen)}, expected to fail")]
        )
    return (
        f"held {good} of {len(seen)}"
        if good == len(seen)
        else [Badge("invalid", f"failed {len(seen) - good} of {len(seen)}")]
    )


def check_table(result):
    expect = cells.expected(result)
    names = sorted({*check_names(result), *(name for names in expect.values() for name in names)})
    rows = []
    for label, trials in cells.cells_of(result).items():
        arm = trials[0]["arm"] if trials else label
        rows.append(
            [
                label,
                str(len(trials)),
                *(check_cell(trials, name, expect.get(arm, [])) for name in names),
            ]
        )
    return Table("Checks per arm", ["arm", "trials", *names], rows, {1})


def trial_name(trial):
    return (
        f"trial {trial['id']}, {cells.label_of(trial['arm'], trial['factors'])}, round"
        f" {trial['round']}"
    )


def fault_blocks(result):
    expect = cells.expected(result)
    bad = [(trial, cells.faults(trial, expect.get(trial["arm"], []))) for trial in result["trials"]]
    lines = [[f"{trial_name(trial)}: {fault}"] for trial, faults in bad for fault in faults]
    blocks = (
        [Paragraph(["Faults, trial by trial:"]), Bullets(lines[:MOST_DETAILS])] if lines else []
    )
    return blocks + (
        [Paragraph([f"And {len(lines) - MOST_DETAILS} more; result.json has them all."], "note")]
        if len(lines) > MOST_DETAILS
        else []
    )


def expected_blocks(result):
    lines = []
    for arm in result["arms"]:
        for name in arm["expect"]:
            details = [
                trial["checks"][name]["detail"]
                for trial in result["trials"]
                if trial["arm"] == arm["name"]
                and name in trial["checks"]
                and not trial["checks"][name]["ok"]
            ]
            if details:
                lines.append(
                    [
                        f"{arm['name']} is faulty on purpose; {name} fails as expected, first with:"
                        f" {details[0]}"
                    ]
                )
    return [Bullets(lines)] if lines else []


def no_splats(result):
    unread = len(cells.unread_logs(result))
    if not unread:
        return "The kernel complained in no trial."
    return (
        "The kernel complained in no trial whose log was read."
        if unread < len(result["trials"])
        else "The kernel log was read in no trial."
    )


def splat_blocks(result):
    lines = [
        f"[{trial_name(trial)}] {splat}"
        for trial in result["trials"]
        for splat in trial["kernel_log"]["splats"]
    ]
    if not lines:
        return [Paragraph([no_splats(result)], "note")] if result["trials"] else []
    return [
        Paragraph(
            [f"{words.plural(len(lines), 'kernel log line')} of warnings, oopses or stalls:"]
        ),
        Listing("\n".join(lines[:MOST_DETAILS]), "kernel log lines"),
    ]


def checks(result):
    return Section(
        "Checks",
        "checks",
        [
            check_table(result),
            *expected_blocks(result),
            *fault_blocks(result),
            *splat_blocks(result),
        ],
    )


def seconds(value):
    return Quantity(words.number(value, 3), "s")


def of_workers(result, spent):
    """A share of the time that all workers had."""
    whole = result["timing"]["workers"] * result["wall_s"]
    return words.percent(spent / whole, 0) + " of the workers' time" if whole > 0 else ""


def time_rows(result):
    """Wall time, all workers' together: [(part, seconds)]."""
    timing = result["timing"]
    inside = sum(trial["wall_s"] for trial in result["trials"])
    measured = sum(trial["measured_s"] for trial in result["trials"])
    boots = timing.get("boots_s", [])
    rest = max(0.0, timing["workers"] * result["wall_s"] - inside - sum(boots))
    return [
        ("trials, from the guest's first word to its end", measured),
        ("overhead: restoring guests for them", inside - measured),
        (f"overhead: {words.plural(len(boots), 'boot')}", sum(boots)),
        ("overhead: workers with nothing to do, and what is done between trials", rest),
    ]


def cpu_rows(result):
    timing = result["timing"]
    whole, inside = timing.get("cpu_s", 0.0), timing.get("cpu_in_trials_s", 0.0)
    if not whole or not inside:
        return []
    share = words.percent(inside / whole, 0) + " of the CPU time"
    return [
        ["CPU time: emulators of trials", [seconds(inside)], share],
        ["CPU time: all else, boots too", [seconds(max(0.0, whole - inside))], ""],
    ]


def time_share(result):
    rows = [["whole run", [seconds(result["wall_s"])], ""]]
    for part, spent in time_rows(result):
        rows.append([part, [seconds(spent)], of_workers(result, spent)])
    said = (
        f"{words.plural(len(result['trials']), 'trial')},"
        f" {words.plural(int(result['timing']['workers']), 'worker')}. Overhead is what is not"
        f" inside trials: {words.percent(1 - result['timing']['share_in_trials'], 0)}."
    )
    table = Table("Time of the run", ["part", "time", "share"], rows + cpu_rows(result), {1})
    return Section("Where the time went", "time", [Paragraph([said]), table])


def command(result):
    said = result["provenance"].get("command")
    if isinstance(said, str) and said.strip():
        return said
    made = [
        "make",
        "run-experiment",
        f"EXPERIMENT={result['experiment']}",
        f"TARGET={result['target']}",
        f"LANE={result['lane']}",
    ]
    asked = result["provenance"].get("kernel_asked")
    if (
        isinstance(asked, dict)
        and isinstance(asked.get("kernel"), str)
        and result["target"] == "vm"
    ):
        made.append(f"KERNEL={asked['kernel']}")
    return shlex.join(made)


def repeat(result):
    exact = result["lane_facts"]["repetition"]
    return Section(
        "Repeat it",
        "repeat",
        [
            Listing(command(result), "command that repeats this run"),
            Paragraph(
                [exact, " SHA-256 of all observations: ", Code(result["observations_sha256"])]
            ),
            Paragraph(
                [
                    Code("build/rxlab certify " + shlex.quote(result["experiment"])),
                    " runs it twice from scratch and names what differs; ",
                    Code("build/rxlab bundle DIR"),
                    " packs kernel, image, binary and this result for another machine.",
                ],
                "note",
            ),
        ],
    )


def trial_table(result):
    rows = [
        [
            str(trial["id"]),
            cells.label_of(trial["arm"], trial["factors"]),
            str(trial["round"]),
            str(trial["boot"]),
            str(trial["phase"]),
            str(trial["seed"]),
            *(
                str(trial["facts"].get(key, words.NONE))
                for key in ("kernel_base", "phase_ns", "kernel_release")
            ),
        ]
        for trial in result["trials"]
    ]
    return Table(
        "Every trial with its seeds",
        [
            "trial",
            "arm",
            "round",
            "boot seed",
            "phase",
            "seed",
            "kernel base",
            "phase, ns",
            "kernel",
        ],
        rows,
        {0, 2, 3, 4, 5, 7},
    )


def changes(result):
    """What each arm changed, from its first trial that says so."""
    blocks = []
    for label, trials in cells.cells_of(result).items():
        said = next(
            (trial["facts"]["commands"] for trial in trials if trial["facts"].get("commands")), None
        )
        if said:
            blocks.append(
                Fold(
                    f"{label}: {words.plural(len(said), 'change')}",
                    [Listing("\n".join(said), f"changes of {label}")],
                )
            )
    return blocks


def provenance(result, document):
    leaves = cells.flat(result["provenance"]) if result["provenance"] else []
    rows = [[[Code(path)], value] for path, value in leaves]
    source = result["experiment_source"]
    folds = (
        [
            Fold(
                f"Kernel, machine, tools and hashes: {words.plural(len(rows), 'entry', 'entries')}",
                [Table("Provenance", ["what", "value"], rows)],
            )
        ]
        if rows
        else []
    )
    folds += [
        Fold(
            f"Experiment as it was read: {source['file'] or result['experiment']}",
            [Listing(source["text"], "experiment file")],
        )
    ]
    if result["trials"]:
        folds += [
            Fold(f"Seeds of {words.plural(len(result['trials']), 'trial')}", [trial_table(result)])
        ]
    made = changes(result)
    return Section(
        "Provenance",
        "provenance",
        folds + ([Fold("What was changed on the machine, arm by arm", made)] if made else []),
    )


def trust(result, document):
    return [
        method(result, document),
        lane(result, document),
        perturbations(result, document),
        checks(result),
        time_share(result),
        repeat(result),
        provenance(result, document),
    ]
