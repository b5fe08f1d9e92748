# SPDX-License-Identifier: GPL-2.0
import copy
import json
import re
import tempfile
import unittest
from pathlib import Path

import history_report
from output import USAGE_ERROR

NIGHTS = [f"2026-11-{day:02}" for day in range(1, 9)]


def change(**more):
    return {
        "night": NIGHTS[4],
        "night_before": NIGHTS[3],
        "before": 3600.0,
        "after": 3695.0,
        "ratio": 1.0264,
        "direction": "worse",
        "state": "confirmed",
        "p": 0.0,
        "made_of": ["kernel 6.12.107 \u2192 6.12.117"],
        "command": "rxlab diff 6.12.107 6.12.117 drop-point:closed-port",
        "cause": "",
        **more,
    }


def series(arm, values, **more):
    return {
        "id": 1,
        "experiment": "drop-point",
        "kernel": "6.12",
        "machine": "guest Haswell-noTSX",
        "lane": "counted",
        "topology": "veth",
        "arm": arm,
        "factors": "",
        "metric": "net.instructions_per_packet",
        "unit": "instructions/packet",
        "better": "lower",
        "follows": "median",
        "delta": 0.001,
        "status": "steady",
        "words": "steady since 2026-11-01",
        "points": [
            {"night": night, "value": value, "measured": value, "source": "/r/result.json"}
            for night, value in zip(NIGHTS, values)
            if value is not None
        ],
        "faults": [],
        "missing": [night for night, value in zip(NIGHTS, values) if value is None],
        "changes": [],
        **more,
    }


STEP = series(
    "closed-port <veth>",
    [3600.0] * 4 + [3695.0] * 4,
    status="changed",
    words="changed on 2026-11-05: 3600 to 3695 (1.0264x), worse",
    changes=[change()],
)
DOCUMENT = {
    "schema_version": 1,
    "headline": "3 series of 8 nights: 1 changed, 2 steady",
    "results": 8,
    "nights": NIGHTS,
    "series": [
        STEP,
        series("xdp-native", [600.0] * 3 + [None] + [600.0] * 4),
        series("xdp-native", [0.5] * 8, lane="timed", metric="ns_per_packet", follows="ratio"),
    ],
    "epochs": [
        {
            "experiment": "drop-point",
            "kernel": "6.12",
            "machine": "guest Haswell-noTSX",
            "lane": "counted",
            "night": NIGHTS[4],
            "release": "6.12.117",
            "changed": ["kernel 6.12.107 \u2192 6.12.117"],
        }
    ],
}


def changed(**more):
    document = copy.deepcopy(DOCUMENT)
    document["series"][0].update(more)
    return document


class Folder(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp())

    def draw(self, document):
        (self.folder / "history.json").write_text(json.dumps(document))
        return history_report.main([str(self.folder)])

    def page(self, name="index.html"):
        return (self.folder / name).read_text()


class Index(Folder):
    def test_tells_what_changed_and_what_it_was_made_of(self):
        self.assertEqual(self.draw(DOCUMENT), 0)
        page = self.page()
        first = page[page.index('id="first"') : page.index('id="all"')]
        self.assertIn("closed-port &lt;veth&gt;", first)
        self.assertIn("kernel 6.12.107 \u2192 6.12.117", first)
        self.assertIn(
            "rxlab diff 6.12.107 6.12.117 drop-point:closed-port", re.sub("<.*?>", "", first)
        )
        self.assertNotIn("xdp-native", first)

    def test_prefers_the_cause_that_a_diff_told(self):
        self.draw(changed(changes=[change(cause="siphash_1u64 +135.0 (new)")]))
        self.assertIn("siphash_1u64 +135.0 (new)", self.page())
        self.assertNotIn("Made of other", self.page())

    def test_says_of_a_kernel_that_has_gone_so_once(self):
        document = copy.deepcopy(DOCUMENT)
        for one in document["series"][:2]:
            one.update(status="gone", words="kernel 6.12 has no result since 2026-11-05")
        self.draw(document)
        page = self.page()
        first = page[page.index('id="first"') : page.index('id="all"')]
        self.assertEqual(first.count("kernel 6.12 has no result since"), 1)

    def test_of_nothing_says_so(self):
        empty = dict(DOCUMENT, series=[], epochs=[], nights=[], results=0)
        self.assertEqual(self.draw(empty), 0)
        self.assertIn("Nothing changed, and nothing is missing.", self.page())

    def test_has_a_sparkline_with_a_gap_and_a_dot(self):
        self.draw(DOCUMENT)
        sparks = re.findall(r'<svg class="spark".*?</svg>', self.page())
        self.assertTrue(any("<circle" in spark for spark in sparks))
        self.draw(dict(DOCUMENT, series=[DOCUMENT["series"][1]]))
        spark = re.search(r'<svg class="spark".*?</svg>', self.page())[0]
        self.assertEqual(spark.count("<polyline"), 2)
        self.assertNotIn("<circle", spark)

    def test_makes_no_request_and_has_no_script(self):
        self.draw(DOCUMENT)
        for path in self.folder.glob("*.html"):
            page = path.read_text()
            self.assertNotIn("<script", page)
            self.assertNotRegex(page.replace("http://www.w3.org", ""), r"https?://")


