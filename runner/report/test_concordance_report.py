# SPDX-License-Identifier: GPL-2.0
import contextlib
import copy
import io
import json
import tempfile
import unittest
from pathlib import Path

import concordance_report
from output import USAGE_ERROR


def pair(counted, timed, agreement, **more):
    return {
        "experiment": "live-paths",
        "mechanism": ["instructions"],
        "before": "closed-port",
        "after": "<socket>",
        "counted": counted,
        "timed": timed,
        "timed_low": timed * 0.9,
        "timed_high": timed * 1.1,
        "agreement": agreement,
        **more,
    }


DOCUMENT = {
    "schema_version": 1,
    "machine": "A CPU",
    "counted_on": "6.12.117",
    "timed_on": "6.18",
    "least": 0.05,
    "words": "Of 2 pairs of arms whose instructions differ by 5 % or more, 1 had the same order.",
    "counts": [{"name": "all", "same": 1, "other": 1, "undecided": 0}],
    "pairs": [
        pair(0.5, 0.6, "same"),
        pair(1.2, 0.5, "other"),
        pair(1.01, 1.0, "undecided"),
    ],
}


class Page(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = Path(scratch.name)

    def draw(self, document):
        (self.folder / "concordance.json").write_text(json.dumps(document))
        err = io.StringIO()
        with contextlib.redirect_stderr(err):
            return concordance_report.main([str(self.folder)]), err.getvalue()

    def page(self):
        return (self.folder / "concordance.html").read_text()

    def test_answers_in_a_sentence_and_has_every_pair(self):
        self.assertEqual(self.draw(DOCUMENT), (0, ""))
        page = self.page()
        self.assertIn(DOCUMENT["words"], page)
        self.assertIn("live-paths: closed-port to &lt;socket&gt;", page)
        self.assertIn("the other order", page)
        self.assertTrue((self.folder / "concordance.svg").exists())

    def test_every_pair_is_drawn_from_the_arm_with_fewer_instructions(self):
        for one, turned in zip(
            concordance_report.ascending(pair(0.5, 0.8, "same")), (2.0, 1.25, 1 / 0.88, 1 / 0.72)
        ):
            self.assertAlmostEqual(one, turned)

    def test_a_table_of_nothing_is_drawn_too(self):
        self.assertEqual(self.draw({**DOCUMENT, "pairs": []}), (0, ""))

    def test_a_damaged_document_is_refused_in_a_line(self):
        for place, value in (
            (("pairs", 0, "timed"), 0),
            (("pairs", 0, "agreement"), "perhaps"),
            (("counts",), []),
            (("words",), 5),
            (("schema_version",), 2),
        ):
            document = copy.deepcopy(DOCUMENT)
            *path, last = place
            inner = document
            for step in path:
                inner = inner[step]
            inner[last] = value
            status, err = self.draw(document)
            self.assertEqual(status, USAGE_ERROR, err)
            self.assertEqual(err.count("\n"), 1, err)


if __name__ == "__main__":
    unittest.main()
