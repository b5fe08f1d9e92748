#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Usage: flame.py DIR: attribution.json of DIR -> attribution.html, flame graphs as SVG, and
ARM.folded for other tools."""
import sys
from dataclasses import dataclass, field
from html import escape

import words
from blocks import Code, Figure, Figures, Paragraph, Report, Section, Table
from ink import INK
from load import Place, read_json
from output import in_folder, replace
from plots import Plot
from to_html import html

WIDTH, ROW, TEXT = 1200.0, 18.0, 6.6  # of a graph, a frame's height, a letter's width
LEAST = 0.8  # px; a narrower frame is left out
SHOWN = 30  # rows of a table
PORT = "port"  # the device of an access that is one to a port
WORTH = 0.5  # instructions per item: less than this is not listed as vanished
ITEMS = ("packet", "record", "message", "run")  # what instructions are told for


@dataclass
class Node:
    """A function by one way to it. Instructions per item, in it and below it."""

    total: float = 0.0
    children: dict = field(default_factory=dict)


def tree_of(cell):
    root = Node()
    for path, count in cell["stacks"].items():
        node, share = root, count / cell["packets"]
        node.total += share
        for name in path.split(";"):
            node = node.children.setdefault(name, Node())
            node.total += share
    return root


def functions_of(cell):
    """name -> (in itself, with all below it), each per item; a function that calls itself counts
    once."""
    found = {}
    for path, count in cell["stacks"].items():
        names, share = path.split(";"), count / cell["packets"]
        for name in set(names):
            own, below = found.get(name, (0.0, 0.0))
            found[name] = (own + (share if name == names[-1] else 0.0), below + share)
    return found


def kind_colour(name):
    return (
        "muted"
        if name == "[user]" or name.endswith(")")
        else "s4"
        if name.endswith("[bpf]")
        else "s2"
        if name.endswith("]")
        else "s6"
    )


def frames_of(root, before=None):
    """(depth, x, width, name, node, the node before or None); x and width in px, the widest
    first."""
    scale = WIDTH / root.total if root.total else 0
    frames, waiting = [], [(root, before, 0, 0.0)]
    while waiting:
        node, old, depth, x = waiting.pop()
        for name, child in sorted(node.children.items()):
            width = child.total * scale
            other = old.children.get(name) if old else None
            if width >= LEAST:
                frames.append((depth, x, width, name, child, other))
                waiting.append((child, other, depth + 1, x))
            x += width
    return frames


def graph(root, paint, said):
    """SVG of a tree, its roots at the bottom. paint(name, node, old) -> (colour, opacity);
    said(name, node, old) -> what a pointer shows."""
    frames = frames_of(*root)
    height = ROW * (1 + max((depth for depth, *_ in frames), default=0))
    parts = []
    for depth, x, width, name, node, old in frames:
        colour, opacity = paint(name, node, old)
        y = height - ROW * (depth + 1)
        letters = int((width - 6) / TEXT)
        shown = name if len(name) <= letters else name[: letters - 1] + "\u2026"
        text = (
            f'<text x="{x + 3:.1f}" y="{y + 13:.1f}" style="fill: {INK["ink"]}; font-size: 11px;'
            f' font-family: monospace">{escape(shown)}</text>'
            if letters > 2
            else ""
        )
        parts.append(
            f'<g><title>{escape(said(name, node, old))}</title><rect x="{x:.2f}" y="{y:.1f}"'
            f' width="{max(width - 0.4, 0.4):.2f}" height="{ROW - 1:.1f}" style="fill:'
            f' {INK[colour]}; fill-opacity: {opacity:.2f}"/>{text}</g>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}">'
        + "\n".join(parts)
        + "</svg>"
    )


def plain(cell):
    root = tree_of(cell)

    def said(name, node, _):
        return (
            f"{name}: {words.number(node.total)} instructions/{cell['item']},"
            f" {words.percent(node.total / root.total)}"
        )

    svg = graph((root, None), lambda name, node, old: (kind_colour(name), 0.45), said)
    caption = (
        "Each frame is a function, as wide as the instructions executed in it and below it; what"
        " called it is under it. Kernel blue, modules orange, BPF pink, user space grey. Counted,"
        " not sampled. Interrupts stand on ground of their own, whoever they came upon."
    )
    return Plot(
        f"flame-{words.slug(cell['label'])}",
        f"{cell['label']}: {words.number(root.total)} instructions per {cell['item']}",
        caption,
        f"Flame graph of {cell['label']}.",
        svg,
        b"",
    )


def differential(cell, base):
    root, old = tree_of(cell), tree_of(base)
    most = (
        max(
            [
                abs(node.total - (other.total if other else 0))
                for *_, node, other in frames_of(root, old)
            ]
            or [1.0]
        )
        or 1.0
    )

    def difference(node, other):
        return node.total - (other.total if other else 0.0)

    def paint(_, node, other):
        change = difference(node, other)
        strength = min(1.0, abs(change) / most)
        return (
            ("band", 1.0)
            if abs(change) < 0.05
            else ("better" if change < 0 else "worse", 0.15 + 0.75 * strength**0.5)
        )

    def said(name, node, other):
        return (
            f"{name}: {words.number(node.total)} instructions/{cell['item']},"
            f" {words.signed(difference(node, other))} against {base['label']}"
        )

    caption = (
        f"As wide as in {cell['label']}; green: fewer instructions in and below a function than by"
        f" the same way in {base['label']}, orange: more; the stronger, the more. What is no longer"
        " there has no width: the table of vanished functions has it."
    )
    return Plot(
        f"flame-difference-{words.slug(cell['label'])}",
        f"{cell['label']} against {base['label']}",
        caption,
        f"Differential flame graph of {cell['label']} against {base['label']}.",
        graph((root, old), paint, said),
        b"",
    )


def vanished(cell, base):
    """(way, instructions per item) of functions that only the baseline has, each with all that
    was below it; the most first."""
    found, waiting = [], [(tree_of(base), tree_of(cell), [])]
    while waiting:
        old, new, way = waiting.pop()
        for name, child in old.children.items():
            if name in new.children:
                waiting.append((child, new.children[name], [*way, name]))
            else:
                found.append((" \u203a ".join([*way[-2:], name]), child.total))
    return sorted(found, key=lambda pair: -pair[1])


def function_table(cell, base):
    new, old = functions_of(cell), functions_of(base)
    nothing = (0.0, 0.0)
    names = sorted(
        {*new, *old},
        key=lambda name: (-abs(new.get(name, nothing)[0] - old.get(name, nothing)[0]), name),
    )[:SHOWN]
    rows = []
    for name in names:
        (own, below), (own_before, below_before) = new.get(name, nothing), old.get(name, nothing)
        rows.append(
            [
                name,
                words.number(own_before),
                words.number(own),
                words.signed(own - own_before),
                words.signed(below - below_before),
            ]
        )
    return Table(
        f"Instructions per {cell['item']} in each function itself; the {len(rows)} that differ"
        " most",
        ["function", "before", "after", "difference", "with all below it"],
        rows,
        {1, 2, 3, 4},
    )


def share_table(cell):
    ranked = sorted(functions_of(cell).items(), key=lambda item: (-item[1][0], item[0]))[:SHOWN]
    return Table(
        f"Instructions per {cell['item']}; the {len(ranked)} functions with the most",
        ["function", "in itself", "with all below it"],
        [[name, words.number(own), words.number(below)] for name, (own, below) in ranked],
        {1, 2},
    )


def vanished_table(cell, base):
    rows = [
        [way, words.number(total)] for way, total in vanished(cell, base)[:SHOWN] if total >= WORTH
    ]
    return Table(
        "Vanished: what only the baseline executes, with all below it",
        ["function, and what called it", f"instructions per {cell['item']} before"],
        rows,
        {1},
    )


def accesses_of(cell):
    """(loads, stores, accesses of ports) per item, and the rows of the table: the most first."""
    loads = stores = ports = 0.0
    rows = []
    for access in cell["accesses"]:
        read, written = (access[kind] / cell["packets"] for kind in ("loads", "stores"))
        if access["device"] == PORT:
            ports += read + written
        else:
            loads, stores = loads + read, stores + written
        rows.append((access["function"], access["device"], read, written))
    rows.sort(key=lambda row: (-row[2] - row[3], row[:2]))
    return (loads, stores, ports), rows


def access_blocks(cell):
    """How often an item needs a device to answer: a cost that instructions do not have."""
    (loads, stores, ports), rows = accesses_of(cell)
    said = Paragraph(
        [
            f"Device accesses per {cell['item']}: {words.number(loads)} loads,"
            f" {words.number(stores)} stores, {words.number(ports)} port accesses. Each is one"
            " instruction in the figures"
            " above, and QEMU's device executes none: what a device takes to answer is in no number"
            " here. On real hardware a load from a device, and each access to a port, makes the CPU"
            " wait until the device has answered; a store to its memory is posted, and does not."
        ]
    )
    if not rows:
        return [said]
    table = Table(
        f"Accesses per {cell['item']} by function and device;"
        f" the {len(rows[:SHOWN])} most frequent",
        ["function", "device's memory", "loads", "stores"],
        [
            [function, device, words.number(read), words.number(written)]
            for function, device, read, written in rows[:SHOWN]
        ],
        {2, 3},
    )
    return [said, table]


def section_of(cell, base, number):
    figures = [Figure(plain(cell), share_table(cell), wide=True)]
    blocks = [Figures(figures), *access_blocks(cell)]
    if base is not cell:
        figures.append(Figure(differential(cell, base), function_table(cell, base), wide=True))
        blocks += [function_table(cell, base), vanished_table(cell, base)]
    return (
        Section(cell["label"] + (" (baseline)" if base is cell else ""), f"cell-{number}", blocks),
        figures,
    )


def load(folder):
    """attribution.json. @raises Refused"""
    path = folder / "attribution.json"
    document = read_json(path, f"write it with 'rxlab attribute EXPERIMENT --out {folder}'")
    place = Place(document, f"{path}:")
    for key in ("experiment", "question", "kernel", "command"):
        place.get(key).text()
    for cell in place.get("cells").items():
        for key in ("label", "arm"):
            cell.get(key).text()
        cell.get("baseline").boolean()
        cell.get("item").one_of(ITEMS)
        if not cell.get("packets").number() > 0:
            cell.get("packets").refuse("a number above 0")
        for count in cell.get("stacks").entries():
            count.number()
        for access in cell.get("accesses").items():
            for key in ("function", "device"):
                access.get(key).text()
            for key in ("loads", "stores"):
                access.get(key).number()
    return document


def baseline_of(document, cell):
    return next(
        (
            other
            for other in document["cells"]
            if other["baseline"] and other["factors"] == cell["factors"]
        ),
        cell,
    )


def files_of(document):
    made = [
        section_of(cell, baseline_of(document, cell), i) for i, cell in enumerate(document["cells"])
    ]
    introduction = [
        Paragraph(
            [
                (
                    "Every instruction of one trial's window, function by function: executed by a"
                    " guest with one CPU under QEMU, and counted by its translator, not sampled."
                    " Instructions are not time. Repeat it: "
                ),
                Code(document["command"]),
            ]
        )
    ]
    report = Report(
        document["question"],
        [
            f"rxlab: {document['experiment']}",
            "where its instructions are executed",
            f"Linux {document['kernel']}",
        ],
        introduction,
        [section for section, _ in made],
    )
    files = {"attribution.html": html(report).encode()}
    for _, figures in made:
        for figure in figures:
            files[f"{figure.plot.name}.svg"] = figure.plot.svg.encode()
    for cell in document["cells"]:
        files[f"{words.slug(cell['label'])}.folded"] = "".join(
            f"{path} {count}\n" for path, count in sorted(cell["stacks"].items())
        ).encode()
    return files


def main(arguments):
    return in_folder(
        "report", __doc__, arguments, lambda folder: replace(folder, files_of(load(folder)))
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
