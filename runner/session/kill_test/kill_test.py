#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Kills host runs at random moments; afterwards 'rxlab restore' has to leave nothing changed.

    kill_test.py RXLAB [KILLS [SEED]]

Needs root. Runs in network, mount and process namespaces of its own. After each kill (in turn by
-9, TERM, INT, HUP, QUIT) and 'rxlab restore' the machine's network settings, interrupts, links,
namespaces, filters, BPF links and pins, processes and files in /tmp equal their state before, and
no finished observation is lost. At last a run that is resumed ends with the trials of one that was
never killed.
"""

import glob
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.realpath(__file__))
SIGNALS = [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT]
PATIENCE = 20  # s for what the kernel and killed programs do by and by

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


def enter():
    """Starts this program again, in namespaces of its own."""
    options = ["unshare", "-m", "-n", "-p", "-f", "--kill-child", "--propagation", "private"]
    rxlab, this = os.path.realpath(sys.argv[1]), os.path.realpath(__file__)
    command = ["bash", "-c", INSIDE, "bash", rxlab, sys.executable, this, "--inside"]
    os.execvp("unshare", options + command + sys.argv[2:])


def said(*argv):
    ran = subprocess.run(argv, capture_output=True, text=True)
    return ran.stdout + ran.stderr


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read(4096)
    except OSError as error:
        return str(error.errno)


def sysctls():
    """Settings of the network; what the kernel itself counts there is none."""
    counts = ("nf_conntrack_count", "ipfrag_max_dist", "cookie")
    return {
        os.path.join(folder, name): read(os.path.join(folder, name))
        for folder, _, names in os.walk("/proc/sys/net")
        for name in names
        if not name.endswith(counts)
    }


def processes():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        command = read(f"/proc/{pid}/cmdline")
        state = read(f"/proc/{pid}/stat")
        if int(pid) not in (1, os.getpid()) and isinstance(state, bytes):
            if state.rpartition(b")")[2].split()[:1] != [b"Z"]:
                found.append(command)
    return sorted(found, key=str)


def machine():
    """Everything that a run could leave changed."""
    return {
        **sysctls(),
        **{path: read(path) for path in glob.glob("/proc/irq/*/smp_affinity_list")},
        "links": said("ip", "-d", "-o", "link"),
        "features": said("ethtool", "-k", "lo"),
        "addresses": said("ip", "-o", "address"),
        "routes": said("ip", "route", "show", "table", "all"),
        "neighbours": said("ip", "neighbour"),
        "namespaces": sorted(os.listdir("/run/netns")),
        "nft": said("nft", "list", "ruleset"),
        "tc": said("tc", "qdisc", "show") + said("tc", "filter", "show"),
        "xdp": said("bpftool", "net"),
        "bpf links": said("bpftool", "link", "list"),
        "bpffs": said("find", "/sys/fs/bpf", "-mindepth", "1"),
        "files": sorted(glob.glob("/tmp/*") + glob.glob("/run/*.lock")),
        "processes": processes(),
    }


def difference(before):
    """What differs, once the kernel is done with what it does by and by."""
    end = time.monotonic() + PATIENCE
    while True:
        now = machine()
        changed = {
            key: (before.get(key), now.get(key))
            for key in before.keys() | now.keys()
            if before.get(key) != now.get(key)
        }
        if not changed or time.monotonic() > end:
            return changed
        time.sleep(0.1)


class Runs:
    """Runs of the experiment, and what they have written."""

    def __init__(self, rxlab):
        self.rxlab = rxlab
        self.folder = "/dev/shm/kill_test"
        self.environment = dict(
            os.environ,
            RXLAB_STATE=self.folder + "/state",
            RXLAB_ROOT=os.path.realpath(HERE + "/../../.."),
            XDG_CACHE_HOME=self.folder + "/cache",
        )
        os.makedirs(self.folder)

    def start(self, out):
        command = [self.rxlab, "run", HERE + "/kill.json", "--target", "host"]
        options = ["--lane", "functional", "--no-report", "-q", "--out", out]
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
            before = machine()  # each fault is told once
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


def main():
    kills = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else random.randrange(1 << 32)
    random.seed(seed)
    runs = Runs("/dev/shm/rxlab")
    began = time.monotonic()
    if runs.start(runs.folder + "/whole").wait() not in (0, 1, 3):  # whatever the verdict
        sys.exit("the run that is not killed failed:\n" + read_all(runs.folder + "/said").decode())
    seconds = time.monotonic() - began
    whole = runs.trials(runs.folder + "/whole")
    longest = 3 * seconds / len(whole)  # the next run goes on behind the trials that are finished
    print(f"# seed {seed}; {len(whole)} trials in {seconds:.1f} s", flush=True)
    faulty = kill_many(runs, machine(), kills, longest)
    print(f"{'not ok' if faulty else 'ok'} - {kills - faulty} of {kills} kills left nothing")
    same = resumed_equals(runs, whole)
    print(f"{'ok' if same else 'not ok'} - a resumed run has the trials of a whole one")
    sys.exit(bool(faulty or not same))


if __name__ == "__main__":
    main() if sys.argv[1:2] == ["--inside"] else enter()
