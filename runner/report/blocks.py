# SPDX-License-Identifier: GPL-2.0
"""What a report consists of, whatever it is written in. A line is a list of strings and spans."""
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Code:
    text: str


@dataclass(frozen=True)
class Strong:
    text: str


@dataclass(frozen=True)
class Small:
    text: str


@dataclass(frozen=True)
class Badge:
    verdict: str  # the contract's word
    text: str


@dataclass(frozen=True)
class Quantity:
    text: str
    unit: str


@dataclass(frozen=True)
class Link:
    text: str
    path: str  # relative


@dataclass(frozen=True)
class Spark:
    """A row of values as small as a word."""

    values: tuple  # None: there is none at that place
    marks: tuple  # indexes that are marked
    label: str  # for those who do not see it


@dataclass
class Paragraph:
    line: list
    role: str = ""  # "lead" or "note"


@dataclass
class Bullets:
    lines: list


@dataclass
class Answers:
    """One (Badge, line) per arm."""

    lines: list


@dataclass
class Caution:
    """Something to know before believing the result, and what to do about it."""

    name: str
    fact: str
    remedy: str


@dataclass
class Table:
    caption: str
    columns: list  # names
    rows: list  # of cells: a line or a string each
    numeric: set = field(default_factory=set)  # indexes of right-aligned columns


@dataclass
class Listing:
    text: str
    label: str  # for those who do not see it


@dataclass
class Figure:
    plot: object  # plots.Plot
    table: Table
    wide: bool = False  # over the whole page


@dataclass
class Figures:
    figures: list


@dataclass
class Fold:
    summary: str
    blocks: list


@dataclass
class Section:
    title: str
    name: str  # its anchor
    blocks: list


@dataclass
class Report:
    title: str
    eyebrow: list  # short facts over the title
    introduction: list
    sections: list


def line_of(cell):
    return [cell] if isinstance(cell, str) or not isinstance(cell, (list, tuple)) else list(cell)
