# SPDX-License-Identifier: GPL-2.0
import contextlib
import copy
import io
import json
import tempfile
import unittest
from pathlib import Path

import profile_report
from output import USAGE_ERROR


def table(rows, unit="ns"):
    return {"unit": unit, "window_ns": 10_000_000_000, "rows": rows}


def threshold(name, value, limit=0, abnormal=False):
    row = {"name": name, "concern": "loss", "what": f"what of {name}", "unit": "packets"}
    row |= {"abnormal_is": "above", "limit": limit, "value": value, "abnormal": abnormal}
    return row | {"why": "each one is lost", "source": "A guide, its section"}


DOCUMENT = {
    "schema_version": 1,
    "subject": {"kind": "interface", "name": "eth<0>"},
    "facts": {
        "command": "rxlab profile eth<0> --seconds 10",
        "kernel": "6.12",
        "rxlab_version": "abc",
        "seconds": 10.0,
    },
    "interrupted": False,
    "left_out": [{"part": "napi", "why": "no such tracepoint"}],
    "values": {
        "link.rx_missed_errors": {"value": 7, "unit": "packets"},
        "driver.rx_bytes": {"value": 1000, "unit": ""},
        "wakeup.ksoftirqd.count": {"value": 9, "unit": "wakeups"},
        "wakeup.ksoftirqd.p50": {"value": 3000.0, "unit": "ns"},
        "wakeup.ksoftirqd.p99": {"value": 5000.0, "unit": "ns"},
        "wakeup.ksoftirqd.max": {"value": 7000.0, "unit": "ns"},
        "softirq.net_rx.raise_to_entry.p50": {"value": 2000.0, "unit": "ns"},
        "softirq.net_rx.raise_to_entry.p99": {"value": 90000.0, "unit": "ns"},
    },
    "curves": {
        "softirq.cpus": table(
            [
                {"vector": "net_rx", "cpu": 0, "runs": 10, "waited": 5e4, "served": 2e9},
                {"vector": "timer", "cpu": 1, "runs": 4, "waited": 5e3, "served": 1e8},
            ]
        ),
        "irq.cpus": table([{"cpu": 0, "handlers": 9, "served": 1e8}]),
        "irq.lines": table([{"irq": "24", "cpu": 0, "count": 9}]),
        "napi.cpus": table([{"cpu": 0, "polls": 10, "packets": 640, "empty": 0, "exhausted": 3}]),
        "cpus.softnet": table(
            [
                {
                    "cpu": 0,
                    "processed": 640,
                    "dropped": 1,
                    "time_squeeze": 2,
                    "received_rps": 0,
                    "flow_limit": 0,
                }
            ],
            "packets",
        ),
        "threads": table(
            [{"thread": "ksoftirqd/0", "cpu": 0, "runs": 5, "ran": 1e9, "waited": 5e6}]
        ),
        "drops": table(
            [{"reason": "no_socket", "function": "udp_rcv<x>", "packets": 12}], "packets"
        ),
        "placement.irqs": table(
            [
                {
                    "irq": "24",
                    "interface": "eth0",
                    "actions": "eth0-rx-0",
                    "affinity": "0-1",
                    "effective": "0",
                }
            ]
        ),
        "placement.queues": table([{"interface": "eth0", "queue": "rx-0", "steered_to": "0-1"}]),
        "placement.cpus": table([{"cpu": 0, "node": None, "siblings": "0-1"}]),
        "placement.devices": table([{"interface": "eth0", "node": 1, "threaded": "1"}]),
        "perf_record.tasks": table(
            [
                {"task": "app", "cpu": 0, "samples": 3, "reading": 1},
                {"task": "app", "cpu": 1, "samples": 1, "reading": 0},
            ],
            "samples",
        ),
        "perf_record.stacks": {
            "unit": "samples",
            "stacks": {"ksoftirqd/0;a;b": 3, "swapper;a": 1},
        },
    },
    "settings": {"sysctl:net.core.netdev_budget": "300"},
    "thresholds": [
        threshold("ring_overruns", 7, abnormal=True),
        threshold("backlog_drops", 0),
        threshold("squeezes", None),
    ],
}


