# SPDX-License-Identifier: GPL-2.0
import copy
import json
import tempfile
import unittest
from pathlib import Path

import tune_report
from output import USAGE_ERROR

LEVELS = [{"value": 0, "mean": 900.0, "points": 2}, {"value": 50, "mean": 1000.0, "points": 2}]


def point(i, value, heat=0, fault=""):
    row = {"name": f"point-{i:03}", "words": f"tx_usecs {i}", "values": {"/topology/tx_usecs": i}}
    row |= {"heat": heat, "rounds": heat + 1, "value": value, "ratio": value / 1000}
    return row | {"fault": fault}


WINNER = point(0, 900.0, heat=1)
DOCUMENT = {
    "schema_version": 1,
    "experiment": "rx-path",
    "question": "What does a path cost?",
    "space": {
        "name": "small",
        "summary": "two <knobs>",
        "knobs": {"/topology/tx_usecs": [0, 50]},
        "exclude": [],
        "guards": {"lost_fraction": 1.0},
    },
    "race": {
        "metric": "instructions_per_packet",
        "heat_rounds": 1,
        "guards": {"lost_fraction": 1.0},
    },
    "better": "lower",
    "baseline": "textbook",
    "plan": {"lane": "counted", "target": "vm", "trials": 7, "all_trials": 32},
    "provenance": {"rxlab_version": "abc"},
    "points": [WINNER, point(1, 950.0), point(2, 990.0), point(3, 1.0, fault="3 frames are lost")],
    "effects": [
        {"knobs": ["/topology/tx_usecs"], "name": "tx_usecs", "share": 0.9, "levels": LEVELS},
        {"knobs": ["/a/b", "/a/c"], "name": "b x c", "share": 0.1, "levels": []},
    ],
    "effects_against_chance": True,
    "proved_in": "other boots",
    "winner": WINNER,
    "proof": {
        "metric": "instructions_per_packet",
        "unit": "instructions/packet",
        "before": 1000.0,
        "after": 905.0,
        "ratio": 0.905,
        "ci_low": 0.9,
        "ci_high": 0.91,
        "confidence": 0.95,
        "n": 3,
        "verdict": "better",
        "verdict_words": "fewer instructions",
        "fault": "",
    },
    "front": None,
    "raced": None,
    "keep": {
        "settings": {"name": "small", "summary": "", "knobs": {"sysctl:net.core.x": "1"}},
        "persistent": {
            "files": [{"path": "etc/sysctl.d/x", "executable": False, "text": "net.core.x = 1\n"}],
            "install": ["install -D -m 644 etc/sysctl.d/x /etc/sysctl.d/x"],
            "undo": ["rm -f /etc/sysctl.d/x"],
            "notes": ["irqbalance moves <interrupts>"],
        },
    },
}

NO_RATIO = {"ratio": None, "ci_low": None, "ci_high": None}
FEWER = {key: value for key, value in DOCUMENT["proof"].items() if key != "fault"}
OLDER = FEWER | {"metric": "frame_age.p50", "ratio": 2.0, "ci_low": 1.9, "ci_high": 2.1}
OLDER |= {"verdict": "worse", "verdict_words": "more"}
SAME = FEWER | {"ratio": 1.0, "ci_low": 0.99, "ci_high": 1.01, "verdict": "inconclusive"}


def of_both(row):
    return row | {"against": 2 * row["value"], "against_ratio": 2 * row["value"] / 1000}


def on_front(row, metrics, better):
    proof = {"metrics": metrics, "better": better, "on_front": True, "fault": ""}
    return {"point": of_both(row), "proof": proof}


FRONT = DOCUMENT | {
    "race": DOCUMENT["race"] | {"against": "frame_age.p50"},
    "points": [of_both(row) for row in DOCUMENT["points"]],
    "winner": None,
    "proof": None,
    "keep": None,
    "front": [
        on_front(WINNER, [FEWER, OLDER], True),
        on_front(point(1, 950.0), [SAME, SAME | {"metric": "frame_age.p50"}], False),
    ],
}


