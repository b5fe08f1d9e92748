#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0
"""Kills host runs at random moments; afterwards 'rxlab restore' has to leave nothing changed.

    kill_test.py RXLAB [KILLS [SEED]] [--here] [--experiment NAME] [--folder DIR] [-- WORDS]

Needs root. Runs in network, mount and process namespaces of its own, or with --here on the machine
as it is, which has to be one to rehearse on. WORDS are more options of `rxlab run`. After each kill
(in turn by -9, TERM, INT, HUP, QUIT) and 'rxlab restore' the machine equals its state before
(snapshot.py), and no finished observation is lost. At last a run that is resumed ends with the
trials of one that was never killed.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

from snapshot import at_rest, difference

HERE = os.path.dirname(os.path.realpath(__file__))
SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT]

INSIDE = """
mount -t proc proc /proc
mount -t tmpfs tmpfs /dev/shm && cp "$1" /dev/shm/rxlab && shift
for folder in /tmp /run; do mount -t tmpfs tmpfs $folder; done
mkdir /run/netns && mount --bind /run/netns /run/netns && mount --make-shared /run/netns
mount -t sysfs sys /sys
mount -t bpf bpf /sys/fs/bpf
mount -t tracefs tracing /sys/kernel/tracing 2>/dev/null
ip link set lo up
exec "$@"
"""


def enter(given, words):
    """Starts this program again, in namespaces of its own."""
    options = ["unshare", "-m", "-n", "-p", "-f", "--kill-child", "--propagation", "private"]
    this = [sys.executable, "-B", os.path.realpath(__file__), "/dev/shm/rxlab"]
    same = [str(given.kills), str(given.seed), "--here", "--experiment", given.experiment]
    inside = ["bash", "-c", INSIDE, "bash", os.path.realpath(given.rxlab), *this, *same]
    os.execvp("unshare", options + inside + ["--folder", given.folder, "--", *words])


class Runs:
    """Runs of the experiment, and what they have written."""

    def __init__(self, rxlab, experiment, folder, words):
        self.rxlab = rxlab
        self.experiment = experiment
        self.folder = folder
        self.words = words
        self.environment = dict(
            os.environ,
            RXLAB_STATE=self.folder + "/state",
            RXLAB_ROOT=os.path.realpath(HERE + "/../../.."),
            XDG_CACHE_HOME=self.folder + "/cache",
        )
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)

    def start(self, out):
        command = [self.rxlab, "run", self.experiment, "--target", "host"]
        options = ["--lane", "functional", "--no-report", "-q", "--out", out, *self.words]
        with open(self.folder + "/said", "ab") as log:
            return subprocess.Popen(command + options, env=self.environment, stdout=log, stderr=log)

    def restore(self):
        command = [self.rxlab, "restore"]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True)

    def lines(self, out):
        """The observations that were written to their end."""
        whole = read_all(out + "/observations.jsonl")
        return whole[: whole.rfind(b"\n") + 1]

    def trials(self, out):
        lines = self.lines(out).splitlines()[1:]
        return sorted(json.loads(line)["trial"]["id"] for line in lines)


def read_all(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return b""


def kill_once(runs, out, longest, number):
    """Returns (signal's name, was it still running)."""
    process = runs.start(out)
    with_signal = SIGNALS[number % len(SIGNALS)]
    try:
        process.wait(random.uniform(0, longest))
    except subprocess.TimeoutExpired:
        process.send_signal(with_signal)
        process.wait()
        return with_signal.name, True
    return with_signal.name, False


def faults_after(runs, out, before, kept):
    restored = runs.restore()
    if restored.returncode:
        yield f"restore: status {restored.returncode}: {restored.stdout}{restored.stderr}"
    for key, (was, now) in difference(before).items():
        yield f"{key}: was {was!r}, is {now!r}"
    if not runs.lines(out).startswith(kept):
        yield "finished observations are lost"


def kill_many(runs, before, kills, longest):
    out, faulty, killed, number = runs.folder + "/out", 0, 0, 0
    while killed < kills:
        kept = runs.lines(out)
        name, running = kill_once(runs, out, longest, number)
        number += 1
        killed += running
        faults = list(faults_after(runs, out, before, kept))
        if faults:
            faulty += 1
            print(f"not ok - kill {killed} by {name}", *faults, sep="\n  # ", flush=True)
            before = at_rest()  # each fault is told once
        if not running:
            shutil.rmtree(out)
    return faulty


def resumed_equals(runs, whole):
    out = runs.folder + "/resumed"
    for longest in (2, 4):
        kill_once(runs, out, longest, 0)
        runs.restore()
    runs.start(out).wait()
    return runs.trials(out) == whole


def arguments():
    usage = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    usage.add_argument("rxlab")
    usage.add_argument("kills", nargs="?", type=int, default=200)
    usage.add_argument("seed", nargs="?", type=int, default=random.randrange(1 << 32))
    usage.add_argument("--here", action="store_true", help="without namespaces of its own")
    usage.add_argument("--experiment", default=HERE + "/kill.json")
    usage.add_argument("--folder", default="/dev/shm/kill_test", help="for what runs write")
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    return usage.parse_args(sys.argv[1:end]), sys.argv[end + 1 :]


def main():
    given, words = arguments()
    if not given.here:
        enter(given, words)
    random.seed(given.seed)
    runs = Runs(given.rxlab, given.experiment, given.folder, words)
    began = time.monotonic()
    if runs.start(runs.folder + "/whole").wait() not in (0, 1, 3):  # whatever the verdict
        sys.exit("the run that is not killed failed:\n" + read_all(runs.folder + "/said").decode())
    seconds = time.monotonic() - began
    whole = runs.trials(runs.folder + "/whole")
    longest = 3 * seconds / len(whole)  # the next run goes on behind the trials that are finished
    print(f"# seed {given.seed}; {len(whole)} trials in {seconds:.1f} s", flush=True)
    faulty = kill_many(runs, at_rest(), given.kills, longest)
    verdict = "not ok" if faulty else "ok"
    print(f"{verdict} - {given.kills - faulty} of {given.kills} kills left nothing")
    same = resumed_equals(runs, whole)
    print(f"{'ok' if same else 'not ok'} - a resumed run has the trials of a whole one")
    sys.exit(bool(faulty or not same))


if __name__ == "__main__":
    main()
