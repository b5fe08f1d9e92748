# SPDX-License-Identifier: GPL-2.0
import unittest

import form
import rooms

SPDX = "// SPDX-License-Identifier: GPL-2.0\n"


def faults(path, text):
    return [fault for _, fault in form.faults(path, text)]


class Form(unittest.TestCase):
    def finds(self, path, text, words):
        found = faults(path, text)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_sound_files_have_no_fault(self):
        self.assertEqual(faults("runner/x/x.cc", SPDX + "int a;  // why\n"), [])
        self.assertEqual(faults("bpf/x.h", SPDX + '/* http://x */\nchar *u = "a//b";\n'), [])
        self.assertEqual(faults("vm/x.sh", "#!/bin/sh\n" + SPDX.replace("//", "#")), [])

    def test_columns_are_counted_with_tabs_of_eight(self):
        self.finds("bpf/x.h", SPDX + "\t" * 12 + "abcde\n", "101 columns")
        self.assertEqual(faults("bpf/x.h", SPDX + "\t" * 12 + "abcd\n"), [])

    def test_columns_are_characters_and_markdown_is_free(self):
        self.assertEqual(faults("runner/x.cc", SPDX + "// " + "é" * 97 + "\n"), [])
        self.assertEqual(faults("README.md", "word " * 30 + "end\n"), [])

    def test_blanks_and_line_ends(self):
        self.finds("runner/x.cc", SPDX + "int a; \n", "blanks at its end")
        self.finds("runner/x.cc", SPDX + "int a;", "no line end")
        self.finds("runner/x.cc", SPDX + "\n", "empty line at the end")

    def test_tabs(self):
        self.finds("runner/x.cc", SPDX + "\tint a;\n", "a tab")
        self.finds("bpf/x.h", SPDX + "        int a;\n", "8 blanks")

    def test_licence(self):
        self.finds("runner/x.cc", "int a;\n", "SPDX")
        self.finds("vm/x.sh", "#!/bin/sh\nexit\n", "SPDX")

    def test_kernel_comments(self):
        self.finds("bpf/x.h", SPDX + "int a; // why\n", "// comment")

    def test_a_shell_function_is_there_once(self):
        script = "#!/bin/bash\n# SPDX-License-Identifier: GPL-2.0\na() { true; }\nb() { a; }\n"
        self.assertEqual(faults("vm/x", script), [])
        self.finds("vm/x", script + "a() { # X\n\tfalse\n}\n", "a() is there since line 3")

    def test_a_part_of_a_temporary_is_not_walked_over(self):
        walk = "for (auto& [a, b] : json.{}.items())\n"
        self.finds("runner/x.cc", SPDX + walk.format('value("x", y)'), "temporary")
        self.assertEqual(faults("runner/x.cc", SPDX + walk.format('at("x")')), [])

    def test_names_of_tests(self):
        self.finds("runner/x_test.cc", SPDX + "TEST(Rules, TheFirstWins) {}\n", "snake_case")
        self.finds("runner/x_test.cc", SPDX + "TEST_F(rules, a_b) {}\n", "CamelCase")


ROOMS = """
| `low` | what it is | | |
| `high` | what it is | `low` | `other` |
| `other` | what it is | | |
"""
FILES = {
    "runner/low/a.h": "",
    "runner/other/a.h": "",
    "runner/high/a.cc": '#include "low/a.h"\n',
    "runner/high/a_test.cc": '#include "other/a.h"\n',
}


class Rooms(unittest.TestCase):
    def finds(self, words, text=ROOMS, **changed):
        files = dict(FILES, **{f"runner/{k.replace('__', '/')}": v for k, v in changed.items()})
        found = rooms.faults(text, files)
        self.assertTrue(any(words in fault for fault in found), found)

    def test_a_drawing_that_is_true_has_no_fault(self):
        self.assertEqual(rooms.faults(ROOMS, FILES), [])

    def test_what_is_not_drawn_is_told_with_its_place(self):
        files = dict(FILES, **{"runner/low/b.cc": '\n#include "other/a.h"\n'})
        found = rooms.faults(ROOMS, files)
        self.assertEqual(len(found), 1)
        self.assertTrue(found[0].startswith("runner/low/b.cc:2: 'low' may not know 'other'"))

    def test_what_a_test_may_know_product_code_may_not(self):
        files = dict(FILES, **{"runner/high/b.cc": '#include "other/a.h"\n'})
        self.assertEqual(len(rooms.faults(ROOMS, files)), 1)

    def test_a_circle_cannot_be_drawn(self):
        self.finds(
            "a row above its own", ROOMS.replace("`low` | what it is | |", "`low` | x | `high` |")
        )

    def test_what_is_drawn_in_vain_is_told(self):
        self.finds("take that out", ROOMS.replace("`low` | `other` |", "`low` `other` | |"))

    def test_rooms_and_rows_are_the_same(self):
        self.finds("no row for the room", ROOMS.replace("| `other` | what it is | | |\n", ""))
        self.finds("is no room", ROOMS + "| `gone` | what it is | | |\n")

    def test_a_double_in_product_code_is_told(self):
        files = dict(
            FILES,
            **{"runner/low/fake_a.h": "", "runner/low/b.cc": '#include "low/fake_a.h"\n'},
        )
        self.assertEqual(len(rooms.faults(ROOMS, files)), 1)
        self.assertIn("for tests alone", rooms.faults(ROOMS, files)[0])


if __name__ == "__main__":
    unittest.main()