class TuneReport(unittest.TestCase):
    def written(self, document):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "tune.json").write_text(json.dumps(document))
            status = tune_report.main([folder])
            page = Path(folder) / "tune.md"
            return status, page.read_text() if page.exists() else ""

    def test_the_gain_is_that_of_the_run_of_its_own(self):
        status, page = self.written(DOCUMENT)
        self.assertEqual(status, 0)
        self.assertIn("0.905 (0.900 to 0.910) times the instructions\\_per\\_packet", page)
        self.assertIn("is not the gain", page)
        self.assertIn("in other boots than the search's", page)

    def test_a_guard_that_broke_in_the_proof_is_told(self):
        broken = DOCUMENT["proof"] | {"fault": "lost_fraction is 0.1"}
        self.assertIn(
            "But there: **lost\\_fraction is 0.1**", self.written(DOCUMENT | {"proof": broken})[1]
        )

    def test_a_ratio_there_is_none_of_is_said(self):
        none = WINNER | {"ratio": None}
        status, page = self.written(DOCUMENT | {"winner": none, "points": [none]})
        self.assertEqual(status, 0)
        self.assertIn("that figure is not the gain", page)

    def test_points_are_listed_best_first_and_those_that_cannot_win_say_why(self):
        page = self.written(DOCUMENT)[1]
        places = [page.index(f"| tx\\_usecs {i} | ") for i in (0, 1, 2, 3)]
        self.assertEqual(places, sorted(places))
        self.assertIn("3 frames are lost", page)

    def test_nothing_that_mattered_and_no_winner_are_said(self):
        document = copy.deepcopy(DOCUMENT)
        document |= {"effects": [], "winner": None, "proof": None}
        status, page = self.written(document)
        self.assertEqual(status, 0)
        self.assertIn("No point is better than 'textbook'", page)
        self.assertIn("No knob makes a difference", page)

    def test_what_a_race_finds_of_all_is_told(self):
        race = {"race": DOCUMENT["race"], "trials": 8, "winner": WINNER, "gain": 1.0}
        _, page = self.written(DOCUMENT | {"raced": race})
        self.assertIn("takes 8 trials (25.0 %) and finds the same point", page)
        race |= {"winner": point(1, 950.0), "gain": 0.5}
        _, page = self.written(DOCUMENT | {"raced": race})
        self.assertIn("finds tx\\_usecs 1: 50.0 % of the best's gain", page)
        race |= {"winner": None, "gain": 0}
        _, page = self.written(DOCUMENT | {"raced": race})
        self.assertIn("finds nothing that is better", page)

    def test_a_front_is_drawn_and_says_what_was_not_shown(self):
        status, page = self.written(FRONT)
        self.assertEqual(status, 0)
        self.assertIn("1 point of the front was shown to be better than 'textbook'", page)
        self.assertIn("0.905 (0.900 to 0.910), fewer instructions", page)
        self.assertIn("not shown to be better", page)
        self.assertIn("Front: tx\\_usecs 0: 0.905 and 2.", page)
        self.assertIn("instructions\\_per\\_packet and frame\\_age.p50 best?", page)

    def test_a_front_may_be_empty_or_without_ratios(self):
        status, page = self.written(FRONT | {"front": []})
        self.assertEqual(status, 0)
        self.assertIn("No point is better", page)
        document = copy.deepcopy(FRONT)
        document["front"][0]["proof"]["metrics"][0] |= NO_RATIO
        document["front"][1]["proof"] = None
        self.assertEqual(self.written(document)[0], 0)

    def test_how_to_keep_the_winner_is_told_with_the_way_back(self):
        _, page = self.written(DOCUMENT)
        for said in ("rxlab apply --undo", "net.core.x = 1", "rm -f /etc/sysctl.d/x", "irqbalance"):
            self.assertIn(said, page)
        self.assertNotIn("To keep it", self.written(DOCUMENT | {"keep": None})[1])

    def test_a_document_without_a_part_of_it_is_refused_in_one_line(self):
        for key in DOCUMENT:
            if key == "schema_version":
                continue
            document = {name: value for name, value in DOCUMENT.items() if name != key}
            self.assertEqual(self.written(document)[0], USAGE_ERROR, key)

    def test_a_value_of_another_type_is_refused_in_one_line(self):
        for key in DOCUMENT:
            if key == "schema_version":
                continue
            for other in (3, "text", [1], {"a": []}):
                self.assertIn(self.written(DOCUMENT | {key: other})[0], (0, 2), (key, other))


if __name__ == "__main__":
    unittest.main()
