# SPDX-License-Identifier: GPL-2.0
import contextlib
import io
import tempfile
import unittest
from pathlib import Path

import policy_card
from output import USAGE_ERROR

HEAD = "offered_qps,policy,run,instructions,cycles,perf_seconds,qps,read_p99_us\n"
# Per query: base 100 instructions, 200 cycles; busy 300 and 300; idle 103 and 190.
RUNS = (
    "1000,base,0,1000,2000,2,5,90\n"
    "1000,base,1,1000,2000,2,5,90\n"
    "1000,base,2,9000,9000,2,5,900\n"
    "1000,busy,0,3000,3000,2,5,30\n"
    "1000,idle,0,1030,1900,2,5,95\n"
    "2000,base,0,5000,5000,2,5,90\n"
)


class Card(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.file = Path(scratch.name) / "runs.csv"

    def run_on(self, text):
        self.file.write_text(text)
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = policy_card.main([str(self.file)])
        return status, out.getvalue(), err.getvalue()

    def test_compares_medians_of_two_policies_at_equal_load_only(self):
        status, said, err = self.run_on(HEAD + RUNS)
        self.assertEqual((status, err), (0, ""))
        self.assertIn("3 pairs of policies", said)
        self.assertIn("| cycles | 2 of 3 (67 %) | 2 of 2 (100 %) |", said)
        self.assertIn("| p99 of the latency | 1 of 3 (33 %) | 0 of 2 (0 %) |", said)

    def test_a_table_without_pairs_has_no_share(self):
        self.assertIn("none of none", self.run_on(HEAD)[1])

    def test_a_damaged_table_is_refused_in_a_line(self):
        for text in (
            HEAD + "1000,base,0,many,2000,2,5,90\n",
            HEAD + "1000,base,0,1000,2000,2,0,90\n",
            HEAD + "1000,base,0,1000\n",
            "a,b\n1,2\n",
        ):
            status, said, err = self.run_on(text)
            self.assertEqual((status, said), (USAGE_ERROR, ""), text)
            self.assertIn("line 2: ", err)
            self.assertEqual(err.count("\n"), 1)

    def test_a_file_that_is_not_there(self):
        with contextlib.redirect_stderr(io.StringIO()) as err:
            self.assertEqual(policy_card.main(["/nowhere.csv"]), USAGE_ERROR)
        self.assertIn("No such file", err.getvalue())


if __name__ == "__main__":
    unittest.main()
