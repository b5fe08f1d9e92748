#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Usage: profile_report.py DIR: profile.json of DIR -> profile.html, profile.md, the plots as SVG
and PNG."""
import sys

import sampled
import words
from blocks import (
    Bullets,
    Code,
    Figure,
    Figures,
    Fold,
    Paragraph,
    Report,
    Section,
    Strong,
    Table,
)
from ink import INK
from output import in_folder, replace
from plots import Rows, draw, plot_files, scale
from shape import read_checked
from to_html import html
from to_markdown import markdown

SHOWN = 20  # rows before the fold
PLOTTED = 32  # CPUs
US = 1000.0  # ns


def load(folder):
    """@raises Refused"""
    return read_checked(folder, "profile", f"rxlab profile ... --out {folder}").value


# ---- what the document has


def rows_of(document, table):
    return document["curves"].get(table, {"rows": []})["rows"]


def unit_of(document, table):
    return document["curves"].get(table, {"unit": ""})["unit"]


def window_of(document, table):
    return document["curves"].get(table, {"window_ns": 0})["window_ns"]


def value_of(document, name):
    found = document["values"].get(name)
    return None if found is None else found["value"]


def duration(value, unit):
    return f"{words.number(value / US)}\u00a0\u00b5s" if unit == "ns" else words.number(value)


def share_of_window(document, table, value):
    """Durations are shares of the window where both are on one clock."""
    window = window_of(document, table)
    return value / window if unit_of(document, table) == "ns" and window else None


def quantity(value, unit):
    if unit == "ns":
        return duration(value, unit)
    return words.percent(value) if unit == "1" else f"{words.number(value)} {unit}"


# ---- the answer


def limit_words(row):
    return f"{row['abnormal_is']} {quantity(row['limit'], row['unit'])}"


def finding(row):
    return [
        Strong(f"{row['what']}: {quantity(row['value'], row['unit'])}"),
        f" ({limit_words(row)} is abnormal): {row['why']}. Source: {row['source']}.",
    ]


def others(document):
    """SoftIRQs, polls and drops are the machine's, whoever received."""
    received = value_of(document, "interface.rx_packets")
    polled = value_of(document, "napi.packets")
    if received is None or not polled or 3 * received >= polled:
        return []
    said = (
        f"Of {words.number(polled)} packets that this machine polled"
        f" {words.number(received)} were received by it: what CPUs, polls and drops tell is mostly"
        " of others."
    )
    return [Paragraph([said], "note")]


def answer(document):
    thresholds = document["thresholds"]
    abnormal = [row for row in thresholds if row["abnormal"]]
    judged = [row for row in thresholds if row["value"] is not None]
    against = f"{len(judged)} of {words.plural(len(thresholds), 'threshold')}"
    if abnormal:
        lead = f"{len(abnormal)} abnormal against {against}, worst first:"
        blocks = [Paragraph([lead], "lead"), Bullets([finding(row) for row in abnormal])]
    else:
        blocks = [Paragraph([f"Nothing abnormal against {against}."], "lead")]
    blocks += others(document)
    if document["interrupted"]:
        blocks.append(Paragraph(["Ctrl-C ended the window early."], "note"))
    blocks += [
        Paragraph(["Left out: ", Code(one["part"]), f": {one['why']}."], "note")
        for one in document["left_out"]
    ]
    return Section("What is abnormal", "answer", blocks)


def threshold_row(row):
    value = words.NONE if row["value"] is None else quantity(row["value"], row["unit"])
    return [
        [Strong(row["what"])] if row["abnormal"] else row["what"],
        value,
        limit_words(row),
        row["source"],
    ]


def thresholds_section(document):
    said = (
        f"A value of {words.NONE} could not be told: its part is left out, or there was too little"
        " of it."
    )
    columns = ["what", "value", "abnormal", "source"]
    rows = [threshold_row(row) for row in document["thresholds"]]
    table = Table("Every threshold", columns, rows, {1, 2})
    return Section("Against what it was judged", "thresholds", [Paragraph([said], "note"), table])


# ---- who spends what