class ProfileReport(unittest.TestCase):
    def written(self, document):
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / "profile.json").write_text(json.dumps(document))
            with contextlib.redirect_stderr(io.StringIO()):
                status = profile_report.main([folder])
            page = Path(folder) / "profile.md"
            html = Path(folder) / "profile.html"
            self.assertEqual(page.exists(), status == 0)
            self.html = html.read_text() if html.exists() else ""
            said = page.read_text() if page.exists() else ""
            return status, said.replace("\u00a0", " ").replace("\u202f", " ")

    def page(self, document):
        status, page = self.written(document)
        self.assertEqual(status, 0)
        return page

    def changed(self, **curves):
        document = copy.deepcopy(DOCUMENT)
        document["curves"] |= curves
        return document

    def test_the_answer_is_first_with_limit_reason_and_source(self):
        page = self.page(DOCUMENT)
        self.assertIn("1 abnormal against 2 of 3 thresholds, worst first", page)
        self.assertIn("what of ring\\_overruns: 7 packets", page)
        self.assertIn("above 0 packets is abnormal", page)
        self.assertIn("Source: A guide, its section", page)
        self.assertLess(page.index("abnormal against"), page.index("Who spends what"))

    def test_nothing_abnormal_says_against_what(self):
        document = DOCUMENT | {"thresholds": [threshold("ring_overruns", 0)]}
        self.assertIn("Nothing abnormal against 1 of 1 threshold", self.page(document))

    def test_what_is_left_out_and_an_early_end_are_said(self):
        page = self.page(DOCUMENT | {"interrupted": True})
        self.assertIn("no such tracepoint", page)
        self.assertIn("Ctrl-C ended the window early", page)

    def test_a_machine_that_receives_elsewhere_is_said(self):
        values = {"interface.rx_packets": {"value": 10, "unit": "packets"}}
        values["napi.packets"] = {"value": 5000, "unit": "packets"}
        page = self.page(DOCUMENT | {"values": DOCUMENT["values"] | values})
        self.assertIn("Of 5 000 packets that this machine polled 10 were received by it", page)
        self.assertNotIn("were received by it", self.page(DOCUMENT))

    def test_each_cpu_and_vector_has_its_share_of_the_window(self):
        page = self.page(DOCUMENT)
        row = next(line for line in page.splitlines() if line.startswith("| CPU 0 |"))
        self.assertIn("| 1.0 % | 20.0 % | 0.0 % | 10 | 640 | 3 | 640 | 2 | 1 |", row)
        self.assertIn("| net\\_rx | 10 | 200", page)
        self.assertIn("90 \u00b5s", page)

    def test_placement_threads_drops_and_symbols_have_their_tables(self):
        page = self.page(DOCUMENT)
        self.assertIn("| eth0-rx-0 | 24 | 9 | CPU 0: 9 | 0-1 | 0 |", page)
        self.assertIn("| ksoftirqd/0 | CPU 0 | 5 | 10.0 % | 1 000 \u00b5s |", page)
        self.assertIn("| ksoftirqd | 9 | 3 \u00b5s | 5 \u00b5s | 7 \u00b5s |", page)
        self.assertIn("NAPI runs in threads", page)
        self.assertIn("no\\_socket", page)
        self.assertIn("| app | 100.0 % | CPU 0 75 %, CPU 1 25 % | 25.0 % |", page)
        self.assertIn("| b | 75.0 % | 75.0 % |", page)
        self.assertIn("| a | 25.0 % | 100.0 % |", page)

    def test_losses_stand_before_other_counters(self):
        page = self.page(DOCUMENT)
        self.assertLess(page.index("rx\\_missed\\_errors"), page.index("driver.rx\\_bytes"))

    def test_whatever_part_is_missing_the_page_is_written(self):
        for name in DOCUMENT["curves"]:
            document = copy.deepcopy(DOCUMENT)
            del document["curves"][name]
            self.page(document)
        self.page(DOCUMENT | {"curves": {}, "values": {}, "settings": {}})

    def test_a_table_in_instructions_is_no_share_of_a_time(self):
        rows = DOCUMENT["curves"]["softirq.cpus"]["rows"]
        page = self.page(self.changed(**{"softirq.cpus": table(rows, "instructions")}))
        self.assertNotIn("20.0 %", page)

    def test_names_of_strangers_are_shown_and_not_obeyed(self):
        self.page(DOCUMENT)
        self.assertIn("eth&lt;0&gt;", self.html)
        self.assertNotIn("udp_rcv<x>", self.html)

    def test_the_same_document_gives_the_same_bytes(self):
        first = self.written(DOCUMENT)[1], self.html
        self.assertEqual((self.written(DOCUMENT)[1], self.html), first)

    def test_a_document_without_a_part_of_it_is_refused_in_one_line(self):
        for key in DOCUMENT:
            document = {name: value for name, value in DOCUMENT.items() if name != key}
            self.assertEqual(self.written(document)[0], USAGE_ERROR, key)

    def test_a_row_of_another_shape_is_refused(self):
        for row in ({}, {"vector": "net_rx", "cpu": "0"}, 3):
            self.assertEqual(
                self.written(self.changed(**{"softirq.cpus": table([row])}))[0], USAGE_ERROR
            )


if __name__ == "__main__":
    unittest.main()
