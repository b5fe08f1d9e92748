#!/usr/bin/python3 -B
# SPDX-License-Identifier: GPL-2.0
"""Everything of a machine that a run could leave changed, and what differs from before.

    snapshot.py take FILE              writes it down
    snapshot.py compare FILE [OTHER]   what differs from FILE, as JSON; status 1 where something
                                       does. What FILE and OTHER differ in is told apart

Needs root. Between two boots OTHER is another clean boot's: what a boot itself sets anew differs
there too.
"""

import glob
import json
import os
import re
import subprocess
import sys
import time

PATIENCE = 20  # s for what the kernel and killed programs do by and by

# Settings that are files. Counters and identities are none, nor is what only writing has.
SETTINGS = [
    "/proc/irq/default_smp_affinity",
    "/proc/irq/*/smp_affinity_list",
    "/sys/class/net/*/gro_flush_timeout",
    "/sys/class/net/*/napi_defer_hard_irqs",
    "/sys/class/net/*/threaded",
    "/sys/class/net/*/tx_queue_len",
    "/sys/class/net/*/queues/rx-*/rps_*",
    "/sys/class/net/*/queues/tx-*/xps_*",
]
ETHTOOL = ["-k", "-g", "-c", "-l", "-a"]  # features, rings, coalescing, channels, pause frames
COME_AND_GO = ("kworker/", "(udev-worker)")  # threads of the kernel's, processes of systemd's


def said(*argv):
    ran = subprocess.run(argv, capture_output=True, text=True)
    return ran.stdout + ran.stderr


def sorted_lines(*argv):
    """Of what is told in the order it came to be in: an interface that comes back is the last."""
    return sorted(said(*argv).splitlines())


def interfaces(*argv):
    """Without their numbers, which are as drivers happened to find them at this boot."""
    return sorted(re.sub(r"^\d+: ", "", line) for line in said(*argv).splitlines())


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read(4096).decode("utf-8", "backslashreplace")
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


def scheduling(pid):
    """Policy, priority and CPUs of a task."""
    try:
        priority = os.sched_getparam(pid).sched_priority
        return os.sched_getscheduler(pid), priority, sorted(os.sched_getaffinity(pid))
    except OSError:
        return ()


def tasks():
    """Processes by their command lines; the kernel's threads by their names and how they run."""
    processes, threads = [], []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        name, _, rest = read(f"/proc/{pid}/stat").partition("(")[2].rpartition(")")
        if int(pid) in (1, os.getpid()) or rest.split()[:1] in ([], ["Z"]):
            continue
        command = read(f"/proc/{pid}/cmdline")
        if name.startswith(COME_AND_GO) or command.startswith(COME_AND_GO):
            continue
        if command:
            processes.append(command)
        else:
            threads.append(f"{name} {scheduling(int(pid))}")
    return {"processes": sorted(processes), "kernel threads": sorted(threads)}


def devices():
    """What drivers say of each interface's settings."""
    return {
        f"ethtool {option} {name}": said("ethtool", option, name)
        for name in sorted(os.listdir("/sys/class/net"))
        for option in ETHTOOL
    }


def namespaces():
    folder = "/run/netns"
    return sorted(os.listdir(folder)) if os.path.isdir(folder) else []


def files():
    """Those a program may leave. systemd gives each boot's services a folder of another name."""
    found = glob.glob("/tmp/*") + glob.glob("/run/*.lock")
    return [path for path in found if not path.startswith("/tmp/systemd-private-")]


def machine():
    """Everything that a run could leave changed."""
    return {
        **sysctls(),
        **{path: read(path) for pattern in SETTINGS for path in glob.glob(pattern)},
        **devices(),
        **tasks(),
        "links": interfaces("ip", "-d", "-o", "link"),
        "addresses": interfaces("ip", "-o", "address"),
        "routes": sorted_lines("ip", "route", "show", "table", "all"),
        "neighbours": sorted_lines("ip", "neighbour"),
        "namespaces": namespaces(),
        "nft": said("nft", "list", "ruleset"),
        "tc": sorted_lines("tc", "qdisc", "show") + sorted_lines("tc", "filter", "show"),
        "xdp": said("bpftool", "net"),
        "bpf links": said("bpftool", "link", "list"),
        "bpffs": said("find", "/sys/fs/bpf", "-mindepth", "1"),
        "files": sorted(files()),
    }


def different(one, other):
    """{setting: [in one, in other]}"""
    return {
        key: [one.get(key), other.get(key)]
        for key in one.keys() | other.keys()
        if one.get(key) != other.get(key)
    }


def difference(before, told_apart=()):
    """What differs, once the kernel is done with what it does by and by."""
    end = time.monotonic() + PATIENCE
    while True:
        changed = different(before, machine())
        changed = {key: changed[key] for key in changed if key not in told_apart}
        if not changed or time.monotonic() > end:
            return changed
        time.sleep(0.1)


def at_rest():
    """The machine once nothing of it changes by itself any more, as links do that come up."""
    last, end = machine(), time.monotonic() + PATIENCE
    while time.monotonic() < end:
        time.sleep(2)
        now = machine()
        if now == last:
            break
        last = now
    return last


def load(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def main():
    verb, path, *others = sys.argv[1:]
    if verb == "take":
        with open(path, "w", encoding="utf-8") as file:
            json.dump(at_rest(), file)
            file.flush()
            os.fsync(file.fileno())
        return
    before = load(path)
    told_apart = sorted({key for other in others for key in different(before, load(other))})
    changed = difference(before, told_apart)
    json.dump({"changed": changed, "told apart": told_apart}, sys.stdout, indent=1)
    sys.exit(bool(changed))


if __name__ == "__main__":
    main()
