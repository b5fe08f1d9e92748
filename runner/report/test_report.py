# SPDX-License-Identifier: GPL-2.0
import contextlib
import copy
import io
import json
import random
import re
import subprocess
import tempfile
import unittest
import warnings
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import answer
import cautions
import capacity
import cells
import effects
import evidence
import ink
import latency
import load
import report
import sample
import sampled
import shape
import sweep
import to_html
import to_markdown
import trust
import waterfall
import words
from blocks import Bullets, Code, Listing, Paragraph, Quantity, Table
from load import Place, Refused
from output import LIST, digest, replace

ROOM = Path(__file__).resolve().parent
VOID = {"meta", "br", "wbr", "link"}


def files_of(made):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from current font")
        return report.files_of(*made)


def run(*arguments):
    """(exit status, stderr)"""
    err = io.StringIO()
    with contextlib.redirect_stderr(err), warnings.catch_warnings():
        warnings.filterwarnings("ignore")
        return report.main([str(argument) for argument in arguments]), err.getvalue()


class Balance(HTMLParser):
    """Every tag closed, no id twice, nothing loaded, no script."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.faults = [], set(), []

    def handle_starttag(self, tag, attributes):
        self.look(tag, dict(attributes))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.look(tag, dict(attributes))

    def look(self, tag, attributes):
        if tag in ("script", "link", "iframe", "img", "object", "image"):
            self.faults.append(f"<{tag}>")
        if attributes.get("id") in self.ids:
            self.faults.append(f"id {attributes['id']} twice")
        self.ids.add(attributes.get("id") or object())
        self.faults += [f"{tag} {key}" for key in attributes if key.startswith("on")]
        self.faults += [
            f"{key}={value}"
            for key, value in attributes.items()
            if key in ("src", "href", "xlink:href") and value.split("#")[0] and tag != "a"
        ]

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")


class EveryKind(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = {kind: files_of(make()) for kind, make in sample.KINDS.items()}

    def html(self, kind):
        return self.files[kind]["report.html"].decode()

    def markdown(self, kind):
        return self.files[kind]["report.md"].decode()

    def test_html_is_whole_and_loads_nothing(self):
        for kind in self.files:
            page = Balance()
            page.feed(self.html(kind))
            self.assertEqual((kind, page.faults, page.open), (kind, [], []))

    def test_html_names_no_outside_place(self):
        for kind in self.files:
            self.assertNotRegex(self.html(kind), r"https?://|@import|url\((?!#)")

    def test_markdown_tables_have_as_many_cells_in_every_row(self):
        for kind in self.files:
            for table in re.findall(r"(?:^\|.*\n?)+", self.markdown(kind), re.M):
                counts = {len(re.findall(r"(?<!\\)\|", row)) for row in table.strip().split("\n")}
                self.assertEqual((kind, len(counts)), (kind, 1), table[:300])

    def test_markdown_images_are_files_beside_it(self):
        for kind, files in self.files.items():
            for path in re.findall(r"\]\(([^)]+\.(?:svg|png))\)", self.markdown(kind)):
                self.assertIn(path, files)

    def test_plots_are_well_formed_and_have_no_outside_reference(self):
        for files in self.files.values():
            for name, content in files.items():
                if name.endswith(".svg"):
                    ElementTree.fromstring(content)
                    self.assertNotRegex(content.decode(), r'href="(?!#)')
                if name.endswith(".png"):
                    self.assertEqual(content[:4], b"\x89PNG")

    def test_inline_plots_take_their_colours_from_the_page(self):
        plots = re.findall(r"<svg.*?</svg>", self.html("pair"), re.S)
        self.assertTrue(plots)
        for plot in plots:
            self.assertNotRegex(plot, r"(fill|stroke): #")
            self.assertIn('role="img" aria-label="', plot)

    def test_every_plot_is_also_a_table(self):
        self.assertEqual(self.html("pair").count("<figure>"), self.html("pair").count("As a table"))

    def test_counted_lane_never_says_time(self):
        for kind in ("pair", "many", "two_runs"):
            self.assertNotRegex(self.html(kind) + self.markdown(kind), r"(?i)faster|slower|speed")
            self.assertIn("fewer instructions", self.html(kind))

    def test_counted_lane_says_what_its_differences_said_of_time(self):
        made, document = sample.pair()
        document["in_time"] = "Of 101 pairs 86 had the same order <in time>."
        page = files_of((made, document))["report.html"].decode()
        self.assertIn("86 had the same order &lt;in time&gt;.", page)
        self.assertIn("answer: <code>make concordance</code>.", page)
        self.assertNotIn("make concordance", self.html("pair"))

    def test_metrics_that_are_not_ranked_are_said_to_be_once(self):
        self.assertEqual(self.html("pair").count("They are reported and not ranked"), 1)
        self.assertNotIn("reported and not ranked", self.html("alone"))

    def test_the_method_ranks_by_primary_metrics_only(self):
        self.assertIn(
            (
                "| `softirq.net_rx.raise_to_entry.p99` | a probe in a window of its own | BPF"
                " programs on the kernel's softIRQ and IRQ tracepoints | reported, not ranked | 31"
                " instructions | native 11 instructions |"
            ),
            self.markdown("pair"),
        )
        self.assertIn("| `softirq.net_rx.entry_to_exit.per_packet` |", self.markdown("pair"))

    def test_a_handler_is_timed_per_run_and_beside_it_per_packet(self):
        table = (
            re.search(
                (
                    r"softirq\.net\\_rx\.entry\\_to\\_exit, instructions per run; per packet:"
                    r" .*?\n\n(.*?)\n\n"
                ),
                self.markdown("pair"),
                re.S,
            )
            .group(1)
            .split("\n")
        )
        self.assertEqual(
            [line.split(" | ")[i] for line in table for i in (0, 1, -1)],
            [
                "| arm",
                "runs",
                "per packet |",
                "| ---",
                "---:",
                "---: |",
                "| plain",
                "300 000",
                "51 |",
                "| native",
                "300 000",
                "41 |",
            ],
        )
        self.assertIn("the table has the cost per packet", self.html("pair"))
        self.assertIn("instructions per run (log scale)", self.html("pair"))

    def test_delta_is_a_letter_and_explained_once(self):
        for kind in self.files:
            said = re.sub(r"<pre.*?</pre>|<style.*?</style>", "", self.html(kind), flags=re.S)
            self.assertNotRegex(said, r"\bdelta\b")
            self.assertEqual(said.count("the smallest change that counts"), 1)

    def test_one_error_is_shared_by_all_arms(self):
        self.assertIn(
            "The primary metrics of all arms together share one error of 5 % (Holm's step-down)",
            self.markdown("pair"),
        )

    def test_idling_is_left_out(self):
        self.assertIn("idling left out", self.html("pair"))
        self.assertNotIn("idle excluded", self.html("pair"))

    def test_a_long_table_is_a_box_that_scrolls(self):
        for kind in self.files:
            self.assertEqual(
                self.html(kind).count("<table>"), self.html(kind).count('<div class="scroll"')
            )

    def test_the_answer_comes_before_the_numbers(self):
        names = re.findall(r'<h2 id="([^"]+)"', self.html("pair"))
        self.assertEqual(
            names,
            [
                "answer",
                "before-after",
                "plots",
                "latencies",
                "method",
                "lane",
                "interval",
                "checks",
                "time",
                "repeat",
                "provenance",
            ],
        )

    def test_odd_names_are_text_everywhere(self):
        self.assertNotIn("<b>", self.html("many"))
        self.assertIn("00 &lt;b&gt;&amp;&quot;&#x27;|`*_$x^2$ \u6f22\u5b57", self.html("many"))
        self.assertIn("00 \\<b\\>\\&\"'\\|\\`\\*\\_\\$x^2\\$ \u6f22\u5b57", self.markdown("many"))

    def test_many_arms_share_no_more_than_seven_curves_a_plot(self):
        names = [
            name
            for name in self.files["many"]
            if name.startswith("latency-") and name.endswith(".svg")
        ]
        self.assertEqual(len(names), 5)

    def test_kernel_log_is_text(self):
        self.assertNotIn("<script", self.html("broken"))
        self.assertIn("&lt;script&gt;alert(1)", self.html("broken"))

    def test_expected_failure_is_no_fault(self):
        self.assertIn(
            (
                "plain is faulty on purpose; conservation fails as expected, first with: sent 10,"
                " counted 8: 2 packets missing"
            ),
            self.html("lossy"),
        )
        self.assertNotIn("Failed checks", self.html("lossy"))

    def test_what_a_lane_cannot_see_has_no_number(self):
        self.assertIn(
            "packets_per_second` is not visible here: the functional lane does not rank time",
            self.markdown("lossy"),
        )
        self.assertNotIn("forest-packets-per-second.svg", self.files["lossy"])

    def test_undefined_ratio_is_shown_as_a_difference(self):
        self.assertIn("forest-difference-lost-fraction.svg", self.files["lossy"])

    def test_a_result_without_trials_says_so(self):
        self.assertIn("The run has no trials.", self.html("empty"))

    def test_a_baseline_alone_has_its_values_drawn(self):
        self.assertIn("values-instructions-per-packet.svg", self.files["alone"])
        self.assertIn("nothing to compare", self.html("alone"))

    def test_two_unpaired_runs_have_no_paired_plot(self):
        self.assertNotIn("paired-instructions-per-packet.svg", self.files["two_runs"])

    def test_same_input_same_bytes(self):
        for kind in ("pair", "lossy", "timed"):
            self.assertEqual(self.files[kind], files_of(sample.KINDS[kind]()))

    def test_another_process_gives_the_same_bytes(self):
        with tempfile.TemporaryDirectory() as folder:
            sample.put(Path(folder), sample.pair())
            done = subprocess.run(
                ["/usr/bin/python3", str(ROOM / "report.py"), folder],
                capture_output=True,
                text=True,
            )
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
            for name, content in self.files["pair"].items():
                self.assertEqual((Path(folder) / name).read_bytes(), content, name)


class Answer(unittest.TestCase):
    def document(self, *ratios, verdicts=None):
        made = [
            sample.comparison(
                f"arm{i}",
                [
                    sample.row(
                        ratio=ratio,
                        ci_low=ratio - 0.01,
                        ci_high=ratio + 0.01,
                        verdict=(verdicts or {}).get(i, "better"),
                    )
                ],
            )
            for i, ratio in enumerate(ratios)
        ]
        return sample.document(comparisons=made)

    def test_one_arm_is_said_by_its_headline(self):
        self.assertEqual(
            answer.lead(sample.document()), "native needs 0.80x the instructions of plain."
        )

    def test_many_arms_are_said_by_their_ends(self):
        self.assertEqual(
            answer.lead(self.document(0.6, 0.4, 0.5)),
            (
                "all 3 arms; instructions per packet as a ratio to plain: from 0.40 (0.39 to 0.41)"
                " in arm1 to 0.60 (0.59 to 0.61) in arm0."
            ),
        )

    def test_arms_of_unlike_verdicts_are_counted(self):
        self.assertIn(
            "of 3 arms 2 fewer instructions and 1 more instructions; ",
            answer.lead(self.document(0.6, 1.4, 0.5, verdicts={1: "worse"})),
        )

    def test_fewer_instructions_are_said_of_instructions_only(self):
        lost = dict(unit="1", primary=True)
        for rows, said in (
            ([sample.row()], "fewer instructions"),
            ([sample.row("irq.p99", unit="instructions")], "fewer instructions"),
            ([sample.row("lost_fraction", **lost)], "better"),
            ([sample.row(), sample.row("lost_fraction", **lost)], "better"),
            (
                [sample.row(), sample.row("lost_fraction", verdict="same", **lost)],
                "fewer instructions",
            ),
            (
                [sample.row(verdict="worse"), sample.row("lost_fraction", **lost)],
                "more instructions",
            ),
            (
                [sample.row("ring.interrupts_per_mib", verdict="worse", unit="interrupts/MiB")],
                "worse",
            ),
        ):
            page = to_markdown.render(
                answer.answer(
                    sample.result(), sample.document(comparisons=[sample.comparison(rows=rows)])
                ).blocks
            )
            self.assertEqual(
                re.findall(r"[\u25cf\u25c6] \*\*([^*]+)\*\*", page), [said, said], rows
            )

    def test_two_runs_keep_their_headline(self):
        self.assertEqual(
            answer.lead(sample.two_runs()[1]), "native needs 0.80x the instructions of plain."
        )

    def test_a_summary_keeps_its_own_capitals(self):
        self.assertEqual(
            to_markdown.line(answer.arm_line(sample.comparison(), {"native": "nftables"}))[:23],
            "**native** (nftables): ",
        )

    def test_an_arm_tells_how_the_kernel_attached_its_program(self):
        done, _ = sample.two_runs()
        for trial in done["trials"]:
            if trial["arm"] == "native":
                trial["facts"]["xdp_attached"] = {"eth1": "generic"}
        said = answer.summaries_of(done)
        self.assertEqual(said["native"], "what it does; attached: generic XDP")
        self.assertEqual(said["plain"], "what it does")

    def test_the_unit_is_said_once_by_the_caption(self):
        table = to_markdown.table(
            answer.primary_table(sample.document(), "instructions_per_packet")
        )
        self.assertEqual(table.count("instructions/packet"), 1)
        self.assertIn("| arm | before | after | change | ratio | verdict |", table)

    def test_other_metrics_that_do_not_differ_are_named_once(self):
        unseen = dict(seen=False, reason="no time here", kind="time", unit="ns")
        rows = [
            sample.row(),
            sample.other("sent", (5.0, 5.0), (5.0, 5.0), False, kind="descriptive", unit="packets"),
            sample.other("lost", (0.0, 0.0), (0.0, 0.0), False, kind="loss", unit="packets"),
            sample.other("a_ns", (5.0,), (6.0,), **unseen),
            sample.other("b_ns", (5.0,), (6.0,), **unseen),
            sample.other("new", (), (6.0,), reason="only after has it"),
        ]
        self.assertEqual(
            [
                to_markdown.line(note.line)
                for note in answer.other_blocks(sample.comparison(rows=rows))
            ],
            [
                "Equal on both sides in every round: `sent` 5 packets.",
                "Zero on both sides in every round: `lost`.",
                "Not compared, no time here: `a_ns`, `b_ns`.",
                "Not compared, only after has it: `new`.",
            ],
        )

    def test_other_metrics_are_told_by_the_size_of_their_change_and_have_no_verdict(self):
        rows = [
            sample.other("polls", (5.0, 5.0), (9.0, 9.0), False, kind="descriptive"),
            sample.other("a_third_more", (6.0, 6.0), (8.0, 8.0)),
            sample.other("drops", (5.0, 5.0), (9.0, 9.0), False, kind="loss"),
            sample.other("halved", (8.0, 8.0), (4.0, 4.0)),
            sample.other("doubled", (4.0, 4.0), (8.0, 8.0)),
        ]
        (table,) = answer.other_blocks(sample.comparison(rows=[sample.row(), *rows]))
        self.assertEqual(table.columns, ["metric", "before", "after", "change", "ratio"])
        self.assertEqual(
            [to_markdown.line(row[0]) for row in table.rows],
            ["`doubled`", "`halved`", "`a_third_more`", "`drops`", "`polls`"],
        )
        self.assertTrue(all(len(row) == len(table.columns) for row in table.rows))

    def test_other_metrics_of_a_spoilt_arm_say_so(self):
        spoilt = sample.comparison(
            rows=[
                sample.row(verdict="invalid"),
                sample.row("p50", verdict="invalid", primary=False),
            ],
            reasons=["native: conservation failed"],
        )
        self.assertEqual(
            to_markdown.line(answer.other_blocks(spoilt)[0].line),
            "\u2715 **invalid** native: conservation failed.",
        )

    def test_reasons_call_delta_by_its_letter(self):
        row = sample.row(verdict="inconclusive", reason="the interval reaches across delta")
        self.assertIn("the interval reaches across \u03b4", answer.row_sentence(row))
        self.assertEqual(
            to_markdown.line(answer.verdict_cell(row)),
            "? **inconclusive** the interval reaches across \u03b4",
        )
        said = answer.lead(
            sample.document(
                comparisons=[sample.comparison(rows=[row])],
                headline="native is undecided, the interval reaches across delta: 1x",
            )
        )
        self.assertEqual(said, "native is undecided, the interval reaches across \u03b4: 1x")


class Cautions(unittest.TestCase):
    def names(self, made):
        return [caution.name for caution in cautions.cautions(*made)]

    def test_a_sound_run_has_none(self):
        self.assertEqual(self.names(sample.pair()), [])

    def test_timed_lane_tells_of_its_machine(self):
        self.assertEqual(
            self.names(sample.timed()),
            [
                "Undecided",
                "Drift",
                "Machine not quiet",
                "Changed checkout",
                "Little time in trials",
            ],
        )

    def test_a_benchmark_that_shared_its_cpus(self):
        made, document = sample.pair()
        made["trials"][0]["metrics"]["bench.on_cpu_fraction"] = sample.metric(0.97, "1", "none")
        self.assertEqual(self.names((made, document)), [])
        made["trials"][1]["metrics"]["bench.on_cpu_fraction"] = sample.metric(0.52, "1", "none")
        self.assertIn(
            (
                "CPUs shared",
                (
                    "In 1 of 2 trials the benchmark's threads had a CPU for less than 95\u00a0% of"
                    " the time, at worst 52\u00a0%: the rest went to other work, or to this"
                    " machine's own host."
                ),
            ),
            [(caution.name, caution.fact) for caution in cautions.cautions(made, document)],
        )

    def test_drift_is_seen_in_records_too(self):
        made, document = sample.timed()
        for trial in made["trials"]:
            trial["metrics"]["ns_per_record"] = trial["metrics"].pop("ns_per_packet")
        self.assertIn("Drift", self.names((made, document)))

    def test_failed_checks(self):
        self.assertEqual(self.names(sample.broken()), ["Failed checks"])

    def test_unfinished(self):
        made, document = sample.pair()
        made["trials"].pop()
        self.assertEqual(self.names((made, document)), ["Unfinished"])

    def test_a_run_that_ended_at_a_look_is_not_unfinished(self):
        made, document = sample.pair()
        made["plan"]["trials"] = [{"round": trial["round"]} for trial in made["trials"]]
        made["plan"]["looks"] = [2]
        made["trials"] = [trial for trial in made["trials"] if trial["round"] < 2]
        self.assertNotIn("Unfinished", self.names((made, document)))
        made["trials"].pop()
        self.assertIn("Unfinished", self.names((made, document)))

    def test_rounds_too_few_for_what_all_arms_share(self):
        none = dict(
            verdict="inconclusive",
            difference_low=None,
            difference_high=None,
            confidence=0.9917,
            least_clusters=8,
            reason="too few rounds for this confidence",
        )
        made = sample.sound(), sample.document(
            comparisons=[
                sample.comparison(rows=[sample.row(before=[1.0] * 7, after=[1.1] * 7, **none)])
            ]
        )
        self.assertEqual(
            [(caution.name, caution.fact) for caution in cautions.cautions(*made)],
            [
                (
                    "Too few rounds",
                    "7 independent rounds: too few for an interval at 99.17 %, which takes 8.",
                )
            ],
        )

    def test_kernel_log_not_read(self):
        made, document = sample.pair()
        for trial in made["trials"][:2]:
            del trial["checks"]["no_splats"]
        found = cautions.cautions(made, document)
        self.assertEqual(
            [(caution.name, caution.fact, caution.remedy) for caution in found],
            [
                (
                    "Kernel log not read",
                    (
                        "The kernel log could not be read in 2 of 6 trials: a warning in it would"
                        " go unseen."
                    ),
                    "Run as root, or where /dev/kmsg is readable.",
                )
            ],
        )
        self.assertEqual(
            trust.no_splats(made), "The kernel complained in no trial whose log was read."
        )
        for trial in made["trials"]:
            trial["checks"].pop("no_splats", None)
        self.assertEqual(trust.no_splats(made), "The kernel log was read in no trial.")

    def test_undecided_with_rounds_enough(self):
        rows = [sample.row(before=[1.0] * 8, after=[1.1] * 8, verdict="inconclusive")]
        self.assertEqual(
            self.names(
                (sample.sound(), sample.document(comparisons=[sample.comparison(rows=rows)]))
            ),
            ["Undecided"],
        )

    def test_nothing_to_rank(self):
        rows = [sample.row(verdict="not_visible", reason="cannot")]
        self.assertEqual(
            self.names(
                (sample.sound(), sample.document(comparisons=[sample.comparison(rows=rows)]))
            ),
            ["Nothing to rank"],
        )

    def test_dear_probes_and_rare_events(self):
        made, document = sample.pair()
        for trial in made["trials"]:
            trial["metrics"]["probe_cost.softirq.instructions_per_packet"]["value"] = 50.0
            trial["curves"] = {"irq.entry_to_exit": sample.curve()}
        self.assertEqual(self.names((made, document)), ["Dear probes", "Rare events"])

    def test_rare_events_of_a_vector_that_is_not_drawn_are_no_caution(self):
        made, document = sample.pair()
        for trial in made["trials"]:
            trial["curves"] = {"softirq.rcu.entry_to_exit": sample.curve()}
        self.assertEqual(self.names((made, document)), [])

    def test_each_has_a_remedy_and_a_name_of_its_own(self):
        self.assertEqual(len({name for name, _, _ in cautions.CAUTIONS}), len(cautions.CAUTIONS))
        self.assertTrue(all(remedy.endswith(".") for _, _, remedy in cautions.CAUTIONS))


class Refusals(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.folder = Path(self.scratch.name) / "run"
        self.folder.mkdir()
        sample.put(self.folder, sample.pair())

    def refusal(self):
        status, err = run(self.folder)
        self.assertEqual((status, err.count("\n")), (2, 1), err)
        self.assertEqual(
            sorted(
                path.name
                for path in self.folder.iterdir()
                if path.suffix in (".html", ".md", ".svg", ".part")
            ),
            [],
        )
        return err.replace(str(self.folder), "DIR").strip()

    def rewrite(self, name, change):
        made = json.loads((self.folder / name).read_text())
        change(made)
        (self.folder / name).write_text(json.dumps(made))

    def test_missing_file(self):
        (self.folder / "comparison.json").unlink()
        self.assertEqual(
            self.refusal(),
            (
                "rxlab report: DIR/comparison.json: No such file or directory; write both documents"
                " with 'rxlab run EXPERIMENT --out DIR'"
            ),
        )

    def test_missing_folder(self):
        self.assertEqual(run(self.folder / "no")[0], 2)

    def test_torn_file_with_its_place(self):
        (self.folder / "result.json").write_text('{"schema_version": 1,\n "experiment": ')
        self.assertEqual(
            self.refusal(),
            (
                "rxlab report: DIR/result.json:2:16: Expecting value; write both documents with"
                " 'rxlab run EXPERIMENT --out DIR'"
            ),
        )

    def test_not_text(self):
        (self.folder / "result.json").write_bytes(b"{\xff}")
        self.assertIn("DIR/result.json: byte 1 is not UTF-8", self.refusal())

    def test_too_deep(self):
        (self.folder / "result.json").write_text("[" * 100000)
        self.assertIn("nested too deeply", self.refusal())

    def test_characters_that_no_page_may_have_are_replaced_however_they_are_written(self):
        escapes = [r"\b", r"\f", r"\r", r"\u001b", r"\ud800", "\x7f"]
        for text in escapes:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder, "x.json")
                file.write_text('{"a%sb": ["c%sd", 1]}' % (text, text), encoding="utf-8")
                read = load.read_json(file, "next")
            self.assertEqual(read, {"a\ufffdb": ["c\ufffdd", 1]}, text)

    def test_no_number(self):
        for text in ("NaN", "1e999", "1" + "0" * 400):
            (self.folder / "result.json").write_text('{"wall_s": %s}' % text)
            self.assertIn("DIR/result.json: ", self.refusal())

    def test_another_schema(self):
        self.rewrite("result.json", lambda made: made.update(schema_version=2))
        self.assertEqual(
            self.refusal(),
            (
                "rxlab report: DIR/result.json:/schema_version: expected 1 (this report's), got 2;"
                " write it with this checkout's rxlab"
            ),
        )

    def test_missing_field(self):
        self.rewrite("result.json", lambda made: made["trials"][1].pop("metrics"))
        self.assertEqual(
            self.refusal(),
            (
                "rxlab report: DIR/result.json:/trials/1: metrics is missing; write it with this"
                " checkout's rxlab"
            ),
        )

    def test_wrong_type(self):
        self.rewrite(
            "comparison.json",
            lambda made: made["comparisons"][0]["metrics"][0].update(ratio="much"),
        )
        self.assertEqual(
            self.refusal(),
            (
                "rxlab report: DIR/comparison.json:/comparisons/0/metrics/0/ratio: expected a"
                ' number, got "much"; write it with this checkout\'s rxlab'
            ),
        )

    def test_what_only_the_schema_refuses(self):
        self.rewrite("result.json", lambda made: made["experiment_source"].update(factors=-1))
        self.assertEqual(
            self.refusal(),
            "rxlab report: DIR/result.json:/experiment_source/factors: must be array;"
            " write it with this checkout's rxlab",
        )

    def test_a_number_too_small_to_be_drawn(self):
        self.rewrite(
            "comparison.json",
            lambda made: made["comparisons"][0]["metrics"][0]["after_values"].append(5e-324),
        )
        self.assertEqual(
            self.refusal(),
            "rxlab report: DIR/comparison.json: 5e-324 is not a number that can be drawn;"
            " write both documents with 'rxlab run EXPERIMENT --out DIR'",
        )

    def test_two_runs_mixed_up(self):
        self.rewrite("comparison.json", lambda made: made.update(lane="timed"))
        self.assertEqual(
            self.refusal(),
            (
                "rxlab report: DIR: result.json is of lane counted, comparison.json of timed; put"
                " both files of one run there"
            ),
        )

    def test_folder_where_a_file_cannot_be_written(self):
        (self.folder / "report.html").mkdir()
        status, err = run(self.folder)
        self.assertEqual(
            (status, err.replace(str(self.folder), "DIR")),
            (
                2,
                (
                    "rxlab report: DIR/report.html: Is a directory; free space, or choose a folder"
                    " that you may write to\n"
                ),
            ),
        )
        self.assertEqual(
            [path.name for path in self.folder.iterdir() if path.name.endswith(".part")], []
        )

    def test_files_of_the_report_before_go_and_nobody_else_s(self):
        replace(self.folder, {"a.svg": b"1", "b.svg": b"2", "c.svg": b"3"})
        (self.folder / "b.svg").write_bytes(b"a stranger's")
        outside = self.folder.parent / "outside.svg"
        outside.write_bytes(b"1")
        with (self.folder / LIST).open("a") as listed:
            listed.write(f"{digest(b'1')}  ../outside.svg\n{digest(b'1')}  gone.svg\nnonsense\n")
        (self.folder / "d.svg").write_bytes(b"1")
        replace(self.folder, {"c.svg": b"4"})
        left = {path.name: path.read_bytes() for path in self.folder.glob("*.svg")}
        self.assertEqual(left, {"b.svg": b"a stranger's", "c.svg": b"4", "d.svg": b"1"})
        self.assertTrue(outside.exists())
        self.assertEqual((self.folder / LIST).read_text(), f"{digest(b'4')}  c.svg\n")

    def test_a_report_lists_what_it_wrote(self):
        self.assertEqual(run(self.folder)[0], 0)
        plots = {path.name for path in self.folder.glob("*.svg")}
        sample.put(self.folder, (sample.sound(), sample.document(comparisons=[])))
        (self.folder / "old.svg").write_bytes((self.folder / min(plots)).read_bytes())
        self.assertEqual(run(self.folder)[0], 0)
        listed = {line.split("  ")[1] for line in (self.folder / LIST).read_text().splitlines()}
        left = {path.name for path in self.folder.glob("*.svg")}
        self.assertEqual(left, {name for name in listed if name.endswith(".svg")} | {"old.svg"})
        self.assertTrue(plots - left, "the other report has as many plots")

    def test_usage(self):
        for arguments in ((), ("a", "b"), ("--help",)):
            status, err = run(*arguments)
            self.assertEqual(status, 2)
            self.assertIn("Usage: report.py DIR", err)

    def test_a_damaged_document_is_refused_or_shown_and_nothing_else(self):
        chance = random.Random(5)
        odd = [None, 0, -1, 1e140, "", "a|b\n<b>", [], {}, [None], True, "\ud800", "\x1b[1m"]
        for _ in range(30):
            made = sample.KINDS[chance.choice(["pair", "lossy", "empty"])]()
            document = made[chance.randrange(2)]
            for _ in range(chance.randrange(1, 5)):
                inner = [
                    value
                    for value in (document.values() if isinstance(document, dict) else document)
                    if isinstance(value, (dict, list)) and value
                ]
                document = chance.choice(inner) if inner else document
            document[
                chance.choice(list(document)) if isinstance(document, dict) else 0
            ] = copy.deepcopy(chance.choice(odd))
            sample.put(self.folder, made)
            with contextlib.suppress(Refused):
                report.report_of(*shape.load(self.folder))


class Numbers(unittest.TestCase):
    def test_number(self):
        said = {
            0: "0",
            3650.123: "3\u202f650",
            12.3456: "12.35",
            -0.5: "\u22120.5",
            0.00001: "1.000e\u221205",
            1e12: "1.000e+12",
            1234567: "1\u202f234\u202f567",
            100: "100",
        }
        self.assertEqual({value: words.number(value) for value in said}, said)

    def test_interval_has_decimals_enough_to_tell_its_ends_apart(self):
        self.assertEqual(words.interval(0.78737, 0.78678, 0.78796), "0.7874 (0.7868 to 0.7880)")
        self.assertEqual(words.interval(2.0, 1.5, 2.5), "2.00 (1.50 to 2.50)")
        self.assertEqual(words.interval(2.0, None, None), "2 (no interval)")
        self.assertEqual(words.interval(None, None, None), "\u2013")

    def test_span_is_signed(self):
        self.assertEqual(
            words.span(-776.2, -778.37, -774.02), "\u2212776.2 (\u2212778.4 to \u2212774.0)"
        )

    def test_every_verdict_has_a_sign_and_a_colour(self):
        self.assertLessEqual(set(sample.FACTS["verdicts"]), set(ink.SIGNS))
        self.assertLessEqual(set(ink.SIGNS), set(ink.INK))

    def test_every_verdict_has_a_sign_of_its_own(self):
        self.assertEqual(len({sign for sign in ink.SIGNS.values()}), len(ink.SIGNS))


class Secondary(unittest.TestCase):
    """What an experiment asks to be shown beside its primary metrics."""

    def blocks(self, rows):
        trials = [
            sample.trial(i, name, i, {"ring.interrupts": sample.metric(value, "interrupts")})
            for i, (name, value) in enumerate([("plain", 5), ("native", 2), ("native", 4)])
        ]
        result = sample.result(trials=trials)
        result["experiment_source"]["secondary"] = ["ring.interrupts"]
        return answer.secondary_blocks(
            result, sample.document(comparisons=[sample.comparison(rows=[sample.row(), *rows])])
        )

    def test_every_arm_has_its_median(self):
        (table,) = self.blocks([])
        self.assertEqual(
            (table.columns, table.rows),
            (["arm", "ring.interrupts (interrupts)"], [["plain", "5"], ["native", "3"]]),
        )

    def test_what_the_lane_cannot_see_is_not_shown(self):
        (line,) = self.blocks(
            [sample.other("ring.interrupts", (5.0,), (3.0,), False, "time is emulated", "time")]
        )
        self.assertIn("time is emulated", line.line[-1])

    def test_none_is_asked_for(self):
        self.assertEqual(answer.secondary_blocks(sample.result(), sample.document()), [])


class Cells(unittest.TestCase):
    def test_factors_have_the_experiment_s_order_whatever_the_trials_had(self):
        made = sample.result(
            trials=[
                sample.trial(n, arm, 0, {}, factors={"size": size})
                for n, (arm, size) in enumerate(
                    [("native", 512), ("plain", 64), ("plain", 8), ("native", 8)]
                )
            ]
        )
        made["experiment_source"]["factors"] = [{"name": "size", "values": [64, 8, 512]}]
        self.assertEqual(
            list(cells.cells_of(made)),
            ["plain at size=64", "plain at size=8", "native at size=8", "native at size=512"],
        )


class Time(unittest.TestCase):
    """The sample: two workers, four seconds, six of the eight in trials, three measured."""

    def test_what_is_not_inside_trials_is_overhead_by_its_cause(self):
        made = sample.sound()
        made["timing"].update(boots_s=[1.5])
        for trial in made["trials"]:
            trial.update(wall_s=1.0, measured_s=0.5)
        spent = dict(trust.time_rows(made))
        self.assertEqual(list(spent.values()), [3.0, 3.0, 1.5, 0.5])
        self.assertIn("overhead: 1 boot", spent)

    def test_cpu_time_is_told_where_it_was_counted(self):
        made = sample.sound()
        self.assertEqual(trust.cpu_rows(made), [])
        made["timing"].update(cpu_s=10.0, cpu_in_trials_s=8.0)
        self.assertEqual(trust.cpu_rows(made)[0][2], "80\u00a0% of the CPU time")


class Tools(unittest.TestCase):
    def test_a_benchmark_program_and_its_library_are_named(self):
        made = sample.sound()
        made["experiment_source"]["traffic"] = {
            "kind": "gbench",
            "program": "ring_bench",
            "size": "$size",
        }
        for trial in made["trials"]:
            trial["facts"]["generator"] = {"context": {"library_build_type": "debug"}}
        self.assertEqual(
            trust.traffic_words(made), "gbench, ring_bench, Google Benchmark built as debug"
        )


class Curves(unittest.TestCase):
    def test_share_of_events_at_least_so_long(self):
        merged = latency.merged(
            [sample.trial(0, "plain", 0, {}, curves={"x": sample.curve()})], "x"
        )
        self.assertEqual(
            [(edge, round(share, 6)) for edge, share in merged.steps()],
            [(2.0, 1.0), (4.0, 0.1), (8.0, 0.01), (32.0, 0.01)],
        )

    def test_a_gap_between_buckets_draws_no_event_into_it(self):
        steps = latency.Curve("ns", {(320.0, 352.0): 999, (2816.0, 3072.0): 1}).steps()
        self.assertEqual(
            [(edge, round(share, 6)) for edge, share in steps],
            [(320.0, 1.0), (352.0, 0.001), (3072.0, 0.001)],
        )

    def test_percentiles_lie_in_their_bucket(self):
        merged = latency.Curve("ns", {(2.0, 4.0): 90, (4.0, 8.0): 10})
        self.assertEqual(
            (merged.percentile(0.9), merged.percentile(0.95), merged.greatest()), (4.0, 6.0, 8.0)
        )

    def test_trials_with_other_buckets_add_up(self):
        other = {"unit": "ns", "edges": [4.0, 8.0], "counts": [5]}
        trials = [
            sample.trial(0, "plain", 0, {}, curves={"x": curve})
            for curve in (sample.curve(), other)
        ]
        self.assertEqual(latency.merged(trials, "x").buckets[4.0, 8.0], 14)

    def test_a_plot_holds_what_is_compared_the_arms_at_one_value_of_the_factor(self):
        trials = [
            sample.trial(0, name, 0, {}, curves={"x": sample.curve()}, factors={"rate": rate})
            for name in ("native", "plain")
            for rate in (1, 2)
        ]
        made = sample.result(trials=trials)
        parts = latency.side_by_side(made, latency.curves_of(made, "x"))
        self.assertEqual(
            [[label for label, _ in part] for part in parts],
            [["plain at rate=1", "native at rate=1"], ["plain at rate=2", "native at rate=2"]],
        )

    def test_a_curve_without_events_is_none(self):
        trials = [
            sample.trial(
                0, "plain", 0, {}, curves={"x": {"unit": "ns", "edges": [1.0, 2.0], "counts": [0]}}
            )
        ]
        self.assertIsNone(latency.merged(trials, "x"))

    def no_plot(self, name, counts, checks=None):
        curves = {name: {"unit": "ns", "edges": [1.0, 2.0], "counts": counts}}
        return evidence.why_no_latencies(
            sample.result(trials=[sample.trial(0, "plain", 0, {}, checks, curves=curves)])
        ).line[0]

    def test_why_there_is_no_plot(self):
        failed = {"conservation": {"ok": False, "detail": "lost"}}
        self.assertIn("failed a check", self.no_plot("irq.entry_to_exit", [9], failed))
        self.assertIn("No event", self.no_plot("irq.entry_to_exit", [0]))
        self.assertIn("No event", self.no_plot("softirq.timer.entry_to_exit", [9]))

    def test_probes_that_had_windows_in_some_rounds_only_say_so(self):
        def said(probed):
            cost = {"probe_cost.napi.instructions_per_packet": sample.metric(9, better="none")}
            clean = {"instructions_per_packet": sample.metric(100)}
            trials = [
                sample.trial(n, "plain", n, {**clean, **(cost if n in probed else {})})
                for n in range(3)
            ]
            return [block.line[0] for block in evidence.which_rounds(sample.result(trials=trials))]

        self.assertEqual(said({0, 1, 2}), [])
        self.assertEqual(said(set()), [])
        self.assertTrue(said({0})[0].startswith("Probes had windows in 1 of 3 rounds"))
        self.assertTrue(said({0, 1})[0].startswith("Probes had windows in 2 of 3 rounds"))

    def test_a_ring_tells_its_own_latencies_without_a_probe(self):
        curves = {
            "ring.raise_to_handler": sample.curve(),
            "softirq.rcu.entry_to_exit": sample.curve(),
        }
        curves["irq.entry_to_exit.cpu0"] = sample.curve()
        curves["napi.packets_per_poll"] = {**sample.curve(), "unit": "packets"}
        made = sample.result(trials=[sample.trial(0, "plain", 0, {}, curves=curves)])
        self.assertEqual(latency.drawn_names(made), ["ring.raise_to_handler"])
        self.assertIn("module itself", latency.reading("ring.raise_to_handler", False))
        self.assertIn("probe attached", latency.reading("irq.entry_to_exit", False))


class Flames(unittest.TestCase):
    BEFORE = {"k;run;poll;copy": 60, "k;run;poll;free": 30, "k;run": 10}
    AFTER = {"k;run;poll;free": 40, "k;run;poll;poll;reuse": 40, "k;run": 20}

    def made(self):
        trials = [
            sample.trial(
                i,
                name,
                0,
                {"instructions_per_packet": sample.metric(value)},
                curves={sampled.STACKS: {"unit": "samples", "stacks": dict(stacks)}},
            )
            for i, (name, value, stacks) in enumerate(
                (("plain", 9, self.BEFORE), ("native", 8, self.AFTER))
            )
        ]
        return sample.result(trials=trials)

    def test_a_tree_holds_each_path_with_all_below_it(self):
        run = sampled.tree(self.BEFORE).called["k"].called["run"]
        self.assertEqual(
            (run.samples, run.called["poll"].samples, run.called["poll"].called["copy"].samples),
            (100, 90, 60),
        )

    def test_a_function_that_calls_itself_counts_once_and_a_task_is_none(self):
        self.assertEqual(
            sampled.inclusive(self.AFTER), {"run": 1.0, "poll": 0.8, "free": 0.4, "reuse": 0.4}
        )

    def test_differences_are_told_the_greatest_first_and_what_vanished_by_name(self):
        self.assertEqual(
            [name for name, _, _ in sampled.differences(self.BEFORE, self.AFTER)],
            ["copy", "reuse", "free", "poll", "run"],
        )
        self.assertEqual(sampled.vanished(self.BEFORE, self.AFTER), [("copy", 0.6)])

    def test_boxes_lie_within_their_callers(self):
        found = {
            path: (left, left + width)
            for _, _, left, width, path in sampled.boxes(sampled.tree(self.BEFORE))
        }
        for path, (low, high) in found.items():
            if path:
                self.assertGreaterEqual(low, found[path[:-1]][0] - 1e-9)
                self.assertLessEqual(high, found[path[:-1]][1] + 1e-9)

    def test_the_second_graph_is_against_the_baseline(self):
        (_, _, _, none), (plot, label, _, before) = sampled.plots(self.made())
        self.assertEqual((none, label, before), (None, "native", self.BEFORE))
        self.assertIn("against the baseline", plot.title)
        columns, rows = sampled.table_rows(self.AFTER, before)
        self.assertIn("vanished", [row[-1] for row in rows if row[0] == "copy"])
        self.assertEqual(len(rows), len({row[0] for row in rows}))

    def test_frames_are_coloured_by_their_share(self):
        before = sampled.shares_by_path(sampled.tree(self.BEFORE))
        self.assertEqual(
            [
                sampled.colour_of(before, path, width)
                for path, width in (
                    (("k", "run", "poll", "free"), 0.4),
                    (("k", "run", "poll"), 0.8),
                    (("k", "run"), 1.0),
                )
            ],
            ["s2", "s3", "rule"],
        )

    def test_stacks_are_no_latency_and_pass_the_shape(self):
        made = self.made()
        self.assertEqual(latency.curve_names(made), [])
        shape.check_result(Place(made, "result.json:"))
        made["trials"][0]["curves"][sampled.STACKS]["stacks"]["k"] = "many"
        with self.assertRaises(Refused):
            shape.check_result(Place(made, "result.json:"))

    def test_what_bpftrace_printed_is_no_latency_and_passes_the_shape(self):
        printed = {"unit": "as the script says", "maps": [{"type": "map", "data": {"@polls": 7}}]}
        made = sample.result(
            trials=[
                sample.trial(
                    0,
                    "plain",
                    0,
                    {"instructions_per_packet": sample.metric(9)},
                    curves={"bpftrace.napi_polls": printed},
                )
            ]
        )
        self.assertEqual(latency.curve_names(made), [])
        shape.check_result(Place(made, "result.json:"))
        printed["maps"] = "none"
        with self.assertRaises(Refused):
            shape.check_result(Place(made, "result.json:"))


class Faults(unittest.TestCase):
    """The rule of runner/result/validity_test.cc."""

    def trial(self, ok, splats=()):
        return sample.trial(
            0, "plain", 0, {}, {"conservation": {"ok": ok, "detail": "8 % lost"}}, splats
        )

    def test_a_failure(self):
        self.assertEqual(cells.faults(self.trial(False), []), ["conservation failed: 8 % lost"])

    def test_an_expected_failure_is_none(self):
        self.assertEqual(cells.faults(self.trial(False), ["conservation"]), [])

    def test_an_expected_failure_that_did_not_happen(self):
        self.assertEqual(
            cells.faults(self.trial(True), ["conservation", "other"]),
            [
                "conservation was expected to fail, and held",
                "other was expected to fail, and was not checked",
            ],
        )

    def test_a_splat(self):
        self.assertEqual(cells.faults(self.trial(True, ["BUG: x"]), []), ["kernel log: BUG: x"])


class Markdown(unittest.TestCase):
    def test_blocks(self):
        blocks = [
            Paragraph(["1. not a list with ", Code("a_b"), " and ", Code("a|b")]),
            Bullets([["*x*"]]),
            Table("Of *all*", ["a", "b|c"], [["x\ny", [Code("m")]]], {1}),
            Listing("```\ncode", "code"),
        ]
        self.assertEqual(
            to_markdown.render(blocks),
            (
                "1\\. not a list with `a_b` and a\\|b\n\n- \\*x\\*\n\nOf \\*all\\*\n\n"
                "| a | b\\|c |\n| --- | ---: |\n| x y | `m` |\n\n````\n```\ncode\n````"
            ),
        )


class Html(unittest.TestCase):
    def test_an_interval_may_break_before_its_upper_end_only(self):
        self.assertEqual(
            to_html.quantity(Quantity("+1 (+0 to +2)", "ns")),
            (
                '<span class="quantity">+1</span> <span class="quantity">(+0 to\u00a0+2)</span>'
                ' <span class="unit">ns</span>'
            ),
        )


class Sweep(unittest.TestCase):
    def swept(self, values, arms=("plain", "native")):
        trials = [
            sample.trial(
                0,
                name,
                round_,
                {"instructions_per_packet": sample.metric(100.0 * (i + 1) + value + round_)},
                factors={"size": value},
            )
            for i, name in enumerate(arms)
            for value in values
            for round_ in range(3)
        ]
        made = sample.result(trials=trials)
        made["experiment_source"]["factors"] = [{"name": "size", "values": list(values)}]
        return made

    def test_a_line_is_the_medians_of_an_arm_in_order_of_the_factor(self):
        made = self.swept([512, 60, 1514])
        self.assertEqual(
            sweep.lines_of(made, "instructions_per_packet"),
            [
                ("plain", [(60, 161.0), (512, 613.0), (1514, 1615.0)]),
                ("native", [(60, 261.0), (512, 713.0), (1514, 1715.0)]),
            ],
        )

    def test_a_failed_trial_is_in_no_point(self):
        made = self.swept([1, 2, 3])
        for trial in made["trials"]:
            if trial["arm"] == "native" and trial["factors"]["size"] == 2:
                trial["checks"] = {"conservation": {"ok": False, "detail": "lost"}}
        self.assertEqual(
            [x for x, _ in sweep.lines_of(made, "instructions_per_packet")[1][1]], [1, 3]
        )

    def test_it_is_drawn_over_one_factor_of_three_numbers_or_more(self):
        for values, drawn in (
            ([1, 2, 3], 1),
            ([1, 2], 0),
            (["a", "b", "c"], 0),
            ([True, False, 3], 0),
        ):
            self.assertEqual(
                len(
                    sweep.plots(
                        sample.document(),
                        self.swept(values) if drawn else self.only_factors(values),
                        "instructions_per_packet",
                    )
                ),
                drawn,
                values,
            )

    def only_factors(self, values):
        made = sample.result()
        made["experiment_source"]["factors"] = [{"name": "size", "values": values}]
        return made

    def test_more_than_seven_lines_are_two_plots_each_with_the_baseline(self):
        names = ["plain", *(f"arm-{i}" for i in range(8))]
        made = self.swept([1, 2, 3], names)
        made["arms"] = [sample.arm(name, name == "plain") for name in names]
        parts = sweep.plots(sample.document(), made, "instructions_per_packet")
        self.assertEqual([plot.alt.count("plain: ") for plot in parts], [1, 1])
        self.assertEqual(len({plot.name for plot in parts}), 2)


class Capacity(unittest.TestCase):
    def loaded(self, delivered, lossless=0):
        """An arm that delivers so much at loads of 100, 200, 300, ..., without loss at the first
        `lossless` of them."""
        trials = []
        for i, value in enumerate(delivered):
            offered = 100.0 * (i + 1)
            metrics = {
                capacity.OFFERED: sample.metric(offered),
                capacity.DELIVERED: sample.metric(float(value)),
                capacity.DROPPED: sample.metric(0.0 if i < lossless else 0.1),
            }
            trials += [
                sample.trial(0, "plain", round_, metrics, factors={"rate": offered})
                for round_ in range(3)
            ]
        made = sample.result(trials=trials)
        made["experiment_source"]["factors"] = [
            {"name": "rate", "values": [100.0 * (i + 1) for i in range(len(delivered))]}
        ]
        return made

    def row(self, made):
        (table,) = capacity.tables(made)
        return table.rows[0][1:]

    def test_an_arm_that_keeps_its_capacity_shows_no_livelock(self):
        self.assertEqual(
            self.row(self.loaded([100, 200, 250, 249], lossless=2)),
            ["200", "250", "249", "99.6\u00a0%", "not seen"],
        )

    def test_livelock_is_the_first_load_that_gets_less_done_than_a_lesser_one(self):
        self.assertEqual(
            self.row(self.loaded([100, 180, 150, 20], lossless=1)),
            ["100", "180", "20", "11.1\u00a0%", "300"],
        )

    def test_one_trial_that_drops_is_a_loss_at_that_load(self):
        made = self.loaded([100, 200, 300], lossless=3)
        made["trials"][4]["metrics"][capacity.DROPPED]["value"] = 0.0001
        self.assertEqual(self.row(made)[0], "100")
        made["trials"][0]["metrics"][capacity.DROPPED]["value"] = 0.0001
        self.assertEqual(self.row(made)[0], "below 100")

    def test_without_an_open_loop_there_is_none(self):
        self.assertEqual(capacity.tables(sample.result()), [])


class Waterfall(unittest.TestCase):
    def staged(self, **builds_on):
        names = ["plain", "ring", "napi", "xdp"]
        arms = [
            {**sample.arm(name, name == "plain"), "builds_on": builds_on.get(name, "")}
            for name in names
        ]
        values = {"plain": (100, 104), "ring": (90, 92), "napi": (95, 97), "xdp": (20, 21)}
        return sample.result(
            arms=arms,
            trials=[
                sample.trial(0, name, i, {"instructions_per_packet": sample.metric(float(value))})
                for name in names
                for i, value in enumerate(values[name])
            ],
        )

    def test_a_step_is_the_median_of_the_rounds_differences_to_the_arm_before(self):
        made = self.staged(ring="plain", napi="ring", xdp="napi")
        (path,) = waterfall.paths_of(made)
        self.assertEqual(
            waterfall.stages_of(made, path, "instructions_per_packet"),
            [
                ("plain", 102.0, []),
                ("ring", 91.0, [-10.0, -12.0]),
                ("napi", 96.0, [5.0, 5.0]),
                ("xdp", 20.5, [-75.0, -76.0]),
            ],
        )
        ((plot, rows),) = waterfall.plots(sample.document(), made, "instructions_per_packet")
        self.assertEqual(
            [row[4:] for row in rows],
            [
                [words.NONE, words.NONE],
                ["\u221211.0 [\u221212.0, \u221210.0]", "\u221210.8\u00a0%"],
                ["+5, all equal", "4.9\u00a0%"],
                ["\u221275.50 [\u221276.00, \u221275.00]", "\u221274.0\u00a0%"],
            ],
        )
        self.assertIn("xdp 20.5", plot.alt)

    def test_arms_that_build_on_the_same_one_are_two_paths(self):
        self.assertEqual(
            waterfall.paths_of(self.staged(ring="plain", napi="ring", xdp="ring")),
            [["plain", "ring", "napi"], ["plain", "ring", "xdp"]],
        )

    def test_two_arms_or_factors_make_no_path(self):
        self.assertEqual(waterfall.paths_of(self.staged(ring="plain")), [])
        made = self.staged(ring="plain", napi="ring", xdp="napi")
        made["experiment_source"]["factors"] = [{"name": "size", "values": [1]}]
        self.assertEqual(waterfall.paths_of(made), [])

    def test_a_stage_without_a_sound_trial_is_left_out(self):
        made = self.staged(ring="plain", napi="ring", xdp="napi")
        for trial in made["trials"]:
            if trial["arm"] == "ring":
                trial["checks"] = {"conservation": {"ok": False, "detail": "lost"}}
        stages = waterfall.stages_of(made, waterfall.paths_of(made)[0], "instructions_per_packet")
        self.assertEqual([arm for arm, _, _ in stages], ["plain", "napi", "xdp"])
        self.assertEqual(stages[1][2], [-5.0, -7.0])


class Plots(unittest.TestCase):
    def test_a_spread_has_decimals_enough_to_tell_its_ends_apart(self):
        self.assertEqual(
            effects.spread([-3521.875, -3521.75, -3521.5]),
            "\u22123\u202f521.75 [\u22123\u202f521.88, \u22123\u202f521.50]",
        )
        self.assertEqual(effects.spread([2.0, 2.0]), "+2, all equal")

    def test_labels_are_wrapped_and_cut(self):
        self.assertEqual(ink.wrapped("short"), "short")
        self.assertEqual(len(ink.wrapped("x" * 200).split("\n")), 3)
        self.assertTrue(ink.wrapped("x" * 200).endswith("\u2026"))

    def test_no_two_colours_are_equal(self):
        self.assertEqual(len(set(ink.INK.values())), len(ink.INK))

    def test_the_page_knows_every_colour_in_both_themes(self):
        style = (ROOM / "style.css").read_text()
        for name, colour in ink.INK.items():
            self.assertIn(f"--{name}: {colour};", style)
            self.assertEqual(style.count(f"--{name}: "), 2, name)


if __name__ == "__main__":
    unittest.main()
