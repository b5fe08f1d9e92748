# SPDX-License-Identifier: GPL-2.0
import copy
import json
import tempfile
import unittest
from pathlib import Path

import diff_report
from output import USAGE_ERROR


def both(before, after):
    return {"before": before, "after": after, "difference": after - before}


def function(name, before, after, share="path", state="", moved=0.0):
    row = {"share": share, "function": name, "moved": moved, "state": state}
    row |= both(before, after) | {"low": after - before, "high": after - before}
    return row | {"difference": after - before - moved}


CHANGED = {
    "experiment": "drop-point",
    "path": "closed-port <veth>",
    "metric": "path.instructions_per_packet",
    "unit": "instructions/packet",
    **both(6072.4, 6251.5),
    "ratio": 1.0295,
    "ci_low": 1.022,
    "ci_high": 1.037,
    "rounds": 3,
    "delta": 0.005,
    "verdict": "worse",
    "verdict_words": "more instructions",
    "reason": "",
    "faults": [],
    "sentence": "closed-port <veth>: +179.1 instructions per packet: siphash_1u64 +135.0 (new)",
    "all": both(7300.0, 7481.1),
    "shares": {"path": both(6072.4, 6251.5), "generator": both(1227.6, 1229.6)},
    "functions": [
        function("siphash_1u64", 0.0, 135.0, state="new"),
        function("lookup", 0.0, 42.0, state="new"),
        function("pktgen_xmit [pktgen]", 0.0, 218.0, "generator", "new", moved=216.0),
        function("little", 10.0, 10.1),
    ],
    "moved": [
        {
            "share": "generator",
            "from": "pktgen_thread_worker [pktgen]",
            "to": "pktgen_xmit [pktgen]",
            "amount": 216.0,
            "how": "out_of_caller",
        }
    ],
}
SAME = dict(
    CHANGED,
    path="xdp-native",
    verdict="same",
    verdict_words="same",
    sentence="xdp-native: +0.1 instructions per packet: same",
    **both(600.0, 600.1),
    ratio=1.0002,
    ci_low=1.0,
    ci_high=1.0004,
    functions=[],
    moved=[],
)
DOCUMENT = {
    "schema_version": 1,
    "before": {"name": "6.12.107", "release": "6.12.107+deb12-amd64", "summary": "a package"},
    "after": {"name": "6.12.117", "release": "6.12.117+deb12-amd64", "summary": "another"},
    "command": "rxlab diff 6.12.107 6.12.117",
    "headline": "6.12.117 against 6.12.107: 1 of 2 paths changed",
    "verdict": "worse",
    "verdict_words": "more instructions",
    "status": 1,
    "paths": [CHANGED, SAME],
    "left_out": ["drop-point: xdp-generic: it needs kernel 6.7"],
    "notes": [],
}
CELLS = [
    {
        "label": f"{name} at path=closed-port",
        "arm": name,
        "factors": {"path": {"name": CHANGED["path"]}},
        "baseline": name == "6.12.107",
        "packets": 10,
        "item": "packet",
        "stacks": stacks,
        "accesses": [],
    }
    for name, stacks in (
        ("6.12.107", {"icmp_send": 100}),
        ("6.12.117", {"icmp_send": 100, "icmp_send;siphash_1u64": 1350}),
    )
]
ATTRIBUTION = {
    "experiment": "drop-point",
    "question": "?",
    "kernel": "6.12",
    "command": "rxlab diff",
    "cells": CELLS,
}


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())

    def draw(self, document, attribution=ATTRIBUTION):
        (self.folder / "diff.json").write_text(json.dumps(document))
        if attribution:
            (self.folder / "drop-point").mkdir(exist_ok=True)
            (self.folder / "drop-point" / "attribution.json").write_text(json.dumps(attribution))
        return diff_report.main([str(self.folder)])

    def page(self, name="diff.html"):
        return (self.folder / name).read_text()