class Metric(Folder):
    def test_has_a_page_of_its_own_with_plot_table_changes_and_gaps(self):
        self.draw(DOCUMENT)
        page = self.page("metric-net-instructions-per-packet.html")
        self.assertIn("net.instructions_per_packet of drop-point on 6.12", page)
        self.assertIn("closed-port &lt;veth&gt; +2.639 %", page)
        self.assertIn("Every change (1)", page)
        self.assertIn("xdp-native: no result on 2026-11-04", page)
        self.assertIn("0.5\u00d7", self.page("metric-ns-per-packet.html"))

    def test_of_many_nights_has_the_last_ones(self):
        nights = [f"2026-{month:02}-{day:02}" for month in range(1, 7) for day in range(1, 29)]
        one = series("a", [])
        one["points"] = [
            {"night": night, "value": 1.0 + i, "measured": None, "source": ""}
            for i, night in enumerate(nights)
        ]
        self.assertEqual(self.draw(dict(DOCUMENT, nights=nights, series=[one], epochs=[])), 0)
        page = self.page("metric-net-instructions-per-packet.html")
        rows = re.findall(r'<th scope="row">2026-', page)
        self.assertEqual(len(rows), history_report.ROWS)

    def test_of_one_night_has_no_plot(self):
        one = series("a", [1.0] + [None] * 7, missing=[], status="new", words="one value")
        self.assertEqual(self.draw(dict(DOCUMENT, series=[one], epochs=[])), 0)
        self.assertNotIn("<figure", self.page("metric-net-instructions-per-packet.html"))

    def test_of_values_that_begin_with_nothing_is_drawn(self):
        self.assertEqual(self.draw(dict(DOCUMENT, series=[series("a", [0.0] * 4 + [2.0] * 4)])), 0)

    def test_that_is_no_more_loses_its_page(self):
        self.draw(DOCUMENT)
        self.draw(dict(DOCUMENT, series=DOCUMENT["series"][:2]))
        self.assertFalse((self.folder / "metric-ns-per-packet.html").exists())

    def test_shows_a_night_with_a_fault(self):
        self.draw(changed(faults=[{"night": NIGHTS[6], "why": "conservation failed <9>"}]))
        page = self.page("metric-net-instructions-per-packet.html")
        self.assertIn("conservation failed &lt;9&gt;", page)


class Pages(Folder):
    def test_are_the_same_for_the_same_document(self):
        self.draw(DOCUMENT)
        first = {path.name: path.read_bytes() for path in self.folder.iterdir()}
        self.draw(DOCUMENT)
        self.assertEqual(first, {path.name: path.read_bytes() for path in self.folder.iterdir()})

    def test_of_a_document_that_is_none_are_not_written(self):
        for wrong in (
            lambda d: d.pop("nights"),
            lambda d: d.__setitem__("schema_version", 2),
            lambda d: d["series"][0].pop("words"),
            lambda d: d["series"][0]["points"][0].__setitem__("value", "x"),
            lambda d: d["series"][0].__setitem__("status", "fine"),
            lambda d: d["nights"].append("tomorrow"),
        ):
            document = copy.deepcopy(DOCUMENT)
            wrong(document)
            self.assertEqual(self.draw(document), USAGE_ERROR)
            self.assertFalse((self.folder / "index.html").exists())


if __name__ == "__main__":
    unittest.main()
