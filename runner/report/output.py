# SPDX-License-Identifier: GPL-2.0
"""Writes files so that a reader never sees half of one."""
import os

from load import Refused


def write_one(path, content):
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def write(folder, files):
    """@raises Refused"""
    for name, content in files.items():
        try:
            write_one(folder / name, content)
        except OSError as error:
            raise Refused(f"{folder / name}: {error.strerror}", "free space, or choose a folder that you may write to") from None