class Page(Folder):
    def test_tells_the_answer_first_and_the_functions_below(self):
        self.assertEqual(self.draw(DOCUMENT), 0)
        page = self.page()
        self.assertLess(page.index("siphash_1u64 +135.0 (new)"), page.index("all of the path"))
        self.assertIn("closed-port &lt;veth&gt;", page)
        self.assertIn("Left out:", page)
        self.assertIn("was part of its caller before", page)

    def test_of_a_path_that_changed_has_a_waterfall_and_a_flame_graph_and_of_another_none(self):
        self.draw(DOCUMENT)
        files = {path.name for path in self.folder.iterdir()}
        self.assertIn("diff-waterfall-0.svg", files)
        self.assertNotIn("diff-waterfall-1.svg", files)
        self.assertTrue(any(name.startswith("flame-difference-") for name in files))

    def test_needs_no_flame_graph(self):
        self.assertEqual(self.draw(DOCUMENT, attribution=None), 0)
        self.assertIn("siphash_1u64", self.page())

    def test_is_the_same_for_the_same_document(self):
        self.draw(DOCUMENT)
        first = {path.name: path.read_bytes() for path in self.folder.glob("*.*")}
        self.draw(DOCUMENT)
        self.assertEqual(first, {path.name: path.read_bytes() for path in self.folder.glob("*.*")})

    def test_of_nothing_that_changed_says_so(self):
        document = dict(DOCUMENT, paths=[SAME], headline="same on 1 path", verdict="same")
        self.assertEqual(self.draw(document), 0)
        self.assertIn("same on 1 path", self.page())

    def test_of_nothing_that_was_measured_says_why_and_no_more(self):
        said = {"headline": "nothing was measured", "notes": ["both are the same"]}
        self.assertEqual(self.draw(dict(DOCUMENT, paths=[], verdict="same", status=0, **said)), 0)
        self.assertIn("both are the same", self.page())
        self.assertNotIn("executed the same frames", self.page())
        start = "**nothing was measured**\n\nNote: both are the same.\n\nInstructions"
        self.assertTrue(self.page("diff.md").startswith(start), self.page("diff.md"))

    def test_tells_where_a_function_is_declared_where_that_is_known(self):
        document = copy.deepcopy(DOCUMENT)
        source = {"file": "net/ipv4/inetpeer.c", "line": 86}
        document["paths"][0]["functions"][1]["source"] = source
        self.assertEqual(self.draw(document), 0)
        page = self.page()
        self.assertIn('lookup (new) <span class="note">net/ipv4/inetpeer.<wbr>c:86</span>', page)
        self.assertEqual(page.count('class="note">net/'), page.count("lookup (new)"))

    def test_says_once_what_gives_lines_where_the_kernel_has_none(self):
        says = "has no debug information"
        self.draw(dict(DOCUMENT, kernel_lines=False))
        self.assertEqual(self.page().count(says), 1)
        only_modules = dict(CHANGED, functions=[function("rxnic_xmit [rxnic]", 10.0, 30.0)])
        for change in (
            {},
            {"kernel_lines": True},
            {"kernel_lines": False, "paths": [only_modules]},
        ):
            self.draw(dict(DOCUMENT, **change))
            self.assertNotIn(says, self.page())

    def test_shows_a_fault_instead_of_numbers(self):
        broken = dict(CHANGED, faults=["conservation failed"], verdict="invalid", ratio=None)
        broken |= {"before": None, "after": None, "difference": None}
        self.assertEqual(self.draw(dict(DOCUMENT, paths=[broken])), 0)
        self.assertIn("conservation failed", self.page())


class Waterfall(unittest.TestCase):
    def test_adds_up(self):
        text = diff_report.waterfall(CHANGED, 0).alt
        self.assertIn("siphash_1u64 +135", text)
        self.assertIn("all others", text)


class Summary(Folder):
    def test_has_at_most_forty_lines_whatever_there_is(self):
        self.draw(dict(DOCUMENT, paths=[CHANGED] * 60))
        lines = self.page("diff.md").splitlines()
        self.assertLessEqual(len(lines), 40)
        self.assertIn("rxlab diff 6.12.107 6.12.117", lines[-1])
        self.assertIn("and 52 more", self.page("diff.md"))

    def test_begins_with_the_answer(self):
        self.draw(DOCUMENT)
        lines = self.page("diff.md").splitlines()
        self.assertEqual(lines[0], f"**{DOCUMENT['headline']}**")
        self.assertIn("siphash_1u64 +135.0", lines[2])


class Refused(Folder):
    def test_a_document_that_is_none(self):
        for change in (
            lambda d: d.pop("headline"),
            lambda d: d["paths"][0].pop("verdict"),
            lambda d: d["paths"][0].update(verdict="great"),
            lambda d: d["paths"][0]["functions"][0].update(share="other"),
            lambda d: d["paths"][0]["moved"][0].update(how="lost"),
            lambda d: d["paths"][0]["functions"][0].update(source={"file": "/x.c", "line": 1}),
            lambda d: d["paths"][0]["all"].update(before="many"),
        ):
            document = copy.deepcopy(DOCUMENT)
            change(document)
            self.assertEqual(self.draw(document), USAGE_ERROR)
            self.assertFalse((self.folder / "diff.html").exists())

    def test_a_folder_without_one(self):
        self.assertEqual(diff_report.main([str(self.folder)]), USAGE_ERROR)


if __name__ == "__main__":
    unittest.main()
