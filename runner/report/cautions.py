# SPDX-License-Identifier: GPL-2.0
"""What a reader must know before believing a result: a closed list, each with its remedy."""
import cells
import latency
import probes
import words
from blocks import Caution

LARGE_PROBE = 0.1  # of the clean window
LEAST_FOR_P99 = 1000  # events: ten of them lie above it
LEAST_DRIFT_ROUNDS = 8
LEAST_ON_CPU = 0.95  # of a repetition
QUIET = {"governor": ("performance",), "no_turbo": ("1",), "boost": ("0",), "smt_active": ("0",)}


def failed_trials(result, document):
    bad = len(result["trials"]) - len(cells.sound_trials(result))
    return (
        f"{bad} of {words.plural(len(result['trials']), 'trial')} failed a check, so their arms are"
        " invalid."
        if bad
        else None
    )


def no_trials(result, document):
    return None if result["trials"] else "The run has no trials."


def planned_trials(result):
    """How many trials the plan has up to the look at which the run ended."""
    planned = result["plan"]["trials"]
    made = 1 + max((trial["round"] for trial in result["trials"]), default=-1)
    ends = [look for look in result["plan"].get("looks", []) if look >= made]
    return sum(trial["round"] < min(ends) for trial in planned) if ends else len(planned)


def unfinished(result, document):
    planned = planned_trials(result)
    made = len(result["trials"])
    return (
        f"{made} of {planned} planned trials are here."
        if made < planned and not result["lane_facts"]["runs_until_precise"]
        else None
    )


def unread(result, document):
    trials = len(cells.unread_logs(result))
    return (
        f"The kernel log could not be read in {trials} of"
        f" {words.plural(len(result['trials']), 'trial')}: a warning in it would go unseen."
        if trials
        else None
    )


def ranked(document):
    return [row for comparison in document["comparisons"] for row in cells.primary_rows(comparison)]


def few_rounds(result, document):
    few = [
        row
        for row in ranked(document)
        if row["verdict"] == "inconclusive"
        and "clusters" in row
        and row.get("difference_low") is None
    ]
    if not few:
        return None
    row = min(few, key=lambda row: row["clusters"] or 0)
    confidence = row.get("confidence") or 0.95
    least = f", which takes {row['least_clusters']}" if "least_clusters" in row else ""
    return (
        f"{words.plural(row['clusters'] or 0, 'independent round')}: too few for an interval at"
        f" {words.number(100 * confidence, 4)} %{least}."
    )


def undecided(result, document):
    names = [
        cells.comparison_label(c) for c in document["comparisons"] if c["verdict"] == "inconclusive"
    ]
    if not names or few_rounds(result, document):
        return None
    return f"{words.plural(len(names), 'arm')} undecided: the interval reaches across \u03b4."


def unseen(result, document):
    names = [name for name in cells.primary_names(document) if not cells.visible(document, name)]
    if not names or len(names) < len(cells.primary_names(document)):
        return None
    return (
        f"The {result['lane']} lane can rank no primary metric of this experiment"
        f" ({', '.join(names)})."
    )


def dear_probes(result, document):
    dear = {}
    for _, clean, added in probes.costs(result):
        for probe, cost in added.items():
            if clean > 0 and cost / clean > LARGE_PROBE:
                dear[probe] = max(dear.get(probe, 0), cost / clean)
    said = [f"{probe} up to {words.percent(share, 0)}" for probe, share in sorted(dear.items())]
    return (
        f"Probes cost much of what they measure: {', '.join(said)} more per packet. The primary"
        " metric does not pay for it, the latencies do."
        if said
        else None
    )


def rare_events(result, document):
    if not result["lane_facts"]["cost"]:
        return None  # it draws no latency
    sums, drawn = {}, latency.drawn_names(result)
    for trial in cells.sound_trials(result):
        for name, curve in trial["curves"].items():
            if name in drawn:
                key = (name, trial["arm"])
                sums[key] = sums.get(key, 0) + sum(curve["counts"])
    few = {}
    for (name, _), events in sums.items():
        if 0 < events < LEAST_FOR_P99:
            few[name] = min(few.get(name, events), events)
    said = [f"{name} ({words.number(events)})" for name, events in sorted(few.items())]
    return (
        f"A p99 rests on fewer than ten events: {', '.join(said)} events in the arm that has"
        " fewest."
        if said
        else None
    )


