# SPDX-License-Identifier: GPL-2.0
"""How numbers, verdicts and lanes are said."""
import re

MINUS = "\u2212"
NONE = "\u2013"

VERDICT_WORDS = {
    "better": ("\u25cf", "better"),
    "worse": ("\u25c6", "worse"),
    "same": ("=", "same"),
    "inconclusive": ("?", "inconclusive"),
    "not_visible": ("\u25cb", "not visible"),
    "invalid": ("\u2715", "invalid"),
}
# Fewer instructions are that, and nothing else.
INSTRUCTION_WORDS = {"better": "fewer instructions", "worse": "more instructions"}
STATUS_WORDS = {
    0: "ok",
    1: "worse",
    2: "usage or input error",
    3: "inconclusive",
    4: "invalid",
    5: "target lost",
    130: "interrupted",
}

# What a change of a metric is called: (fewer, more, of what).
CHANGES = {
    "instructions_per_packet": ("fewer", "more", "instructions per packet"),
    "instructions_per_record": ("fewer", "more", "instructions per record"),
    "ns_per_packet": ("less", "more", "time per packet"),
    "packets_per_second": ("fewer", "more", "packets per second"),
    "ns_per_record": ("less", "more", "time per record"),
    "records_per_second": ("fewer", "more", "records per second"),
    "packets_lost": ("fewer", "more", "packets lost"),
    "records_lost": ("fewer", "more", "records lost"),
    "lost_fraction": ("lower", "higher", "share lost"),
}

LANES = {
    "counted": (
        "Counted lane: instructions that a one-CPU guest under QEMU -icount executes, repeatable"
        " bit for bit. Instructions are not time."
    ),
    "timed": "Timed lane: nanoseconds on this machine, and on no other.",
    "functional": (
        "Functional lane: a guest with two CPUs; correctness and loss only. No cost is ranked."
    ),
}
BLIND = {
    "counted": [
        (
            "Instructions are counted, never time: an arm with fewer instructions may well take"
            " longer."
        ),
        "Caches and TLB: a miss costs what a hit costs.",
        "Branch prediction and everything else a core does at once.",
        "Real DMA, PCIe and interrupt hardware: the guest's devices are software.",
        "Contention, cache lines that move between cores, locked instructions: there is one CPU.",
    ],
    "timed": [
        (
            "This machine only: its CPU, firmware, governor, neighbours. Another machine may rank"
            " the arms otherwise."
        ),
        (
            "A number without its cause: which instructions or cache misses the time went into is"
            " not measured here."
        ),
        (
            "What other work on the machine did between rounds; pairing takes slow drift out, not"
            " sudden change within a round."
        ),
    ],
    "functional": [
        "Cost of any kind: the guest's time is its host's leisure, so no cost is ranked.",
        "Losses rarer than what is sent here would show.",
        "Real DMA, PCIe and interrupt hardware: the guest's devices are software.",
    ],
}
METHODS = {
    "counted": (
        "instructions that the CPU executed while sending, in a window without probes, per packet"
        " or record, idling left out; paired by boot seed"
    ),
    "timed": "time of a window without probes; paired by round, rounds in random order",
    "functional": "what was sent against what was counted at every sink; paired by round",
}


def verdict(name, unit):
    """`unit` of what was judged; empty where that has several."""
    return unit.startswith("instructions") and INSTRUCTION_WORDS.get(name) or VERDICT_WORDS[name][1]


def with_delta(said):
    """runner/compare spells out what a report calls \u03b4."""
    return said.replace("across delta", "across \u03b4")


def number(value, digits=4):
    """Significant digits, thousands apart, a true minus."""
    if value is None:
        return NONE
    size = abs(value)
    if size and (size >= 1e9 or size < 1e-4):
        text = f"{value:.{digits - 1}e}"
    else:
        before = len(str(int(size))) if size >= 1 else 0
        text = f"{value:,.{max(0, digits - before)}f}" if before else f"{value:.{digits}g}"
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text in ("-0", "") else text
    return text.replace(",", "\u202f").replace("-", MINUS)


def signed(value, digits=4):
    text = number(value, digits)
    return "+" + text if value is not None and value > 0 else text


def digits_for(low, high, least=2, most=5):
    """Decimals that tell the ends of an interval apart."""
    decimals = least
    while decimals < most and high > low and high - low < 1.5 * 10**-decimals:
        decimals += 1
    return decimals


def fixed(value, decimals):
    text = f"{value:.{decimals}f}"
    return text.replace("-", MINUS)


def interval(value, low, high):
    """'0.787 (0.7868 to 0.7880)'; no interval where there is none."""
    if value is None:
        return NONE
    if low is None or high is None:
        return f"{number(value)} (no interval)"
    decimals = digits_for(low, high)
    return f"{fixed(value, decimals)} ({fixed(low, decimals)} to {fixed(high, decimals)})"


def span(value, low, high):
    """A difference with its interval, signed, to decimals that tell its ends apart."""
    if value is None:
        return NONE
    if low is None or high is None:
        return f"{signed(value)} (no interval)"
    if low == high:
        return f"{signed(value)} ({signed(low)} to {signed(high)})"
    decimals = 0
    while decimals < 9 and high - low < 15 * 10**-decimals:
        decimals += 1
    texts = [
        f"{end:+,.{decimals}f}".replace(",", "\u202f").replace("-", MINUS)
        for end in (value, low, high)
    ]
    return f"{texts[0]} ({texts[1]} to {texts[2]})"


def percent(share, decimals=1):
    return NONE if share is None else fixed(100 * share, decimals) + "\u00a0%"


def plural(count, one, many=None):
    return f"{count} {one if count == 1 else many or one + 's'}"


def unit(name):
    return "share" if name == "1" else name


def slug(name):
    return re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "metric"


def listed(words):
    words = list(words)
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
