# SPDX-License-Identifier: GPL-2.0
"""Arms, their trials and their faults, as result.json and comparison.json have them."""
import json
import shlex

import words


def factor_word(value):
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def label_of(arm, factors):
    """The name runner/compare gives: 'arm at budget=16 usecs=2000'."""
    words_of = {
        name: value["name"] if isinstance(value, dict) and "name" in value else value
        for name, value in factors.items()
    }
    said = [f"{name}={factor_word(value)}" for name, value in sorted(words_of.items())]
    return arm + " at " + " ".join(said) if said else arm


def factor_places(result, trial):
    """Where its factors' values stand in the experiment: the timed lane shuffles its trials."""
    values = {factor["name"]: factor["values"] for factor in result["experiment_source"]["factors"]}
    return [
        values[name].index(value)
        for name, value in sorted(trial["factors"].items())
        if value in values.get(name, [])
    ]


def cells_of(result):
    """label -> trials, in the order of arms, then of factors' values, then of trials; arms without
    trials included."""
    alike = {}  # of trials with the same factors, found out about once
    for trial in result["trials"]:
        alike.setdefault((trial["arm"], repr(trial["factors"])), []).append(trial)
    placed = {arm["name"]: [] for arm in result["arms"]}
    for (arm, _), trials in alike.items():
        if arm in placed:
            placed[arm].append((factor_places(result, trials[0]), trials))
    cells = {}
    for arm, groups in placed.items():
        if not groups:
            cells[arm] = []
        for _, trials in sorted(groups, key=lambda group: group[0]):
            cells.setdefault(label_of(arm, trials[0]["factors"]), []).extend(trials)
    return cells


def comparison_label(comparison):
    return comparison.get("label") or label_of(comparison["arm"], comparison["factors"])


def before_label(comparison, document):
    return comparison.get("before_label") or document["baseline"]


def primary_rows(comparison):
    return [row for row in comparison["metrics"] if row["primary"]]


def other_rows(comparison):
    return [row for row in comparison["metrics"] if not row["primary"]]


def hidden(row):
    """A cost that this lane cannot see: no number of it is shown side by side. Counts and losses
    are no cost."""
    return row["verdict"] == "not_visible" and (
        row["primary"]
        or (row.get("class") not in ("descriptive", "loss") and row.get("scale") is None)
    )


def reason(row, otherwise=""):
    return words.with_delta(row.get("reason") or otherwise)


def primary_names(document):
    names = []
    for comparison in document["comparisons"]:
        names += [row["name"] for row in primary_rows(comparison) if row["name"] not in names]
    return names


def rows_named(document, name):
    """(comparison, row) of every arm that has this metric."""
    return [
        (comparison, row)
        for comparison in document["comparisons"]
        for row in comparison["metrics"]
        if row["name"] == name
    ]


def visible(document, name):
    """Names a metric that at least one arm is ranked by (or would be, were it valid)?"""
    return any(not hidden(row) for _, row in rows_named(document, name))


def expected(result):
    """arm -> names of the checks that must fail."""
    return {arm["name"]: arm["expect"] for arm in result["arms"]}


def faults(trial, expect):
    """Why this trial counts for nothing; the rule of runner/result/validity.cc."""
    found = []
    for name, check in sorted(trial["checks"].items()):
        if not check["ok"] and name not in expect:
            found.append(f"{name} failed: {check['detail']}")
        if check["ok"] and name in expect:
            found.append(f"{name} was expected to fail, and held")
    found += [
        f"{name} was expected to fail, and was not checked"
        for name in expect
        if name not in trial["checks"]
    ]
    splats = trial["kernel_log"]["splats"]
    if splats and "no_splats" not in trial["checks"] and "no_splats" not in expect:
        found.append(f"kernel log: {splats[0]}")
    return found


def sound_trials(result):
    expect = expected(result)
    return [trial for trial in result["trials"] if not faults(trial, expect.get(trial["arm"], []))]


def sound_cells(result):
    """As cells_of, sound trials only."""
    sound = {id(trial) for trial in sound_trials(result)}
    return {
        label: [trial for trial in trials if id(trial) in sound]
        for label, trials in cells_of(result).items()
    }


def unread_logs(result):
    """Trials that say nothing of the kernel log: it could not be read."""
    return [trial for trial in result["trials"] if "no_splats" not in trial["checks"]]


def cost_names(result):
    """The metrics by which its lane ranks a cost."""
    cost = result["lane_facts"]["cost"]
    return [f"{cost}_per_packet", f"{cost}_per_record"] if cost else []


def values(trials, name):
    return [trial["metrics"][name]["value"] for trial in trials if name in trial["metrics"]]


def median(numbers):
    ordered = sorted(numbers)
    middle = len(ordered) // 2
    return (
        None
        if not ordered
        else ordered[middle]
        if len(ordered) % 2
        else (ordered[middle - 1] + ordered[middle]) / 2
    )


def flat(value, path=""):
    """Every leaf of a document with its path, in the document's order."""
    if isinstance(value, dict) and value:
        return [
            leaf
            for key, item in value.items()
            for leaf in flat(item, f"{path}.{key}" if path else key)
        ]
    if isinstance(value, list) and all(isinstance(item, (str, int, float)) for item in value):
        return [(path, shlex.join(str(item) for item in value) or "none")]
    if isinstance(value, list):
        return [leaf for i, item in enumerate(value) for leaf in flat(item, f"{path}.{i}")]
    return [
        (
            path,
            (
                "not known"
                if value is None
                else value
                if isinstance(value, str)
                else json.dumps(value)
            ),
        )
    ]


def unit_of(document, result, name):
    units = [row["unit"] for _, row in rows_named(document, name)] + [
        trial["metrics"][name]["unit"] for trial in result["trials"] if name in trial["metrics"]
    ]
    return next((unit for unit in units if unit), "")
