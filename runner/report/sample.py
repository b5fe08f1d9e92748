# SPDX-License-Identifier: GPL-2.0
"""Small documents of every kind, for the tests."""
import copy
import json
from pathlib import Path

FACTS = json.loads((Path(__file__).parent / "sample_facts.json").read_text())
SHA = "0123456789abcdef" * 4
LOG_READ = {
    "no_splats": {"ok": True, "detail": "the kernel log has no warning, oops, lockup or stall"}
}
EDGES = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0]


def arm(name, baseline=False, expect=(), summary="what it does"):
    return {
        "name": name,
        "summary": summary,
        "baseline": baseline,
        "setup": {},
        "knobs": {},
        "traffic": {},
        "boot": {"cmdline": "", "seed_offset": 0},
        "expect": list(expect),
    }


def verdict_words(verdict, unit):
    """As runner/compare says it."""
    return FACTS["verdicts"][verdict][
        "of_instructions" if unit.startswith("instructions") else "words"
    ]


def change_words(name, unit):
    if name == "instructions_per_packet":
        return {"less": "fewer", "more": "more", "of": "instructions per packet"}
    if unit.startswith("instructions"):
        return {"less": "fewer", "more": "more", "of": f"instructions ({name})"}
    said = {
        "ns_per_packet": ("less", "more", "time per packet"),
        "packets_per_second": ("fewer", "more", "packets per second"),
        "lost_fraction": ("lower", "higher", "share lost"),
    }.get(name, ("lower", "higher", name))
    return dict(zip(("less", "more", "of"), said))


def judged_unit(verdict, rows):
    units = {row["unit"] for row in rows if row["primary"] and row["verdict"] == verdict}
    return units.pop() if len(units) == 1 else ""


def trial(number, name, round_, metrics, checks=None, splats=(), curves=None, factors=None):
    return {
        "id": number,
        "arm": name,
        "factors": factors or {},
        "round": round_,
        "boot": 100 + round_,
        "phase": 0,
        "seed": 7 + round_,
        "metrics": metrics,
        "checks": (
            checks
            if checks is not None
            else {"conservation": {"ok": True, "detail": "sent 10 = xdp.drop 10"}, **LOG_READ}
        ),
        "kernel_log": {"splats": list(splats)},
        "curves": curves or {},
        "facts": {
            "kernel_base": f"ffffffff8{round_}000000",
            "phase_ns": 1000 + round_,
            "flow_source_port": 2000 + round_,
            "commands": ["ip netns add rxlab-gen"],
        },
        "wall_s": 1.0,
        "measured_s": 0.5,
    }


def metric(value, unit="instructions/packet", better="lower"):
    return {"value": value, "unit": unit, "better": better}


def result(lane="counted", arms=None, trials=None, primary=("instructions_per_packet",)):
    arms = arms or [arm("plain", True), arm("native")]
    return {
        "schema_version": 1,
        "experiment": "tiny",
        "lane": lane,
        "lane_facts": copy.deepcopy(FACTS["lanes"][lane]),
        "target": "vm",
        "provenance": {
            "kernel": {"release": "6.12.1"},
            "qemu": {"version": "QEMU emulator version 7.2", "argv": ["qemu", "-smp", "1"]},
            "host": {"governor": None},
            "rxlab_version": "abc",
        },
        "arms": arms,
        "trials": trials if trials is not None else [],
        "observations_sha256": SHA,
        "experiment_source": {
            "file": "experiments/tiny.json",
            "text": "{}",
            "name": "tiny",
            "question": "What is tiny?",
            "description": "A test.",
            "lanes": [lane],
            "mechanism": ["instructions"],
            "primary": list(primary),
            "collectors": ["softirq"],
            "topology": {"kind": "veth"},
            "traffic": {"kind": "pktgen", "packets": 10},
            "setup": {},
            "knobs": {},
            "boot": {},
            "arms": arms,
            "factors": [],
            "rounds": {},
        },
        "plan": {
            "experiment": "tiny",
            "lane": lane,
            "target": "vm",
            "seed": 1,
            "trials": [{} for _ in trials or []],
            "left_out": [],
        },
        "valid": True,
        "wall_s": 4.0,
        "timing": {
            "wall_s": 4.0,
            "workers": 2.0,
            "in_trials_s": 6.0,
            "measured_s": 3.0,
            "share_in_trials": 0.75,
        },
    }


