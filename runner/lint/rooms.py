# SPDX-License-Identifier: GPL-2.0
"""Who may know what: the drawing in runner/README.md against the #includes there are.

A row is | `room` | what it is | rooms it knows | rooms that only its tests know besides |. A room
knows rooms of rows above its own alone, so that no circle can be; what it knows it includes, and
what it includes it knows."""
import re

DRAWING = "runner/README.md"
ROW = re.compile(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|([^|]*)\|$", re.MULTILINE)
NAMES = re.compile(r"`(\w+)`")
INCLUDE = re.compile(r'^#include "(\w+)/([^"]+)"', re.MULTILINE)
TEST_SUPPORT = re.compile(r"(_test\.cc|/fake_\w+\.(h|cc)|/test_\w+\.h)$")


def drawing(text):
    """room -> (rooms it knows, rooms its tests know besides), in the order of the rows."""
    return {
        row[1]: (set(NAMES.findall(row[2])), set(NAMES.findall(row[3])))
        for row in ROW.finditer(text)
    }


def is_test(path):
    return bool(TEST_SUPPORT.search(path))


def includes(files):
    """(room, whether a test) -> {room included: the first place}; files: {path: text}."""
    rooms = {path.split("/")[1] for path in files if path.count("/") >= 2}
    found = {}
    for path, text in sorted(files.items()):
        if path.count("/") < 2:
            continue
        room = path.split("/")[1]
        known = found.setdefault((room, is_test(path)), {})
        for match in INCLUDE.finditer(text):
            if match[1] in rooms and match[1] != room:
                line = text.count("\n", 0, match.start()) + 1
                known.setdefault(match[1], f"{path}:{line}")
    return found


def test_support_in_product(files):
    """Places where product code includes what is for tests; targets of fuzzing are no product."""
    for path, text in sorted(files.items()):
        if is_test(path) or path.startswith("runner/fuzz/"):
            continue
        for match in INCLUDE.finditer(text):
            if is_test(f"{match[1]}/{match[2]}"):
                line = text.count("\n", 0, match.start()) + 1
                yield f"{path}:{line}: '{match[1]}/{match[2]}' is for tests alone"


def faults(text, files):
    drawn, found = drawing(text), includes(files)
    if not drawn:
        return [f"{DRAWING}: it has no row '| `room` | what it is | knows | tests know |'"]
    rooms = sorted({room for room, _ in found})
    wrong = [f"{DRAWING}: no row for the room '{room}'" for room in rooms if room not in drawn]
    wrong += [f"{DRAWING}: '{room}' is no room" for room in drawn if room not in rooms]
    wrong += test_support_in_product(files)
    above = set()
    for room, (knows, tests_know) in drawn.items():
        product, tests = found.get((room, False), {}), found.get((room, True), {})
        wrong += [
            f"{DRAWING}: '{room}' may know '{other}' only if that has a row above its own"
            for other in sorted(knows - above)
        ]
        wrong += [
            f"{place}: '{room}' may not know '{other}'; who may know what is in {DRAWING}"
            for other, place in product.items()
            if other not in knows
        ]
        wrong += [
            f"{place}: tests of '{room}' may not know '{other}'; see {DRAWING}"
            for other, place in tests.items()
            if other not in knows | tests_know
        ]
        wrong += [
            f"{DRAWING}: '{room}' includes nothing of '{other}': take that out of its row"
            for other in sorted((knows - set(product)) | (tests_know - set(tests)))
        ]
        above.add(room)
    return wrong


def check(root, paths):
    """`paths`: all files of the checkout."""
    sources = [p for p in paths if re.match(r"runner/.*\.(cc|h|h\.in)$", p)]
    files = {path: (root / path).read_text(encoding="utf-8") for path in sources}
    return faults((root / DRAWING).read_text(encoding="utf-8"), files)
