# SPDX-License-Identifier: GPL-2.0
import contextlib
import copy
import io
import json
import tempfile
import unittest
from pathlib import Path

import syscalls_report
from output import USAGE_ERROR


def figure(mean, low=None, high=None):
    return {
        "mean": mean,
        "low": mean if low is None else low,
        "high": mean if high is None else high,
    }


def cause(origin, words, calls, instructions, functions):
    return {
        "origin": origin,
        "name": "",
        "words": words,
        "calls": calls,
        "instructions": instructions,
        "functions": functions,
    }


PROGRAM = {"main (x)": 60, "puts (libc.so.6)": 30, "[user]": 10}


def subject(name, write):
    return {
        "name": name,
        "summary": f"/x/{name}",
        "repeats": True,
        "kernel": figure(write + 30.0),
        "user": figure(100.0),
        "causes": [
            cause("idle", "(idle)", figure(0), figure(5e6), {"do_idle": 5e6}),
            cause("user", "(the program itself)", figure(0), figure(100), PROGRAM),
            cause("system_call", "write<&>", figure(10), figure(write), {"vfs_write": write}),
            cause("task", "(other tasks)", figure(0), figure(30, 20, 40), {"vfs_write": 30}),
        ],
    }


ONE = {
    "schema_version": 1,
    "command": "rxlab syscalls -- ./x",
    "name": "x",
    "argv": ["./x"],
    "kernel": "6.12.0",
    "rounds": 2,
    "subjects": [subject("x", 400.0)],
}
BOTH = {
    **ONE,
    "subjects": [subject("x-before", 400.0), subject("x-after", 420.0)],
    "difference": {
        "kernel": figure(20),
        "user": figure(0),
        "all": figure(20),
        "verdict": "worse",
        "causes": [
            {
                "origin": "system_call",
                "name": "write",
                "words": "write<&>",
                "calls_before": figure(10),
                "calls_after": figure(11),
                "before": figure(400),
                "after": figure(420),
                "difference": figure(20, 18, 22),
            }
        ],
        "functions": [
            {
                "share": "path",
                "state": "",
                "moved": 0,
                "function": "vfs_write",
                "before": 400,
                "after": 420,
                "difference": 20,
                "low": 18,
                "high": 22,
            }
        ],
        "moved": [],
    },
}


def attribution(document):
    cells = [
        {
            "label": one["name"],
            "arm": one["name"],
            "factors": {},
            "baseline": i == 0,
            "packets": 2,
            "item": "run",
            "stacks": {"vfs_write": 800, "[user]": 200},
            "accesses": [],
        }
        for i, one in enumerate(document["subjects"])
    ]
    return {"experiment": "x", "question": "?", "kernel": "6.12.0", "command": "c", "cells": cells}


class SyscallsReport(unittest.TestCase):
    def page(self, document):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "syscalls.json").write_text(json.dumps(document))
            (folder / "attribution.json").write_text(json.dumps(attribution(document)))
            self.assertEqual(syscalls_report.main([name]), 0)
            return (folder / "syscalls.html").read_text()

    def test_the_page_tells_each_system_call_and_no_idling(self):
        page = self.page(ONE)
        self.assertIn("430 instructions of the kernel", page)
        self.assertIn("write&lt;&amp;&gt;", page)
        self.assertIn("Every figure was the same in 2 boots", page)
        self.assertIn("instructions per run", page)
        self.assertNotIn("(idle)", page)
        self.assertNotIn("<script", page)

    def test_what_boots_do_not_agree_on_has_its_least_and_most(self):
        rows = syscalls_report.cause_table(ONE["subjects"][0]).rows
        self.assertEqual(rows[2][-1], "20 to 40")
        self.assertEqual(rows[1][1:3], ["10", "40"])

    def test_a_function_is_summed_over_what_it_was_called_for(self):
        rows = syscalls_report.kernel_table(ONE["subjects"][0]).rows
        self.assertEqual(rows[0][:2], ["vfs_write", "430"])
        self.assertEqual(rows[0][3], "write<&>")

    def test_functions_of_the_program_have_a_table_where_they_are_known(self):
        table = syscalls_report.program_table(ONE["subjects"][0])[0]
        self.assertEqual([row[0] for row in table.rows], ["main (x)", "puts (libc.so.6)", "[user]"])
        unnamed = copy.deepcopy(ONE["subjects"][0])
        unnamed["causes"][1]["functions"] = {"[user]": 100}
        self.assertEqual(syscalls_report.program_table(unnamed), [])

    def test_a_difference_comes_first(self):
        page = self.page(BOTH)
        self.assertIn("x-after against x-before: +20 instructions of the kernel", page)
        self.assertLess(page.index("What differs"), page.index("What x-before has the kernel do"))
        self.assertIn("10 \u2192 11", page)

    def test_no_difference_is_said(self):
        same = copy.deepcopy(BOTH)
        same["difference"].update(causes=[], functions=[])
        self.assertIn("Nothing differs.", self.page(same))

    def test_a_document_of_another_shape_is_refused(self):
        broken, other = copy.deepcopy(ONE), copy.deepcopy(BOTH)
        broken["subjects"][0]["causes"][0]["calls"] = 3
        other["difference"]["functions"][0]["share"] = "elsewhere"
        with tempfile.TemporaryDirectory() as name:
            for text in (json.dumps(broken), json.dumps(other), "{}", "{"):
                Path(name, "syscalls.json").write_text(text)
                err = io.StringIO()
                with contextlib.redirect_stderr(err):
                    self.assertEqual(syscalls_report.main([name]), USAGE_ERROR)
                self.assertIn("syscalls.json", err.getvalue())


if __name__ == "__main__":
    unittest.main()
