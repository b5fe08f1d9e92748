#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Usage: report.py DIR: result.json and comparison.json of DIR -> report.html, report.md and the
plots as SVG and PNG."""
import sys
import warnings
from pathlib import Path

from answer import answer, before_after
from blocks import Paragraph, Report
from evidence import evidence
from load import Refused
from output import replace
from shape import load
from to_html import html
from to_markdown import markdown
from trust import trust

USAGE_ERROR = 2


def eyebrow(result):
    kernel = result["provenance"].get("kernel")
    release = kernel.get("release") if isinstance(kernel, dict) else kernel
    facts = [
        f"rxlab: {result['experiment']}",
        f"{result['lane']} lane",
        f"target {result['target']}",
        f"Linux {release}" if release else "",
    ]
    return [fact for fact in facts if fact]


def report_of(result, document):
    """(Report, plots)"""
    sections, plots = evidence(result, document)
    source = result["experiment_source"]
    introduction = [Paragraph([source["description"]])] if source["description"].strip() else []
    return (
        Report(
            source["question"].strip() or result["experiment"],
            eyebrow(result),
            introduction,
            [
                answer(result, document),
                before_after(result, document),
                *sections,
                *trust(result, document),
            ],
        ),
        plots,
    )


def files_of(result, document):
    """name -> bytes; the same documents give the same bytes."""
    report, plots = report_of(result, document)
    files = {"report.html": html(report).encode(), "report.md": markdown(report).encode()}
    for plot in plots:
        files[f"{plot.name}.svg"] = plot.svg.encode()
        files[f"{plot.name}.png"] = plot.png
    return files


def main(arguments):
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return USAGE_ERROR
    folder = Path(arguments[0])
    try:
        replace(folder, files_of(*load(folder)))
    except Refused as refused:
        print(f"rxlab report: {refused}", file=sys.stderr)
        return USAGE_ERROR
    return 0


if __name__ == "__main__":
    warnings.filterwarnings(
        "ignore", message="Glyph .* missing from current font"
    )  # a PNG shows a box for it
    sys.exit(main(sys.argv[1:]))
