# SPDX-License-Identifier: GPL-2.0
"""Reads the JSON documents that a report is made of; refuses what does not have the contract's
shape."""
import json
import math
import re
from pathlib import Path

SCHEMA_VERSION = 1
NUMBER = (int, float)
# Figures take differences and products of numbers: neither may overflow nor vanish.
SMALLEST, LARGEST = 1e-150, 1e150

# Characters that neither HTML nor SVG may contain.
UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


# Where the text has none of these, nor such a character itself, no string of it has one.
ESCAPED = re.compile(r"\\[ubfr]")


class Refused(Exception):
    """A document that cannot be reported: fact with its place, and the next step."""

    def __init__(self, fact, next_step):
        super().__init__(f"{fact}; {next_step}")


def clean(value):
    """The document with every string safe to show."""
    if isinstance(value, str):
        return UNPRINTABLE.sub("\ufffd", value)
    if isinstance(value, list):
        return [clean(item) for item in value]
    if isinstance(value, dict):
        return {clean(key): clean(item) for key, item in value.items()}
    return value


def finite(text):
    number = float(text)
    if not math.isfinite(number) or abs(number) > LARGEST or 0 < abs(number) < SMALLEST:
        raise ValueError(f"{text} is not a number that can be drawn")
    return number


def whole(text):
    finite(text)
    return int(text)


def read_json(path, next_step):
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise Refused(f"{path}: {error.strerror}", next_step) from None
    except UnicodeDecodeError as error:
        raise Refused(f"{path}: byte {error.start} is not UTF-8", next_step) from None
    try:
        document = json.loads(text, parse_constant=finite, parse_float=finite, parse_int=whole)
        is_clean = not (ESCAPED.search(text) or UNPRINTABLE.search(text))
        return document if is_clean else clean(document)
    except json.JSONDecodeError as error:
        raise Refused(f"{path}:{error.lineno}:{error.colno}: {error.msg}", next_step) from None
    except RecursionError:
        raise Refused(f"{path}: nested too deeply", next_step) from None
    except ValueError as error:
        raise Refused(f"{path}: {error}", next_step) from None


class Place:
    """One value of a document, with its path, so that a refusal can name it."""

    def __init__(self, value, path):
        self.value, self.path = value, path

    def place(self):
        return self.path.removesuffix(":")

    def refuse(self, expected):
        got = json.dumps(self.value, ensure_ascii=False)
        got = got if len(got) <= 60 else got[:57] + "..."
        raise Refused(
            f"{self.place()}: expected {expected}, got {got}", "write it with this checkout's rxlab"
        )

    def of(self, kind, expected):
        if not isinstance(self.value, kind) or isinstance(self.value, bool) and kind is not bool:
            self.refuse(expected)
        return self.value

    def has(self, key):
        return key in self.of(dict, "an object")

    def get(self, key):
        if not self.has(key):
            raise Refused(
                f"{self.place()}: {key} is missing", "write it with this checkout's rxlab"
            )
        return Place(self.value[key], f"{self.path}/{key}")

    def items(self):
        return [Place(item, f"{self.path}/{i}") for i, item in enumerate(self.of(list, "an array"))]

    def entries(self):
        return [
            Place(item, f"{self.path}/{key}") for key, item in self.of(dict, "an object").items()
        ]

    def text(self):
        return self.of(str, "a string")

    def texts(self):
        return [item.text() for item in self.items()]

    def number(self):
        return self.of(NUMBER, "a number")

    def number_or_null(self):
        return None if self.value is None else self.number()

    def boolean(self):
        return self.of(bool, "true or false")

    def one_of(self, words):
        return self.value if self.value in words else self.refuse(" or ".join(words))