def by_cpu(rows, of):
    sums = {}
    for row in rows:
        sums[row["cpu"]] = sums.get(row["cpu"], 0) + of(row)
    return sums


def cpu_table(document):
    """A row per CPU: what interrupts, NET_RX and other softIRQs take, what it polled."""
    softirqs, unit = rows_of(document, "softirq.cpus"), unit_of(document, "softirq.cpus")
    served = {
        "interrupts": by_cpu(rows_of(document, "irq.cpus"), lambda row: row["served"]),
        "NET_RX": by_cpu(
            [row for row in softirqs if row["vector"] == "net_rx"], lambda row: row["served"]
        ),
        "other softIRQs": by_cpu(
            [row for row in softirqs if row["vector"] != "net_rx"], lambda row: row["served"]
        ),
    }
    tables = {"interrupts": "irq.cpus"}
    polled = {row["cpu"]: row for row in rows_of(document, "napi.cpus")}
    backlog = {row["cpu"]: row for row in rows_of(document, "cpus.softnet")}
    cpus = sorted({cpu for column in served.values() for cpu in column} | {*polled, *backlog})

    def spent(name, cpu):
        value = served[name].get(cpu, 0)
        share = share_of_window(document, tables.get(name, "softirq.cpus"), value)
        return words.percent(share) if share is not None else duration(value, unit)

    def count(table, cpu, key):
        return words.number(table[cpu][key]) if cpu in table else words.NONE

    columns = [
        "CPU",
        *served,
        "polls",
        "packets polled",
        "used up",
        "backlog",
        "squeezes",
        "dropped",
    ]
    rows = [
        [
            f"CPU {cpu}",
            *(spent(name, cpu) for name in served),
            count(polled, cpu, "polls"),
            count(polled, cpu, "packets"),
            count(polled, cpu, "exhausted"),
            count(backlog, cpu, "processed"),
            count(backlog, cpu, "time_squeeze"),
            count(backlog, cpu, "dropped"),
        ]
        for cpu in cpus
    ]
    return Table("By CPU", columns, rows, set(range(1, len(columns)))), cpus, served


def cpu_plot(cpus, served, axis, percent_of):
    """Stacked bars, told apart by their order and their colour."""
    colours = {"interrupts": "s2", "NET_RX": "s1", "other softIRQs": "rule"}
    shown = cpus[:PLOTTED]

    def value(name, cpu):
        return percent_of(name, served[name].get(cpu, 0))

    def paint():
        rows = Rows([f"CPU {cpu}" for cpu in shown], axis)
        for i, cpu in enumerate(shown):
            left = 0
            for name, colour in colours.items():
                width = value(name, cpu)
                rows.axes.barh(
                    rows.mark(i), width, 1.6 * rows.half, left=left, color=INK[colour], zorder=3
                )
                left += width
            rows.text(i, words.number(left, 3))
        most = max((sum(value(name, cpu) for name in served) for cpu in shown), default=0)
        scale(rows.axes, 0, most or 1)
        return rows.figure

    said = [
        f"CPU {cpu}: " + ", ".join(f"{name} {words.number(value(name, cpu), 3)}" for name in served)
        for cpu in shown
    ]
    return draw(
        "profile-cpus",
        "Who spends what",
        (
            "From left to right: hard interrupts (orange), NET_RX (blue), all other softIRQs"
            " (grey). An interrupt within a softIRQ is in both."
        ),
        "; ".join(said) + ".",
        paint,
    )


def vector_table(document):
    unit = unit_of(document, "softirq.cpus")
    sums = {}
    for row in rows_of(document, "softirq.cpus"):
        one = sums.setdefault(row["vector"], {"runs": 0, "waited": 0, "served": 0})
        for key in one:
            one[key] += row[key]
    rows = []
    for vector, one in sorted(sums.items(), key=lambda item: -item[1]["served"]):
        share = share_of_window(document, "softirq.cpus", one["served"])
        waits = [
            value_of(document, f"softirq.{vector}.raise_to_entry.{name}") for name in ("p50", "p99")
        ]
        rows.append(
            [
                vector,
                words.number(one["runs"]),
                duration(one["served"] / one["runs"], unit) if one["runs"] else words.NONE,
                words.percent(share) if share is not None else duration(one["served"], unit),
                *(words.NONE if wait is None else duration(wait, unit) for wait in waits),
            ]
        )
    columns = ["vector", "runs", "each, mean", "of one CPU", "wait p50", "wait p99"]
    return Table("By softIRQ vector, over all CPUs", columns, rows, {1, 2, 3, 4, 5})


