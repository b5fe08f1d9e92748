# SPDX-License-Identifier: GPL-2.0
"""The tests of this folder share this: what they take, how they tell (TAP), what each check took.

    vm/test-x --list                             the checks, a line each
    vm/test-x RXLAB [KERNEL ...] [CHECK ...]     all of them, or those named; `at-once`: those whose
                                                 guest's CPUs run at the same time, `in-turns`: the
                                                 others, of which several may run side by side

A KERNEL is a name of the file kernels, the path of a bzImage, or debug/NAME, which vm/debug-kernel
builds. After +, a word of its command line: 6.12+threadirqs.

A check is a function of a Lab; it fails by raising. What it ran is shown only when it fails.
RXLAB_VM_TIMES=FILE: a line "test, kernel, check, seconds, result" is appended for each.
"""
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

HERE = Path(__file__).resolve().parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "rxlab")
KERNELS = [
    row.split()
    for row in (HERE / "kernels").read_text(encoding="utf-8").splitlines()
    if row and not row.startswith("#")
]
DEFAULT_KERNEL = KERNELS[0][0]
ONCE = "-"  # the kernel of a check that does not depend on one
DEBUG = "debug/"
# Races show only where CPUs run at the same time.
AT_ONCE = DEBUG + "kcsan"
# Shadows, quarantines and tables of the checkers, and all takes several times as long: a task, a
# CPU or a grace period is told to hang when it has for longer than slow work may take.
PATIENCE = "sysctl.kernel.hung_task_timeout_secs=1200 watchdog_thresh=60"
PATIENCE += " rcupdate.rcu_cpu_stall_timeout=300"
DEBUG_OPTIONS = {"--memory": "1024", "--timeout": "7200"}
# Words for some of a test's checks. QEMU before 8.1 runs stale code where one CPU's thread patches
# what another's translates, the likelier the busier the machine. With one thread for all CPUs it
# cannot, and a guest takes a quarter less of this machine.
SOME = {"at-once": lambda check: check.at_once, "in-turns": lambda check: not check.at_once}


class Failed(Exception):
    """What was wrong, for people."""


class Skip(Exception):
    """Why a check cannot be done here."""


def require(truth, what):
    if not truth:
        raise Failed(what)


@functools.cache
def debug_kernel(name):
    """What vm/debug-kernel says of it: vmlinuz, release, modules. Built where it is not there."""
    argv = [HERE / "debug-kernel", name]
    ran = subprocess.run(argv, stdout=subprocess.PIPE, text=True, stdin=subprocess.DEVNULL)
    require(ran.returncode == 0, f"vm/debug-kernel {name}: exit status {ran.returncode}")
    return dict(line.split("=", 1) for line in ran.stdout.splitlines())


def kernel_options(word):
    """The options of `rxlab shell` for a kernel's word."""
    # The path of an image has a + in its release.
    name, *cmdline = word.split("+") if "/" not in word or word.startswith(DEBUG) else [word]
    options = {"--cmdline": " ".join(cmdline)} if cmdline else {}
    if not name.startswith(DEBUG):
        return {"--kernel": name, **options}
    options["--cmdline"] = " ".join([PATIENCE, *cmdline])
    vmlinuz = debug_kernel(name.removeprefix(DEBUG))["vmlinuz"]
    return {"--kernel": vmlinuz, **DEBUG_OPTIONS, **options}


def joined(options, words):
    """OPTIONS and these words: where both have --cmdline it is one, of two --timeout the longer."""
    words, options = list(words), dict(options)
    for name in options:
        at = words.index(name) + 1 if name in words else 0
        if at and name == "--cmdline":
            words[at] += " " + options[name]
        elif at and name == "--timeout":
            words[at] = max(words[at], options[name], key=int)
    return [word for name in options if name not in words for word in (name, options[name])] + words


