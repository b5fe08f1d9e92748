# SPDX-License-Identifier: GPL-2.0
import copy
import json
import tempfile
import unittest
from pathlib import Path

import series_report
from output import USAGE_ERROR
from test_diff_report import CHANGED, SAME

NAMES = ("6.12.111", "6.12.113", "6.12.115")
DOCUMENT = {
    "schema_version": 1,
    "series": "6.12",
    "command": "rxlab series 6.12",
    "headline": "6.12.111 to 6.12.115: 1 of 2 paths changed, at 1 of 2 steps",
    "subjects": [{"name": name, "release": name, "summary": "a package"} for name in NAMES],
    "paths": [
        {
            "experiment": "drop-point",
            "path": "closed-port <veth>",
            "values": [6072.0, 6072.4, 6251.5],
        },
        {"experiment": "drop-point", "path": "xdp-native", "values": [600.0, None, 600.1]},
    ],
    "steps": [
        {"before": NAMES[0], "after": NAMES[1], "paths": [SAME], "entries": [], "all_entries": 9},
        {
            "before": NAMES[1],
            "after": NAMES[2],
            "paths": [CHANGED, SAME],
            "entries": [f"inetpeer: SipHash <{i}>" for i in range(12)],
            "all_entries": 900,
        },
    ],
    "left_out": [],
}


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())

    def draw(self, document):
        (self.folder / "series.json").write_text(json.dumps(document))
        return series_report.main([str(self.folder)])

    def page(self):
        return (self.folder / "series.html").read_text()


class Page(Folder):
    def test_tells_at_which_step_what_changed(self):
        self.assertEqual(self.draw(DOCUMENT), 0)
        page = self.page()
        self.assertIn("6.12.113 to 6.12.115: closed-port", page)
        self.assertIn("No path changed.", page)
        self.assertIn("inetpeer: SipHash &lt;0&gt;", page)
        self.assertIn("4 more", page)

    def test_of_nothing_that_changed_says_so(self):
        document = dict(DOCUMENT, steps=[DOCUMENT["steps"][0], DOCUMENT["steps"][0]])
        self.assertEqual(self.draw(document), 0)
        self.assertNotIn("inetpeer", self.page())

    def test_is_the_same_for_the_same_document(self):
        self.draw(DOCUMENT)
        first = self.page()
        self.draw(DOCUMENT)
        self.assertEqual(first, self.page())


class Changes(unittest.TestCase):
    def test_are_against_the_first_version_that_has_a_figure(self):
        path = {"values": [None, 100.0, 110.0]}
        self.assertEqual(series_report.changes(path)[0], None)
        self.assertAlmostEqual(series_report.changes(path)[2], 10.0)
        self.assertEqual(series_report.changes({"values": [None, None]}), [None, None])

    def test_the_paths_that_changed_are_drawn_not_what_boots_move(self):
        document = copy.deepcopy(DOCUMENT)
        document["paths"][1]["values"] = [600.0, 900.0, 500.0]
        names = [path["path"] for path in series_report.drawn(document)]
        self.assertEqual(names, ["closed-port <veth>"])
        document["steps"] = [document["steps"][0]] * 2
        names = [path["path"] for path in series_report.drawn(document)]
        self.assertEqual(names, ["xdp-native", "closed-port <veth>"])


class Refused(Folder):
    def test_a_document_that_is_none(self):
        for change in (
            lambda d: d.pop("series"),
            lambda d: d["paths"][0]["values"].pop(),
            lambda d: d["paths"][0]["values"].__setitem__(0, "x"),
            lambda d: d["steps"][1]["paths"][0].pop("sentence"),
            lambda d: d["steps"][1]["entries"].append(3),
        ):
            document = copy.deepcopy(DOCUMENT)
            change(document)
            self.assertEqual(self.draw(document), USAGE_ERROR)
            self.assertFalse((self.folder / "series.html").exists())


if __name__ == "__main__":
    unittest.main()
