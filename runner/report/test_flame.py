# SPDX-License-Identifier: GPL-2.0
import contextlib
import io
import json
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

import flame
from output import USAGE_ERROR


def cell(label, stacks, baseline=False, packets=10.0, accesses=()):
    return {
        "label": label,
        "arm": label,
        "factors": {},
        "baseline": baseline,
        "packets": packets,
        "item": "packet",
        "instructions": sum(stacks.values()),
        "stacks": stacks,
        "accesses": [
            dict(zip(("function", "device", "loads", "stores"), access)) for access in accesses
        ],
    }


def text_of(paragraph):
    return "".join(str(part) for part in paragraph.line)


BEFORE = cell("before", {"a": 100, "a;b": 300, "a;b;gone": 500, "c [rxnic]": 100}, baseline=True)
AFTER = cell(
    "after", {"a": 100, "a;b": 200, "a;new <&> [bpf]": 50, "c [rxnic]": 150, "c [rxnic];a": 10}
)


def document(*cells):
    return {
        "experiment": "tiny",
        "question": "Where?",
        "kernel": "6.12",
        "command": "rxlab attribute tiny",
        "cells": list(cells),
    }


class Flame(unittest.TestCase):
    def test_a_frame_has_all_that_is_below_it_per_packet(self):
        root = flame.tree_of(BEFORE)
        self.assertEqual(root.total, 100)
        self.assertEqual(root.children["a"].total, 90)
        self.assertEqual(root.children["a"].children["b"].total, 80)

    def test_widths_are_shares_and_children_lie_on_their_caller(self):
        frames = {frame[3]: frame for frame in flame.frames_of(flame.tree_of(BEFORE))}
        self.assertAlmostEqual(frames["a"][2], 0.9 * flame.WIDTH)
        self.assertAlmostEqual(frames["gone"][2], 0.5 * flame.WIDTH)
        self.assertEqual([frames[name][0] for name in ("a", "b", "gone")], [0, 1, 2])
        for inner, outer in (("b", "a"), ("gone", "b")):
            self.assertGreaterEqual(frames[inner][1], frames[outer][1])
            self.assertLessEqual(
                frames[inner][1] + frames[inner][2], frames[outer][1] + frames[outer][2] + 1e-9
            )

    def test_functions_are_summed_over_their_callers_and_recursion_counts_once(self):
        functions = flame.functions_of(AFTER)
        self.assertEqual(functions["a"], (11, 36))
        self.assertEqual(flame.functions_of(cell("x", {"f;g;f": 30}))["f"], (3, 3))

    def test_what_vanished_is_told_with_all_below_it_and_once(self):
        self.assertEqual(flame.vanished(AFTER, BEFORE), [("a \u203a b \u203a gone", 50)])
        self.assertEqual(
            flame.vanished(cell("none", {"z": 1}), BEFORE), [("a", 90), ("c [rxnic]", 10)]
        )

    def test_accesses_of_devices_are_told_per_packet_apart_from_ports(self):
        driver = cell(
            "driver",
            {"a": 100},
            accesses=[("a", "e1000-mmio", 30, 5), ("b", "e1000-mmio", 0, 40), ("a", "port", 1, 2)],
        )
        said, table = flame.access_blocks(driver)
        self.assertIn("3 loads, 4.5 stores, 0.3 port accesses", text_of(said))
        self.assertEqual(table.rows[0], ["b", "e1000-mmio", "0", "4"])
        self.assertEqual(table.rows[1], ["a", "e1000-mmio", "3", "0.5"])

    def test_a_packet_that_needs_no_device_is_told_too_and_has_no_table(self):
        (said,) = flame.access_blocks(BEFORE)
        self.assertIn("0 loads, 0 stores, 0 port accesses", text_of(said))

    def test_graphs_are_well_formed_and_say_what_changed(self):
        for plot in (flame.plain(AFTER), flame.differential(AFTER, BEFORE)):
            ElementTree.fromstring(plot.svg)
        svg = flame.differential(AFTER, BEFORE).svg
        self.assertIn("b: 20 instructions/packet, \u221260 against before", svg)
        self.assertIn("new &lt;&amp;&gt; [bpf]: 5 instructions/packet, +5 against before", svg)
        self.assertIn("a: 35 instructions/packet, \u221255 against before", svg)

    def test_the_page_and_the_folded_stacks_come_of_the_document_alone(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "attribution.json").write_text(json.dumps(document(BEFORE, AFTER)))
            self.assertEqual(flame.main([name]), 0)
            self.assertEqual(
                (folder / "before.folded").read_text(),
                "a 100\na;b 300\na;b;gone 500\nc [rxnic] 100\n",
            )
            page = (folder / "attribution.html").read_text()
            self.assertIn("after against before", page)
            self.assertNotIn("<script", page)
            self.assertEqual(
                sorted(path.name for path in folder.glob("*.svg")),
                ["flame-after.svg", "flame-before.svg", "flame-difference-after.svg"],
            )

    def test_a_document_of_another_shape_is_refused(self):
        broken = document(BEFORE)
        broken["cells"][0] = {**BEFORE, "packets": 0}
        with tempfile.TemporaryDirectory() as name:
            for text in (json.dumps(broken), "{}", "{"):
                Path(name, "attribution.json").write_text(text)
                err = io.StringIO()
                with contextlib.redirect_stderr(err):
                    self.assertEqual(flame.main([name]), USAGE_ERROR)
                self.assertIn("attribution.json", err.getvalue())
            self.assertEqual([path.name for path in Path(name).iterdir()], ["attribution.json"])


if __name__ == "__main__":
    unittest.main()