def spending(document):
    """(Section, plots)"""
    table, cpus, served = cpu_table(document)
    if not cpus:
        said = "Nobody served a softIRQ or an interrupt in the window."
        return Section("Who spends what", "spending", [Paragraph([said])]), []
    on_clock = unit_of(document, "softirq.cpus") == "ns" and window_of(document, "softirq.cpus")
    axis = "% of the CPU's time" if on_clock else unit_of(document, "softirq.cpus")

    def percent_of(name, value):
        share = share_of_window(
            document, "irq.cpus" if name == "interrupts" else "softirq.cpus", value
        )
        return 100 * share if share is not None else value

    plot = cpu_plot(cpus, served, axis, percent_of)
    said = "A vector waits from being raised to its handler's first instruction."
    blocks = [Figures([Figure(plot, table)]), Paragraph([said]), vector_table(document)]
    return Section("Who spends what", "spending", blocks), [plot]


# ---- queues and placement


def irq_table(document):
    """The receiver's interrupts: who served them, and who may."""
    counts = {}
    for row in rows_of(document, "irq.lines"):
        counts.setdefault(row["irq"], {})[row["cpu"]] = row["count"]
    rows = []
    for line in rows_of(document, "placement.irqs"):
        by = counts.get(line["irq"], {})
        rows.append(
            [
                line["actions"],
                line["irq"],
                words.number(sum(by.values())),
                ", ".join(f"CPU {cpu}: {words.number(count)}" for cpu, count in sorted(by.items()))
                or words.NONE,
                line["affinity"] or words.NONE,
                line["effective"] or words.NONE,
            ]
        )
    columns = ["interrupt", "number", "served", "by", "may go to", "goes to"]
    return Table("Interrupts of the receiver", columns, rows, {1, 2})


def queue_table(document):
    rows = [
        [row["interface"], row["queue"], row["steered_to"] or "nowhere"]
        for row in rows_of(document, "placement.queues")
    ]
    return Table(
        "Queues: the CPUs that RPS (rx) and XPS (tx) steer to",
        ["interface", "queue", "steered to"],
        rows,
    )


def core_table(document):
    rows = [
        [
            f"CPU {row['cpu']}",
            words.NONE if row["node"] is None else str(row["node"]),
            row["siblings"] or words.NONE,
        ]
        for row in rows_of(document, "placement.cpus")
    ]
    return Table("CPUs", ["CPU", "node", "shares its core with"], rows, {1})


def placement(document):
    blocks = []
    for row in rows_of(document, "placement.devices"):
        node = "no node is told" if row["node"] is None else f"on node {row['node']}"
        said = f"{row['interface']}: {node}"
        if row["threaded"] not in ("", "0"):
            said += "; NAPI runs in threads"
        blocks.append(Paragraph([said + "."]))
    irqs, queues, cores = irq_table(document), queue_table(document), core_table(document)
    if irqs.rows:
        blocks.append(irqs)
    elif rows_of(document, "placement.devices"):
        blocks.append(Paragraph(["It has no interrupts of its own."]))
    blocks += [queues] if 0 < len(queues.rows) <= SHOWN else []
    if len(queues.rows) > SHOWN:
        blocks.append(Fold(words.plural(len(queues.rows), "queue"), [queues]))
    if cores.rows:
        blocks.append(Fold(words.plural(len(cores.rows), "CPU"), [cores]))
    if not blocks:
        blocks = [Paragraph(["Where the work may be done is not known."])]
    return Section("Queues, interrupts, cores", "placement", blocks)


