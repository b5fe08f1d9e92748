# SPDX-License-Identifier: GPL-2.0
"""How numbers are said. What is said of a metric, a verdict or a lane comes with the documents."""
import re

MINUS = "\u2212"
NONE = "\u2013"

STATUS_WORDS = {
    0: "ok",
    1: "worse",
    2: "usage or input error",
    3: "inconclusive",
    4: "invalid",
    5: "target lost",
    130: "interrupted",
}


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