def script(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def write_all(folder, files):
    for name, text in files.items():
        (folder / name).write_text(text)


def patched_tree(lab, files, commits):
    """A kernel tree's outside as netdev's CI gives one: these files, name -> text, and for each
    commit, numbered from 1, those that it changes."""
    tree = lab.work / "patched"
    shutil.rmtree(tree, ignore_errors=True)
    script(tree / "scripts" / "kconfig" / "merge_config.sh", "exit 0")
    write_all(tree, files)
    git = ("git", "-C", tree, "-c", "user.name=t", "-c", "user.email=t@example.org")
    lab.run(*git, "init", "-q")
    for number, changed in enumerate(commits, 1):
        write_all(tree, changed)
        lab.run(*git, "add", ".")
        lab.run(*git, "commit", "-qm", number)
    return tree


@dataclass
class Lab:
    """What a check has to hand."""

    rxlab: Path  # the program under test
    kernel: str
    work: Path  # a folder that goes away when the test ends
    at_once: bool = False  # the guest's CPUs run at the same time
    log: list = field(default_factory=list)

    def say(self, text):
        self.log += str(text).splitlines()

    def run(self, *argv, want=0, says=(), stdin=None, env=None, quiet_errors=False):
        """Runs a command and returns its output: errors are in it unless quiet_errors.

        want: the exit status, or all that are right; says: a text of the output, or several.
        """
        argv = [str(word) for word in argv]
        self.say("$ " + " ".join(argv))
        ran = subprocess.run(
            argv,
            input=stdin,
            stdin=None if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if quiet_errors else subprocess.STDOUT,
            env=dict(os.environ, **env) if env else None,
            encoding="utf-8",
            errors="backslashreplace",
        )
        self.say(ran.stdout)
        statuses = [want] if isinstance(want, int) else want
        require(ran.returncode in statuses, f"exit status {ran.returncode}, expected {want}")
        for text in [says] if isinstance(says, str) else says:
            require(text in ran.stdout, f"expected {text!r}")
        return ran.stdout

    def guest(self, *argv, options=(), **how):
        """A command in a guest of the kernel under test."""
        return self.run(*self.shell(options), *argv, **how)

    def shell(self, options=()):
        """The words before a command in a guest. Its CPUs take turns where the check is not one of
        those that want them at once."""
        kernel = DEFAULT_KERNEL if self.kernel == ONCE else self.kernel
        at_once = self.at_once or kernel.startswith(AT_ONCE)
        turns = [] if at_once else ["--in-turns"]
        return [self.rxlab, "shell", *turns, *joined(kernel_options(kernel), options), "--"]

    @property
    def in_debug(self):
        """Is the kernel under test one with checkers?"""
        return self.kernel.startswith(DEBUG)

    def program(self, source, *flags):
        """A program of this folder for guests, built once."""
        program = self.work / Path(source).stem
        if not program.exists():
            argv = ["cc", "-static", "-no-pie", "-O2", "-Wall", *flags, "-o", program]
            self.run(*argv, HERE / source)
        return program

    def guest_side(self, files, part, *arguments, options=()):
        """`sh FILE PART ARGUMENTS` in the guest, the first of files being FILE."""
        taken = [word for name in files for word in ("--file", Path(HERE, name))]
        script = Path(files[0]).name
        return self.guest("sh", script, part, *arguments, options=[*taken, *options])


@dataclass
class Check:
    name: str
    says: str
    act: Callable[[Lab], object]
    once: bool = False  # it does not depend on the kernel
    at_once: bool = False  # it is about CPUs that run at the same time
    not_in_debug: str = ""  # why it cannot be done in a kernel with checkers


class Suite:
    """kernels: words for those that the checks are done in where none is named."""

    def __init__(self, proves, kernels=(DEFAULT_KERNEL,)):
        self.test = Path(sys.argv[0]).name
        self.proves = proves.strip()
        self.kernels = kernels
        self.checks = []

    def add(self, name, says, act, **how):
        require(name not in [check.name for check in self.checks], f"two checks named {name}")
        self.checks.append(Check(name, says, act, **how))

    def check(self, says, **how):
        """Decorator: the function, with - for _, is the check's name."""

        def named(act):
            self.add(act.__name__.replace("_", "-"), says, act, **how)
            return act

        return named

    def list(self):
        for check in self.checks:
            print(f"{check.name:<22} {check.says}")

    def chosen(self, words):
        """(kernel, check) in order, from the words of the command line."""
        named = {check.name: [check] for check in self.checks}
        named |= {
            word: [check for check in self.checks if test(check)] for word, test in SOME.items()
        }
        names = [word for word in words if word in named]
        kernels = [word for word in words if word not in names] or self.kernels
        for kernel in kernels:
            if not (kernel[0].isdigit() or "/" in kernel):
                sys.exit(f"{self.test}: no check '{kernel}'; next: {sys.argv[0]} --list")
        wanted = [check for name in names for check in named[name]] or self.checks
        checks = [check for check in self.checks if check in wanted]
        return [(ONCE, check) for check in checks if check.once] + [
            (kernel, check) for kernel in kernels for check in checks if not check.once
        ]

    def main(self):
        words = sys.argv[1:]
        if words == ["--list"]:
            self.list()
            sys.exit(0)
        if not words or words[0].startswith("-"):
            sys.exit(f"usage: {sys.argv[0]} RXLAB [KERNEL ...] [CHECK ...] | --list")
        os.environ.setdefault("RXLAB_ROOT", str(HERE.parent))
        chosen = self.chosen(words[1:])
        # Told to end, it ends as by Ctrl-C: what it started is ended, its folder removed.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        work = Path(tempfile.mkdtemp())
        try:
            failed = run_all(self, Path(words[0]).resolve(), chosen, work)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        sys.exit(1 if failed else 0)


def outcome_of(check, lab):
    """("ok" | "not ok" | "skip", why)."""
    try:
        if lab.in_debug and check.not_in_debug:
            raise Skip(check.not_in_debug)
        check.act(lab)
        return "ok", ""
    except Skip as why:
        return "skip", str(why)
    except Failed as why:
        return "not ok", str(why)
    except Exception:
        return "not ok", traceback.format_exc()


def tap_line(number, kernel, check, outcome, why, seconds):
    where = "" if kernel == ONCE else f"{kernel} "
    line = f"{where}{check.name}: {check.says}"
    if outcome == "skip":
        return f"ok {number} - {line} # SKIP {why}"
    return f"{outcome} {number} - {line} ({seconds:.1f} s)"


def record(test, kernel, check, seconds, outcome):
    path = os.environ.get("RXLAB_VM_TIMES")
    if path:
        with open(path, "a", encoding="utf-8") as times:
            times.write(f"{test}\t{kernel}\t{check.name}\t{seconds:.1f}\t{outcome}\n")


def run_all(suite, rxlab, chosen, work):
    """Runs the checks; the number of those that failed."""
    counts = {"ok": 0, "not ok": 0, "skip": 0}
    begun = time.monotonic()
    print("# " + suite.proves.replace("\n", "\n# "))
    print(f"1..{len(chosen)}", flush=True)
    for number, (kernel, check) in enumerate(chosen, 1):
        lab = Lab(rxlab, kernel, work, check.at_once)
        start = time.monotonic()
        outcome, why = outcome_of(check, lab)
        seconds = time.monotonic() - start
        counts[outcome] += 1
        print(tap_line(number, kernel, check, outcome, why, seconds), flush=True)
        if outcome == "not ok":
            print("\n".join("#     " + line for line in lab.log + why.splitlines()), flush=True)
        record(suite.test, kernel, check, seconds, outcome)
    print(
        f"# {suite.test}: {counts['ok']} ok, {counts['not ok']} failed, {counts['skip']} skipped,"
        f" {time.monotonic() - begun:.0f} s"
    )
    return counts["not ok"]