def wakeup_table(document):
    rows = []
    for kind in ("ksoftirqd", "napi", "irq"):
        count = value_of(document, f"wakeup.{kind}.count")
        if not count:
            continue
        unit = document["values"][f"wakeup.{kind}.p50"]["unit"]
        waits = [value_of(document, f"wakeup.{kind}.{name}") for name in ("p50", "p99", "max")]
        rows.append([kind, words.number(count), *(duration(wait, unit) for wait in waits)])
    columns = ["threads", "woken", "p50", "p99", "max"]
    return Table("From waking one to its first instruction", columns, rows, {1, 2, 3, 4})


def threads(document):
    unit = unit_of(document, "threads")
    rows = []
    for row in sorted(rows_of(document, "threads"), key=lambda row: -row["ran"]):
        share = share_of_window(document, "threads", row["ran"])
        rows.append(
            [
                row["thread"],
                f"CPU {row['cpu']}",
                words.number(row["runs"]),
                words.percent(share) if share is not None else duration(row["ran"], unit),
                duration(row["waited"] / row["runs"], unit) if row["runs"] else words.NONE,
            ]
        )
    if not rows:
        said = "No ksoftirqd, NAPI or interrupt thread ran."
        return Section("Kernel threads that receive", "threads", [Paragraph([said])])
    columns = ["thread", "last on", "times it ran", "of one CPU", "wait for it, mean"]
    table = Table("ksoftirqd, NAPI and interrupt threads", columns, rows, {2, 3, 4})
    woken = wakeup_table(document)
    blocks = [table, woken] if woken.rows else [table]
    return Section("Kernel threads that receive", "threads", blocks)


# ---- losses


def counters(document):
    """What an interface and its driver count and that moved, losses first."""
    found = []
    for name, metric in document["values"].items():
        if name.split(".")[0] in ("link", "driver", "softnet") and metric["value"]:
            found.append((name, metric["value"]))
    bad = ("drop", "miss", "err", "no_buf", "squeeze", "limit", "fail", "over")
    return sorted(found, key=lambda item: (not any(word in item[0] for word in bad), item[0]))


def losses(document):
    drops = rows_of(document, "drops")
    blocks = []
    if drops:
        rows = [[row["reason"], row["function"], words.number(row["packets"])] for row in drops]
        columns = ["reason", "dropped by", "packets"]
        blocks.append(Table("Packets that the kernel dropped", columns, rows[:SHOWN], {2}))
        if rows[SHOWN:]:
            more = Table("The others", columns, rows[SHOWN:], {2})
            blocks.append(Fold(words.plural(len(rows) - SHOWN, "more place"), [more]))
    elif "drops" in document["curves"]:
        blocks.append(Paragraph(["The kernel dropped no packet."]))
    moved = [[name, words.number(value)] for name, value in counters(document)]
    if moved:
        table = Table("Counters that moved", ["counter", "grew by"], moved, {1})
        blocks.append(
            table if len(moved) <= SHOWN else Fold(words.plural(len(moved), "counter"), [table])
        )
    if not blocks:
        blocks = [Paragraph(["Nothing that counts losses was read."])]
    return Section("Losses and counters", "losses", blocks)


# ---- symbols


def self_shares(stacks):
    """function -> share of the samples in it itself."""
    total, sums = sum(stacks.values()), {}
    for stack, count in stacks.items():
        name = stack.rsplit(";", 1)[-1]
        sums[name] = sums.get(name, 0) + count
    return {name: count / total for name, count in sums.items()}