def drifted(result, document):
    facts = result["lane_facts"]
    if not facts["this_machine"]:
        return None
    base = {arm["name"] for arm in result["arms"] if arm["baseline"]}
    by_round = {}
    for trial in cells.sound_trials(result):
        for name in cells.cost_names(result):
            if trial["arm"] in base and name in trial["metrics"]:
                by_round.setdefault(trial["round"], []).append(trial["metrics"][name]["value"])
    series = [cells.median(by_round[number]) for number in sorted(by_round)]
    half = len(series) // 2
    if len(series) < LEAST_DRIFT_ROUNDS or not cells.median(series[:half]):
        return None
    change = cells.median(series[-half:]) / cells.median(series[:half]) - 1
    return (
        "The machine drifted: the baseline's second half differs from its first by"
        f" {words.percent(change)}."
        if abs(change) > facts["delta"]
        else None
    )


def shared_cpus(result, document):
    shares = cells.values(result["trials"], "bench.on_cpu_fraction")
    low = [share for share in shares if share < LEAST_ON_CPU]
    return (
        f"In {len(low)} of {words.plural(len(shares), 'trial')} the benchmark's threads had a CPU"
        f" for less than {words.percent(LEAST_ON_CPU, 0)} of the time, at worst"
        f" {words.percent(min(low), 0)}: the rest went to other work, or to this machine's own"
        " host."
        if low
        else None
    )


def unquiet(result, document):
    host = result["provenance"].get("host")
    if not result["lane_facts"]["this_machine"] or not isinstance(host, dict):
        return None
    loud = [
        f"{name} is {str(host[name]).strip()}"
        for name, quiet in QUIET.items()
        if host.get(name) is not None and str(host[name]).strip() not in quiet
    ]
    return (
        "The clock may change speed during the run, or a sibling thread take part of the core:"
        f" {', '.join(loud)}."
        if loud
        else None
    )


def dirty(result, document):
    rxlab = result["provenance"].get("rxlab", {})
    version = str(result["provenance"].get("rxlab_version", ""))
    is_dirty = rxlab.get("dirty") is True if isinstance(rxlab, dict) else False
    return (
        "rxlab was built from a checkout with changes of its own"
        f" ({version or rxlab.get('version', 'unknown')})."
        if is_dirty or "dirty" in version
        else None
    )


def slow(result, document):
    share = result["timing"]["share_in_trials"]
    return (
        f"Only {words.percent(share, 0)} of the run's time went into trials."
        if 0 < share < 0.5
        else None
    )


CAUTIONS = (
    (
        "No trials",
        no_trials,
        (
            "Run the experiment again into a folder of its own; the message of the run says what"
            " stopped it."
        ),
    ),
    (
        "Failed checks",
        failed_trials,
        (
            "Section Checks names each with its detail. What fails by design belongs into the"
            ' arm\'s "expect".'
        ),
    ),
    ("Kernel log not read", unread, "Run as root, or where /dev/kmsg is readable."),
    (
        "Unfinished",
        unfinished,
        "Give the same command with the same --out: finished trials are kept.",
    ),
    (
        "Nothing to rank",
        unseen,
        "Choose a lane that sees what the arms change: LANE=timed, or LANE=functional for losses.",
    ),
    (
        "Too few rounds",
        few_rounds,
        (
            "Give at least so many rounds: ARGS='--rounds N'; better the experiment's own number."
            " The fewer arms and primary metrics there are, the fewer it takes."
        ),
    ),
    (
        "Undecided",
        undecided,
        (
            "More rounds narrow the interval: ARGS='--rounds N', with N four times as many for half"
            " the width."
        ),
    ),
    (
        "Dear probes",
        dear_probes,
        (
            "Compare latencies between arms, not with other tools; take the collector out of the"
            " experiment to be rid of it."
        ),
    ),
    (
        "Rare events",
        rare_events,
        'Send more packets ("packets" in the experiment\'s traffic) or read p50 only.',
    ),
    (
        "Drift",
        drifted,
        (
            "Pairing by round takes slow drift out of the intervals. Let the machine settle, or run"
            " longer."
        ),
    ),
    (
        "CPUs shared",
        shared_cpus,
        (
            "Run it again where nothing else works on these CPUs, and not in a VM: more rounds do"
            " not mend it."
        ),
    ),
    (
        "Machine not quiet",
        unquiet,
        "Governor performance, turbo and SMT off; 'rxlab doctor' says how on this machine.",
    ),
    (
        "Changed checkout",
        dirty,
        "Commit before publishing, so that others can have the same rxlab.",
    ),
    (
        "Little time in trials",
        slow,
        (
            "The first run boots a guest per seed and keeps the snapshots; the next one starts from"
            " them."
        ),
    ),
)


def cautions(result, document):
    found = [(name, find(result, document), remedy) for name, find, remedy in CAUTIONS]
    return [Caution(name, fact, remedy) for name, fact, remedy in found if fact]
