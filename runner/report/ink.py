# SPDX-License-Identifier: GPL-2.0
"""Figures as SVG whose colours follow the page, and as PNG; the same input gives the same bytes."""
import io
import re
import textwrap
import unicodedata
from html import escape

import matplotlib

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

# Each colour in light; style.css has the same names, and their dark values. No two are equal: a
# colour stands for its name.
INK = {
    "ink": "#1c2126",
    "muted": "#59636d",
    "rule": "#cfd5da",
    "band": "#e3e7ea",
    "paper": "#fffffe",
    "better": "#00694f",
    "worse": "#b34700",
    "same": "#45515c",
    "inconclusive": "#7a5c00",
    "not_visible": "#6b737b",
    "invalid": "#a3122f",
    "s1": "#0067a6",
    "s2": "#c25400",
    "s3": "#007a5a",
    "s4": "#a84a86",
    "s5": "#8a6d00",
    "s6": "#3b8fc4",
}
# Every verdict has a colour above and a sign here, for those who see no colours.
SIGNS = {
    "better": "\u25cf",
    "worse": "\u25c6",
    "same": "=",
    "inconclusive": "?",
    "not_visible": "\u25cb",
    "invalid": "\u2715",
}
SERIES = ("s1", "s2", "s3", "s4", "s5", "s6")
DASHES = (
    "-",
    (0, (5, 1.6)),
    (0, (1.3, 1.3)),
    (0, (6, 1.4, 1.3, 1.4)),
    (0, (8, 2.5)),
    (0, (3, 1.2)),
)

SETTINGS = {
    "svg.fonttype": "none",
    "svg.hashsalt": "rxlab",
    "text.parse_math": False,
    "axes.unicode_minus": True,
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.5,
    "axes.linewidth": 0.8,
    "axes.facecolor": "none",
    "axes.edgecolor": INK["muted"],
    "axes.labelcolor": INK["muted"],
    "axes.formatter.useoffset": False,
    "xtick.color": INK["muted"],
    "ytick.color": INK["muted"],
    "text.color": INK["ink"],
    "axes.labelsize": 9,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.direction": "out",
    "ytick.direction": "out",
}
WIDTH = 5.0  # inches; 480 CSS pixels, so that a phone shows it nearly unscaled
FONT = re.compile(r"font: ([0-9.]+)px [^;\"]*")


def wrapped(label, width=28, lines=3):
    if any(unicodedata.east_asian_width(letter) in "WF" for letter in label):
        width //= 2
    parts = textwrap.wrap(label, width, break_long_words=True, break_on_hyphens=True) or [""]
    if len(parts) > lines:
        parts = parts[:lines]
        parts[-1] = parts[-1][: width - 1] + "\u2026"
    return "\n".join(parts)


def bare(axes, *, left=False):
    """No frame but the scale."""
    for side in ("top", "right") + (() if left else ("left",)):
        axes.spines[side].set_visible(False)
    if not left:
        axes.tick_params(left=False, labelleft=False)


def make(height):
    return Figure(figsize=(WIDTH, height), facecolor=INK["paper"])


def svg_of(figure, name):
    """SVG as a file of its own, in the light colours."""
    with matplotlib.rc_context({**SETTINGS, "svg.hashsalt": f"rxlab-{name}"}):
        out = io.StringIO()
        FigureCanvasSVG(figure).print_svg(
            out, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
        )
    text = out.getvalue()
    text = text[text.index("<svg") :]
    text = FONT.sub(
        r"font-size: \1px; font-family: system-ui, 'Liberation Sans', 'DejaVu Sans', sans-serif",
        text,
    )
    return re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.S)


def png_of(figure):
    with matplotlib.rc_context(SETTINGS):
        out = io.BytesIO()
        FigureCanvasAgg(figure)
        figure.savefig(
            out, format="png", dpi=192, metadata={"Software": None}, facecolor=INK["paper"]
        )
    return out.getvalue()


def named_colours(style):
    for key, colour in INK.items():
        style = style.replace(colour, f"var(--{key})")
    return style


def inline(svg, name, title):
    """The SVG as part of a page: the page's colours, ids of its own, a name for those who do not
    see it, no style that leaks."""
    svg = re.sub(r'style="[^"]*"', lambda style: named_colours(style.group()), svg)
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>\s*", "", svg, count=1, flags=re.S)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r'(xlink:href="#|url\(#)([^")]+)', rf"\g<1>{name}-\2", svg)
    box = re.search(r'viewBox="([^"]+)"', svg).group(1)
    return (
        f'<svg viewBox="{box}" role="img" aria-label="{escape(title)}">' + svg[svg.index(">") + 1 :]
    )