def task_table(document):
    """A row per task: its share of all samples, the CPUs it was on, and how much of it is reading
    sockets."""
    tasks = {}
    for row in rows_of(document, "perf_record.tasks"):
        one = tasks.setdefault(row["task"], {"samples": 0, "reading": 0, "cpus": {}})
        for key in ("samples", "reading"):
            one[key] += row[key]
        one["cpus"][row["cpu"]] = one["cpus"].get(row["cpu"], 0) + row["samples"]
    total = sum(one["samples"] for one in tasks.values()) or 1

    def row_of(name, one):
        cpus = sorted(one["cpus"].items(), key=lambda item: -item[1])[:4]
        placed = ", ".join(f"CPU {cpu} {words.percent(n / one['samples'], 0)}" for cpu, n in cpus)
        reading = words.percent(one["reading"] / one["samples"]) if one["reading"] else words.NONE
        return [name, words.percent(one["samples"] / total), placed, reading]

    found = sorted(tasks.items(), key=lambda item: (-item[1]["samples"], item[0]))[:SHOWN]
    rows = [row_of(name, one) for name, one in found if one["samples"]]
    columns = ["task", "share of samples", "where", "of it, reading sockets"]
    return Table("On whose account, and where", columns, rows, {1, 3})


def ordered(shares):
    return sorted(shares.items(), key=lambda item: (-item[1], item[0]))


def symbols(document):
    """(Section, plots)"""
    stacks = document["curves"].get(sampled.STACKS, {"stacks": {}})["stacks"]
    if not sum(stacks.values()):
        said = "The kernel was not sampled, or it was idle."
        return Section("Where the kernel is", "symbols", [Paragraph([said])]), []
    inclusive, own = sampled.inclusive(stacks), ordered(self_shares(stacks))
    rows = [
        [name, words.percent(share), words.percent(inclusive.get(name))]
        for name, share in own[:SHOWN]
    ]
    table = Table(
        "Functions by their own samples", ["function", "itself", "with all it calls"], rows, {1, 2}
    )
    count = sum(stacks.values())
    plot = draw(
        "profile-flame",
        "Flame graph of the kernel",
        sampled.READING + sampled.TAKEN,
        f"Flame graph of {words.plural(count, 'sample')}: {sampled.stated(stacks)}.",
        lambda: sampled.figure_of(sampled.tree(stacks)),
    )
    tasks = task_table(document)
    blocks = [Figures([Figure(plot, table, wide=True)])] + ([tasks] if tasks.rows else [])
    lost = value_of(document, "perf_record.lost")
    if lost:
        blocks.append(Paragraph([f"{words.number(lost)} samples found no room."], "note"))
    return Section("Where the kernel is", "symbols", blocks), [plot]


def settings(document):
    rows = [[[Code(name)], value] for name, value in document["settings"].items()]
    if not rows:
        return []
    table = Table("Settings", ["knob", "value"], rows)
    return [Section("Settings of the path", "settings", [Fold("Settings", [table])])]


# ---- the page


SUBJECTS = {"interface": "interface", "trial": "experiment", "perf": "recorded by perf:"}


def eyebrow(document):
    subject, facts = document["subject"], document["facts"]
    said = [f"rxlab: {SUBJECTS[subject['kind']]} {subject['name']}"]
    if "arm" in subject:
        said.append(f"arm {subject['arm']}")
    if "lane" in subject:
        said.append(f"{subject['lane']} lane, target {subject['target']}")
    if "seconds" in facts:
        said.append(f"{words.number(facts['seconds'], 3)} s")
    return [*said, f"Linux {facts['kernel']}"]


def introduction(document):
    said = "Probes ran in the kernel while it was recorded, and what they cost is in these figures."
    if document["subject"]["kind"] == "perf":
        said = "What the file has, by perf script; what it does not have is not judged."
    return [Paragraph([said + " Repeat it: ", Code(document["facts"]["command"])])]


def report_of(document):
    """(Report, plots)"""
    spent, plots = spending(document)
    sampled_section, more = symbols(document)
    sections = [
        answer(document),
        spent,
        losses(document),
        threads(document),
        placement(document),
        sampled_section,
        thresholds_section(document),
        *settings(document),
    ]
    title = f"What does {document['subject']['name']} spend on receiving?"
    return Report(title, eyebrow(document), introduction(document), sections), plots + more


def files_of(document):
    report, plots = report_of(document)
    pages = {"profile.html": html(report).encode(), "profile.md": markdown(report).encode()}
    return pages | plot_files(plots)


def main(arguments):
    return in_folder(
        "profile_report",
        __doc__,
        arguments,
        lambda folder: replace(folder, files_of(load(folder))),
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
