# SPDX-License-Identifier: GPL-2.0
"""A report as one HTML file that asks nobody for anything and needs no script."""
import re
from html import escape
from pathlib import Path
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
    Spark,
    Strong,
    Table,
    line_of,
)
from ink import SIGNS, inline

# Whatever a document may contain, a browser loads nothing for it.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
LONG_NAME = 24  # characters: from here on a name gets a wider column
PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


def style():
    return (Path(__file__).parent / "style.css").read_text(encoding="utf-8")


def page(title, body):
    return PAGE.format(policy=POLICY, title=escape(title), style=style(), body=body)


def badge(span):
    sign = SIGNS[span.verdict]
    return (
        f'<span class="badge {span.verdict}" title="{span.verdict}"><span'
        f' aria-hidden="true">{sign}</span> {escape(span.text)}</span>'
    )


def breakable(name):
    """Metric names are long: they may break after a dot or an underscore."""
    return re.sub(r"([._])(?=\w)", r"\1<wbr>", name)


def quantity(span):
    """A line may break before the interval and before the unit; on a phone before the interval's
    upper end too."""
    value, *interval = span.text.replace(" to ", " to\u00a0").split(" (", 1)
    parts = [
        f'<span class="quantity">{escape(part)}</span>'
        for part in [value, *(f"({part}" for part in interval)]
        if part
    ]
    return " ".join(
        parts + ([f'<span class="unit">{escape(span.unit)}</span>'] if span.unit else [])
    )


SPARK_WIDTH, SPARK_HEIGHT, SPARK_EDGE = 120, 26, 3


def spark_lines(places):
    """Runs of places that follow each other; a gap is where there is no value."""
    lines = [[]]
    for place in places:
        if place:
            lines[-1].append(place)
        elif lines[-1]:
            lines.append([])
    return [line for line in lines if line]


def spark(span):
    there = [value for value in span.values if value is not None]
    low, high = min(there, default=0), max(there, default=0)
    across = (SPARK_WIDTH - 2 * SPARK_EDGE) / max(1, len(span.values) - 1)
    down = (SPARK_HEIGHT - 2 * SPARK_EDGE) / (high - low) if high > low else 0
    middle = 0 if down else SPARK_HEIGHT / 2 - SPARK_EDGE

    def place(i, value):
        y = SPARK_HEIGHT - SPARK_EDGE - middle - (value - low) * down
        return f"{SPARK_EDGE + i * across:.1f}", f"{y:.1f}"

    places = [None if v is None else place(i, v) for i, v in enumerate(span.values)]
    parts = [
        f'<polyline points="{" ".join(",".join(p) for p in line)}"/>'
        for line in spark_lines(places)
    ]
    dots = [places[i] for i in span.marks if places[i]]
    parts += [f'<circle cx="{x}" cy="{y}" r="2.4"/>' for x, y in dots]
    return (
        f'<svg class="spark" viewBox="0 0 {SPARK_WIDTH} {SPARK_HEIGHT}" role="img"'
        f' aria-label="{escape(span.label)}">{"".join(parts)}</svg>'
    )


SPANS = {
    str: escape,
    Code: lambda span: f"<code>{breakable(escape(span.text))}</code>",
    Strong: lambda span: f"<strong>{escape(span.text)}</strong>",
    Small: lambda span: f'<span class="note">{breakable(escape(span.text))}</span>',
    Quantity: quantity,
    Link: lambda span: f'<a href="{escape(quote(span.path))}">{escape(span.text)}</a>',
    Badge: badge,
    Spark: spark,
}


def line(cell):
    return "".join(SPANS[type(span)](span) for span in line_of(cell))


def paragraph(block):
    return (
        f'<p class="{block.role}">{line(block.line)}</p>'
        if block.role
        else f"<p>{line(block.line)}</p>"
    )


def bullets(block):
    return "<ul>" + "".join(f"<li>{line(item)}</li>" for item in block.lines) + "</ul>"


def answers(block):
    items = "".join(
        f"<li>{badge(mark)}<span>{line(said)}</span></li>" for mark, said in block.lines
    )
    return f'<ul class="answers">{items}</ul>'


def caution(block):
    return (
        f'<div class="caution" role="note"><p><strong>{escape(block.name)}.</strong>'
        f' {escape(block.fact)}</p><p class="remedy">{escape(block.remedy)}</p></div>'
    )


def row(cells, numeric):
    said = "".join(span if isinstance(span, str) else span.text for span in line_of(cells[0]))
    first = f'<th scope="row"{" class=long" if len(said) > LONG_NAME else ""}>{line(cells[0])}</th>'
    return (
        "<tr>"
        + first
        + "".join(
            f'<td{" class=number" if i in numeric else ""}>{line(cell)}</td>'
            for i, cell in enumerate(cells[1:], 1)
        )
        + "</tr>"
    )


def table(block):
    head = "".join(
        f'<th scope="col"{" class=number" if i in block.numeric else ""}>{escape(name)}</th>'
        for i, name in enumerate(block.columns)
    )
    rows = "\n".join(row(cells, block.numeric) for cells in block.rows)
    return (
        '<div class="scroll" tabindex="0" role="region"'
        f' aria-label="{escape(block.caption)}">'
        f"<table><caption><span>{escape(block.caption)}</span></caption>\n"
        f"<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody></table></div>"
    )


def listing(block):
    return (
        '<pre tabindex="0" role="region"'
        f' aria-label="{escape(block.label)}"><code>{escape(block.text)}</code></pre>'
    )


def figure(block):
    plot = block.plot
    return (
        f'<figure{" class=wide" if block.wide else ""}>'
        f'<div class="plot">{inline(plot.svg, plot.name, plot.alt)}</div>\n'
        f"<figcaption><strong>{escape(plot.title)}.</strong>"
        f' {escape(plot.caption)}</figcaption>\n{fold(Fold("As a table", [block.table]))}</figure>'
    )


def figures(block):
    return '<div class="figures">' + "\n".join(figure(item) for item in block.figures) + "</div>"


def fold(block):
    return (
        f"<details><summary>{escape(block.summary)}</summary>\n{render(block.blocks)}\n</details>"
    )


def section(block):
    return (
        f'<section aria-labelledby="{block.name}">'
        f'<h2 id="{block.name}">{escape(block.title)}</h2>\n{render(block.blocks)}\n</section>'
    )


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
    return "\n".join(BLOCKS[type(block)](block) for block in blocks)


def html(report):
    eyebrow = "".join(f"<li>{escape(fact)}</li>" for fact in report.eyebrow)
    header = (
        f'<header><ul class="eyebrow">{eyebrow}</ul>\n'
        f"<h1>{escape(report.title)}</h1>\n{render(report.introduction)}</header>"
    )
    return page(report.title, f"<main>\n{header}\n{render(report.sections)}\n</main>")
