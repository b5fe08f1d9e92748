# SPDX-License-Identifier: GPL-2.0
"""Form that no other tool checks: columns, blanks, licence lines, kernel comments, tests' names,
what is there twice in a shell script."""
import re
from pathlib import PurePath

COLUMNS = 100
TAB = 8  # as the kernel shows it

# bpf/objects.h is the runner's side of them.
KERNEL = re.compile(r"^(kmod|bpf)/(?!objects\.h).*\.[ch]$")
CPP = re.compile(r"\.(cc|h|h\.in)$")
PROSE = re.compile(r"\.md$")
DATA = re.compile(r"(^LICENSE|/testdata/.*|^runner/fuzz/inputs/.*|\.(json|pcap|pcapng|gitignore))$")
LICENSED = re.compile(r"\.(c|cc|h|py|sh|S|bt|cmake)$|(^|/)(CMakeLists\.txt|Kbuild|Makefile)$")
# What a kernel log is searched for may end in a blank.
BLANKS_MATTER = {"vm/guest-checks.sh"}

TEST = re.compile(r"^(?:TYPED_)?TEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\)", re.MULTILINE)
FAMILY = re.compile(r"[A-Z][A-Za-z0-9]*")  # a type to GoogleTest
BEHAVIOUR = re.compile(r"[a-z][a-z0-9_]*")


def is_kernel(path):
    return bool(KERNEL.search(path))


def columns(path, lines):
    """Markdown is free: a table's row cannot be broken."""
    if PROSE.search(path):
        return
    for number, line in enumerate(lines, 1):
        width = len(line.expandtabs(TAB))
        if width > COLUMNS:
            yield number, f"{width} columns, at most {COLUMNS}: break it"


def blanks(path, lines):
    if path in BLANKS_MATTER:
        return
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            yield number, "blanks at its end: remove them"
    if lines and not lines[-1]:
        yield len(lines), "an empty line at the end: remove it"


def tabs(path, lines):
    """Kernel C is indented by tabs alone; C++, Python and CMake have none."""
    if is_kernel(path):
        for number, line in enumerate(lines, 1):
            if re.match(r"\t* {8,}[^ \\]", line):
                yield number, "8 blanks where a tab belongs"
            if " \t" in line:
                yield number, "a blank before a tab: remove it"
    elif re.search(r"\.(cc|h|py)$|CMakeLists.txt$", path):
        for number, line in enumerate(lines, 1):
            if "\t" in line:
                yield number, "a tab: put blanks"


def licence(path, lines):
    if not lines:
        return
    first = 1 if lines[0].startswith("#!") else 0
    if not first and not LICENSED.search(path):
        return
    if first >= len(lines) or "SPDX-License-Identifier: GPL-2.0" not in lines[first]:
        yield first + 1, "no 'SPDX-License-Identifier: GPL-2.0': put it here"


def kernel_comments(path, lines):
    if not is_kernel(path):
        return
    for number, line in enumerate(lines, 1):
        bare = re.sub(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/', "", line)
        if "//" in bare and not (number == 1 and "SPDX" in line) and not re.match(r"\s*\*", line):
            yield number, "a // comment in kernel C: put /* */"


def test_names(path, lines):
    if not path.endswith("_test.cc"):
        return
    text = "\n".join(lines)
    for match in TEST.finditer(text):
        number = text.count("\n", 0, match.start()) + 1
        if not FAMILY.fullmatch(match[1]):
            yield number, f"test group '{match[1]}': CamelCase, as the type it is"
        if not BEHAVIOUR.fullmatch(match[2]) or "__" in match[2]:
            yield number, f"test '{match[2]}': the behaviour in snake_case"


# A range-for keeps what it walks over alive, not what that is a part of (until C++23).
OVER_A_PART = re.compile(r"for \([^;]*[^:]: .*\.value\(.*\)\.\w+\(\)\)")


def dangling_ranges(path, lines):
    if not CPP.search(path):
        return
    for number, line in enumerate(lines, 1):
        if OVER_A_PART.search(line):
            yield number, "walks over a part of a temporary that is gone: give it a name first"


SHELL_FUNCTION = re.compile(r"([A-Za-z_]\w*)\(\) *[{(]")


def shell_functions(path, lines):
    """The later of two hides the other, and no shell says so."""
    if not lines or not re.match(r"#!.*\b(ba|da)?sh\b", lines[0]):
        return
    first = {}
    for number, line in enumerate(lines, 1):
        if found := SHELL_FUNCTION.match(line):
            before = first.setdefault(found[1], number)
            if before != number:
                yield number, f"{found[1]}() is there since line {before}: remove one"


RULES = [
    columns,
    blanks,
    tabs,
    licence,
    kernel_comments,
    test_names,
    dangling_ranges,
    shell_functions,
]


def faults(path, text):
    """[(line, what is wrong and what to do)] of one file."""
    if DATA.search(path):
        return []
    lines = text.split("\n")
    found = []
    if text and not text.endswith("\n"):
        found.append((len(lines), "no line end at the end: put one"))
    if lines and not lines[-1]:
        lines.pop()
    if "\r" in text:
        found.append((1, "carriage returns: remove them"))
    for rule in RULES:
        found += rule(path, lines)
    return sorted(found)


def check(root, paths):
    """Lines 'path:line: fault' of all files that are text."""
    for path in paths:
        try:
            text = (root / PurePath(path)).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        for number, fault in faults(path, text):
            yield f"{path}:{number}: {fault}"
