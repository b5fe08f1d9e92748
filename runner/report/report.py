#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Usage: report.py DIR: result.json and comparison.json of DIR -> report.html, report.md and the
plots as SVG and PNG."""
import sys
import warnings

from answer import answer, before_after
from blocks import Paragraph, Report
from evidence import evidence
from output import in_folder, replace
from plots import plot_files
from shape import load
from to_html import html
from to_markdown import markdown
from trust import trust


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
    pages = {"report.html": html(report).encode(), "report.md": markdown(report).encode()}
    return pages | plot_files(plots)


def main(arguments):
    return in_folder(
        "report", __doc__, arguments, lambda folder: replace(folder, files_of(*load(folder)))
    )


if __name__ == "__main__":
    warnings.filterwarnings(
        "ignore", message="Glyph .* missing from current font"
    )  # a PNG shows a box for it
    sys.exit(main(sys.argv[1:]))
