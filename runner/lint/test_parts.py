# SPDX-License-Identifier: GPL-2.0
"""runner/parts makes targets in turn, and tells what each took."""
import subprocess
import tempfile
import unittest
from pathlib import Path

PARTS = Path(__file__).resolve().parent.parent / "parts"
MAKEFILE = "works:\n\t@echo working\nfails:\n\t@false\n"


def parts(*targets):
    """(status, lines)"""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "Makefile").write_text(MAKEFILE)
        ran = subprocess.run(
            [PARTS, *targets],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
    return ran.returncode, ran.stdout.splitlines()


class Parts(unittest.TestCase):
    def test_each_is_made_and_has_a_row_with_the_sum_below(self):
        status, lines = parts("works", "works")
        self.assertEqual(status, 0)
        self.assertEqual(lines[:2], ["working"] * 2)
        self.assertEqual([line.split()[0] for line in lines[-3:]], ["works", "works", "all"])

    def test_the_first_that_fails_is_the_last_and_is_named(self):
        status, lines = parts("fails", "works")
        self.assertNotEqual(status, 0)
        self.assertNotIn("working", lines)
        self.assertEqual([line.split()[0] for line in lines[-2:]], ["fails(failed)", "all"])


if __name__ == "__main__":
    unittest.main()
