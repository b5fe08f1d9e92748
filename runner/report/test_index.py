# SPDX-License-Identifier: GPL-2.0
import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path

import index


def row(**more):
    return {
        "experiment": "drop-point",
        "kernel": "6.12",
        "lane": "counted",
        "status": 0,
        "verdict": "better",
        "seconds": 31.25,
        "path": "drop-point-6.12",
        "previous_verdict": "better",
        "change": "",
        "message": "",
        **more,
    }


class Index(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.night = Path(scratch.name) / "2026-11-23"
        self.night.mkdir()

    def run_on(self, content):
        (self.night / "index.json").write_text(
            content if isinstance(content, str) else json.dumps(content)
        )
        err = io.StringIO()
        with contextlib.redirect_stderr(err):
            status = index.main([str(self.night)])
        page = self.night / "index.html"
        return (
            status,
            page.read_text() if page.exists() else "",
            err.getvalue().replace(str(self.night), "DIR"),
        )

    def test_links_the_reports_there_are(self):
        (self.night / "drop-point-6.12").mkdir()
        (self.night / "drop-point-6.12" / "report.html").write_text("")
        status, page, err = self.run_on([row(), row(kernel="6.1", path="drop-point-6.1")])
        self.assertEqual((status, err, page.count("<a href=")), (0, "", 1))
        self.assertIn('<a href="drop-point-6.12/report.html">report</a>', page)
        self.assertIn(
            "2 runs in 1.04 minutes; 0 gave no valid result; 0 changed since the night before.",
            page,
        )

    def test_puts_changes_and_failures_first(self):
        status, page, _ = self.run_on(
            [
                row(),
                row(
                    experiment="null-aa",
                    verdict="worse",
                    status=1,
                    previous_verdict="same",
                    change="changed",
                ),
                row(
                    experiment="lost",
                    verdict=None,
                    status=5,
                    message="stopped after its 15 minutes",
                ),
            ]
        )
        first = page[page.index('id="first"') : page.index('id="all"')]
        self.assertEqual(status, 0)
        self.assertNotIn("drop-point", first)
        self.assertIn("null-aa", first)
        self.assertIn("stopped after its 15 minutes", first)

    def test_what_a_night_did_not_get_to_has_not_failed(self):
        left = row(experiment="rps", status=3, verdict=None, path="", left=True, seconds=0)
        status, page, _ = self.run_on([row(), left])
        self.assertEqual(status, 0)
        self.assertIn("1 run in 0.521 minutes; 0 gave no valid result; 0 changed since", page)
        self.assertIn("; 1 left for the next night, which begins with them.", page)
        self.assertNotIn('id="first"', page)
        self.assertIn("left for the next night</td>", page)

    def test_a_night_that_has_just_begun(self):
        self.assertIn("No run has finished yet.", self.run_on([])[1])

    def test_names_are_text(self):
        page = self.run_on(
            [row(experiment="<b>", path='"><script>', message="<script>alert(1)</script>")]
        )[1]
        self.assertNotIn("<script", page)
        self.assertNotIn("<b>", page)

    def test_asks_nobody_for_anything(self):
        self.assertNotRegex(self.run_on([row()])[1], r"https?://|src=|@import|<script|<link")

    def test_same_input_same_bytes(self):
        self.assertEqual(self.run_on([row()])[1], self.run_on([row()])[1])

    def test_refusals_are_one_line(self):
        said = {
            "[": (
                "rxlab index: DIR/index.json:1:2: Expecting value; write it with 'rxlab nightly"
                " --out DIR'\n"
            ),
            '[{"experiment": 1}]': (
                "rxlab index: DIR/index.json:/0/experiment: expected a string, got 1; write it with"
                " this checkout's rxlab\n"
            ),
            "{}": (
                "rxlab index: DIR/index.json: expected an array, got {}; write it with this"
                " checkout's rxlab\n"
            ),
        }
        for content, line in said.items():
            self.assertEqual(self.run_on(content), (2, "", line))

    def test_missing_index(self):
        err = io.StringIO()
        with contextlib.redirect_stderr(err):
            self.assertEqual(index.main([str(self.night)]), 2)
        self.assertIn("No such file or directory", err.getvalue())


if __name__ == "__main__":
    unittest.main()