def row(
    name="instructions_per_packet",
    before=(100.0, 101.0, 102.0),
    after=(80.0, 81.0, 82.0),
    verdict="better",
    unit="instructions/packet",
    primary=True,
    seen=None,
    **more,
):
    """As runner/compare would write it, but for the estimators. `seen`: can the lane see its
    class?"""
    both = bool(before and after)
    seen = both and (verdict != "not_visible" if seen is None else seen)
    ratio = seen and min(before) > 0 and min(after) > 0
    middle = lambda values: sorted(values)[len(values) // 2] if values else None
    difference = middle(after) - middle(before) if both else None
    value = middle(after) / middle(before) if ratio else None
    made = {
        "name": name,
        "unit": unit,
        "better": "lower",
        "class": "cost_instructions",
        "primary": primary,
        "before": middle(before),
        "after": middle(after),
        "difference": difference,
        "difference_low": difference and difference - 1,
        "difference_high": difference and difference + 1,
        "ratio": value,
        "ci_low": value and value - 0.01,
        "ci_high": value and value + 0.01,
        "scale": "ratio" if ratio else "difference" if seen else None,
        "confidence": 0.95,
        "n": len(after),
        "clusters": len(after),
        "least_clusters": 6,
        "mde": 0.01 if seen else None,
        "delta": 0.001 if seen else None,
        "verdict": verdict,
        "verdict_words": verdict_words(verdict, unit),
        "change_words": change_words(name, unit),
        "reason": "",
        "before_values": list(before),
        "after_values": list(after),
    }
    return {**made, **more}


def other(
    name,
    before,
    after,
    seen=True,
    reason="not primary: reported, not ranked",
    kind="latency",
    **more,
):
    """A row that is not primary: never ranked."""
    return row(
        name,
        before,
        after,
        "not_visible",
        primary=False,
        seen=seen,
        reason=reason,
        **{"class": kind},
        **more,
    )


def others():
    serving = "softirq.net_rx.entry_to_exit"
    return [
        other(
            f"{serving}.p99",
            (60.0, 61.0, 62.0),
            (90.0, 91.0, 92.0),
            False,
            "descriptive, not ranked",
            "descriptive",
            unit="instructions",
            better="none",
        ),
        other(f"{serving}.per_packet", (50.0, 51.0, 52.0), (40.0, 41.0, 42.0)),
        other(
            "softirq.net_rx.raise_to_entry.p99",
            (30.0, 31.0, 32.0),
            (10.0, 11.0, 12.0),
            unit="instructions",
        ),
    ]


def comparison(name="native", rows=None, verdict=None, factors=None, **more):
    rows = [row()] if rows is None else rows
    verdict = verdict or (rows[0]["verdict"] if rows else "inconclusive")
    return {
        "arm": name,
        "factors": factors or {},
        "label": name,
        "before_label": "plain",
        "after_label": name,
        "verdict": verdict,
        "verdict_words": verdict_words(verdict, judged_unit(verdict, rows)),
        "reasons": [],
        "notes": [],
        "metrics": rows,
        **more,
    }


def document(lane="counted", comparisons=None, verdict=None, **more):
    comparisons = [comparison()] if comparisons is None else comparisons
    verdict = verdict or (comparisons[0]["verdict"] if comparisons else "inconclusive")
    rows = [row for comparison in comparisons for row in comparison["metrics"]]
    return {
        "schema_version": 1,
        "experiment": "tiny",
        "question": "What is tiny?",
        "lane": lane,
        "target": "vm",
        "kind": "arms",
        "baseline": "plain",
        "mechanism": ["instructions"],
        "delta_rule": "max(0.1 %, 3 instructions)",
        "null_floor": 0.0,
        "paired": True,
        "comparisons": comparisons,
        "verdict": verdict,
        "verdict_words": verdict_words(verdict, judged_unit(verdict, rows)),
        "lane_facts": copy.deepcopy(FACTS["lanes"][lane]),
        "headline": "native needs 0.80x the instructions of plain.",
        "notes": [],
        "status": 0,
        **more,
    }


def curve(scale=1):
    return {"unit": "instructions", "edges": EDGES, "counts": [0, 90 * scale, 9 * scale, 0, scale]}


def sound(names=("plain", "native"), rounds=3):
    """A counted run in which everything is as it should be."""
    arms = [arm(name, baseline=i == 0) for i, name in enumerate(names)]
    trials = []
    for round_ in range(rounds):
        for i, name in enumerate(names):
            metrics = {
                "instructions_per_packet": metric(100.0 + round_ - 20 * min(i, 1)),
                "probe_cost.softirq.instructions_per_packet": metric(7.5, better="none"),
                "softirq.net_rx.entry_to_exit.per_packet": metric(50.0 + round_ - 10 * min(i, 1)),
            }
            trials.append(
                trial(
                    len(trials),
                    name,
                    round_,
                    metrics,
                    curves={"softirq.net_rx.entry_to_exit": curve(1000)},
                )
            )
    return result(arms=arms, trials=trials)


def pair():
    return sound(), document(comparisons=[comparison(rows=[row(), *others()])])


def many(count=30):
    """As many arms as an experiment may have, with names as odd as they may be."""
    names = ["plain"] + [
        f"{i:02d} <b>&\"'|`*_$x^2$ \u6f22\u5b57 {'long' * 20}"[:60] for i in range(count)
    ]
    return sound(names), document(comparisons=[comparison(name) for name in names[1:]])


def lossy():
    """The functional lane: faulty on purpose, a ratio that is undefined, a metric that it cannot
    see."""
    failed = {
        "conservation": {"ok": False, "detail": "sent 10, counted 8: 2 packets missing"},
        **LOG_READ,
    }
    arms = [arm("plain", True, expect=["conservation"]), arm("native")]
    trials = [
        trial(
            i,
            name,
            i // 2,
            {
                "lost_fraction": metric(0.2 if name == "plain" else 0.0, "1"),
                "packets_per_second": metric(5.0, "packets/s", "higher"),
            },
            failed if name == "plain" else None,
        )
        for i, name in enumerate(["plain", "native"] * 3)
    ]
    rows = [
        row("lost_fraction", (0.2, 0.2, 0.2), (0.0, 0.0, 0.0), unit="1"),
        row(
            "packets_per_second",
            (5.0, 5.0, 5.0),
            (6.0, 6.0, 6.0),
            "not_visible",
            "packets/s",
            reason="the functional lane does not rank time",
        ),
    ]
    return (
        result("functional", arms, trials, ("lost_fraction", "packets_per_second")),
        document("functional", [comparison(rows=rows)]),
    )


def broken():
    """Every trial failed."""
    checks = {
        "conservation": {"ok": False, "detail": "sent 10, counted 9"},
        "no_splats": {"ok": False, "detail": "1 line"},
    }
    done, _ = pair()
    for each in done["trials"]:
        each.update(
            checks=checks,
            kernel_log={"splats": ["WARNING: at net/core/dev.c:1 <script>alert(1)</script>"]},
        )
    bad = comparison(
        rows=[row(verdict="invalid", reason="conservation failed")],
        verdict="invalid",
        reasons=["native: 3 of 3 trials: conservation failed"],
    )
    return done, document(comparisons=[bad], verdict="invalid", headline="native is invalid.")


def empty():
    """No trial was made."""
    nothing = row(before=(), after=(), verdict="invalid", reason="no trial reports it")
    return result(), document(
        comparisons=[
            comparison(
                rows=[nothing], verdict="invalid", reasons=["native: none of 3 trials finished"]
            )
        ],
        verdict="invalid",
        headline="Nothing.",
    )


def alone():
    """The baseline and nothing beside it."""
    return sound(("plain",)), document(comparisons=[], headline="There is nothing to compare.")


def timed():
    names = ["plain", "native"]
    trials = [
        trial(
            i, name, i // 2, {"ns_per_packet": metric(100.0 * (1.1 if i > 9 else 1.0), "ns/packet")}
        )
        for i, name in enumerate(names * 10)
    ]
    done = result("timed", [arm("plain", True), arm("native")], trials, ("ns_per_packet",))
    done["provenance"].update(
        host={"governor": "powersave", "no_turbo": "0", "boost": None, "smt_active": "1"},
        rxlab_version="abc-dirty",
    )
    done["timing"]["share_in_trials"] = 0.2
    rows = [
        row(
            "ns_per_packet",
            verdict="inconclusive",
            unit="ns/packet",
            reason="the interval reaches across delta",
        )
    ]
    return done, document("timed", [comparison(rows=rows)])


def two_runs():
    return sound(), document(
        kind="results",
        paired=False,
        notes=["provenance differs: /kernel"],
        comparisons=[
            comparison(name, before_label="before", after_label="after")
            for name in ("plain", "native")
        ],
    )


KINDS = {
    "pair": pair,
    "many": many,
    "lossy": lossy,
    "broken": broken,
    "empty": empty,
    "alone": alone,
    "timed": timed,
    "two_runs": two_runs,
}


def put(folder, made):
    for name, content in zip(("result.json", "comparison.json"), made):
        (folder / name).write_text(json.dumps(content), encoding="utf-8")
