# SPDX-License-Identifier: GPL-2.0
"""A report as Markdown with GitHub's tables; plots by relative link."""
import re
from html import escape
from urllib.parse import quote

from blocks import (
    Answers,
    Badge,
    Bullets,
    Caution,
    Code,
    Figures,
    Fold,
    Link,
    Listing,
    Paragraph,
    Quantity,
    Section,
    Small,
    Strong,
    Table,
    line_of,
)
from ink import SIGNS

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&])")
PLAIN_CODE = re.compile(r"[\w./:=+@ -]+")


def text(said):
    """One line; nothing in it is markup."""
    return SPECIAL.sub(r"\\\1", " ".join(said.split()))


def between(said):
    """Text that keeps the blank before and after it."""
    return (
        " " * said[:1].isspace() + text(said) + " " * (bool(said.strip()) and said[-1:].isspace())
    )


def paragraph(block):
    """What would begin a list is no danger elsewhere in a line."""
    return re.sub(r"^(\d+)(?=[.)])|^(?=[-+=])", r"\1\\", line(block.line))


def code(said):
    return f"`{said}`" if PLAIN_CODE.fullmatch(said) and said == said.strip() else text(said)


SPANS = {
    str: between,
    Code: lambda span: code(span.text),
    Strong: lambda span: f"**{text(span.text)}**",
    Small: lambda span: f"<small>{text(span.text)}</small>",
    Quantity: lambda span: f"{text(span.text)} {text(span.unit)}".strip(),
    Link: lambda span: f"[{text(span.text)}]({quote(span.path)})",
    Badge: lambda span: f"{SIGNS[span.verdict]} **{text(span.text)}**",
}


def line(cell):
    return "".join(SPANS[type(span)](span) for span in line_of(cell)).strip()


def bullets(block):
    return "\n".join(f"- {line(item)}" for item in block.lines)


def answers(block):
    return "\n".join(f"- {line([mark, ' '])} {line(said)}" for mark, said in block.lines)


def caution(block):
    return f"> **{text(block.name)}.** {text(block.fact)}\n>\n> {text(block.remedy)}"


def table(block):
    rule = ["---:" if i in block.numeric else "---" for i in range(len(block.columns))]
    rows = [[text(name) for name in block.columns], rule] + [
        [line(cell) for cell in cells] for cells in block.rows
    ]
    return f"{text(block.caption)}\n\n" + "\n".join(
        "| " + " | ".join(cells) + " |" for cells in rows
    )


def listing(block):
    longest = max((len(run) for run in re.findall("`+", block.text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{block.text.rstrip()}\n{fence}"


def figure(block):
    plot = block.plot
    image = f"![{text(plot.alt)}]({quote(plot.name)}.svg)"
    return (
        f"{image}\n\n**{text(plot.title)}.**"
        f" {text(plot.caption)} ([PNG]({quote(plot.name)}.png))\n\n"
        f"{fold(Fold('As a table', [block.table]))}"
    )


def figures(block):
    return "\n\n".join(figure(item) for item in block.figures)


def fold(block):
    summary = f"<summary>{escape(block.summary)}</summary>"
    return f"<details>{summary}\n\n{render(block.blocks)}\n\n</details>"


def section(block):
    return f"## {text(block.title)}\n\n{render(block.blocks)}"


BLOCKS = {
    Paragraph: paragraph,
    Bullets: bullets,
    Answers: answers,
    Caution: caution,
    Table: table,
    Listing: listing,
    Figures: figures,
    Fold: fold,
    Section: section,
}


def render(blocks):
    return "\n\n".join(BLOCKS[type(block)](block) for block in blocks)


def markdown(report):
    eyebrow = " · ".join(text(fact) for fact in report.eyebrow)
    parts = [f"# {text(report.title)}", eyebrow]
    return "\n\n".join([*parts, render(report.introduction), render(report.sections)]) + "\n"
