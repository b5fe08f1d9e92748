# SPDX-License-Identifier: GPL-2.0
"""Writes files so that a reader never sees half of one, and removes those of the time before; the
main() of programs that do so in a folder."""
import contextlib
import hashlib
import os
import sys
from pathlib import Path

from load import Refused

USAGE_ERROR = 2
LIST = "report.sha256"  # what was written last time, for replace() and for sha256sum -c


def write_one(path, content):
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def refusing(path):
    try:
        yield
    except OSError as error:
        raise Refused(
            f"{path}: {error.strerror}", "free space, or choose a folder that you may write to"
        ) from None


def write(folder, files):
    """@raises Refused"""
    for name, content in files.items():
        with refusing(folder / name):
            write_one(folder / name, content)


def digest(content):
    return hashlib.sha256(content).hexdigest()


def written_before(folder):
    """name -> digest; only files of this very folder."""
    path = folder / LIST
    lines = (
        path.read_text(encoding="utf-8", errors="replace").splitlines() if path.is_file() else []
    )
    pairs = [line.split("  ", 1) for line in lines if "  " in line]
    return {name: said for said, name in pairs if name == os.path.basename(name)}


def replace(folder, files):
    """Writes the files, and removes those written before that are not among them; not one that has
    been changed since. @raises Refused"""
    for name, said in written_before(folder).items():
        path = folder / name
        with refusing(path):
            if name not in files and path.is_file() and digest(path.read_bytes()) == said:
                path.unlink()
    listed = "".join(f"{digest(content)}  {name}\n" for name, content in files.items())
    write(folder, {**files, LIST: listed.encode()})


def in_folder(name, usage, arguments, act):
    """ACT with the one folder that a program is given; the program's exit status."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(usage, file=sys.stderr)
        return USAGE_ERROR
    try:
        act(Path(arguments[0]))
    except Refused as refused:
        print(f"rxlab {name}: {refused}", file=sys.stderr)
        return USAGE_ERROR
    return 0
