// SPDX-License-Identifier: GPL-2.0
// An experiment as its author wrote it: one question, its arms, traffic, collectors and metrics.
#pragma once
#include "base/json.h"
#include "metrics/lane.h"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rxlab {

/// What a VM is booted with; every combination is a machine with snapshots of its own. A host is as
/// it is: an arm that asks for any of this is left out there.
struct Boot {
    std::string kernel;                ///< "6.12", "6.1"; empty: the run's own
    std::string kmod;                  ///< folder of rxlab's modules, built (*.ko); empty: those
                                       ///< that come with rxlab
    std::string bpf;                   ///< folder of BPF objects (*.bpf.o) that take the place of
                                       ///< rxlab's of the same names; empty: none do
    std::string cmdline;               ///< appended to the kernel command line
    std::string machine;               ///< QEMU's board, "pc" or "q35"; empty: "pc"
    std::vector<std::string> devices;  ///< rows of kDevices (runner/target/devices.h)
    int seed_offset = 0;               ///< added to the round's boot seed
    bool operator==(const Boot&) const = default;
};
/// From an experiment's "boot" with its factors filled in, or from a trial; what is absent has its
/// default.
Boot boot_from(const Json& json);
Json to_json(const Boot& boot);
/// Of an experiment's or an arm's "boot", the machine that it asks for: all but the boots' seeds.
Json machine_of(Json boot);

/// What an arm cannot do without; elsewhere it is left out, and that is said.
struct Needs {
    std::string kernel;  ///< "6.7": this or a later one; empty: any will do
    std::string target;  ///< "vm" or "host"; empty: either
};

/// One named variant under comparison.
struct Arm {
    std::string name;
    std::string summary;     ///< one line for people
    bool baseline = false;   ///< exactly one arm is the "before"
    bool generator = false;  ///< it measures what the generator costs alone: no variant, compared
                             ///< with nothing; at most one arm of each boot
    std::string builds_on;  ///< the arm whose parts and needs lie under this one's, and are in them
                            ///< here; or empty
    Json setup = Json::object();     ///< setup kind -> its parameters (runner/setup); merged over
                                     ///< Experiment::setup
    Json knobs = Json::object();     ///< "sysctl:net.core.netdev_budget" -> value; merged over
                                     ///< Experiment::knobs
    Json topology = Json::object();  ///< merge patch over Experiment::topology, or instead of it
                                     ///< where it names another kind
    Json traffic = Json::object();   ///< likewise, over Experiment::traffic
    Json boot = Json::object();      ///< as Boot; merged over Experiment::boot, key by key
    Needs needs;
    std::vector<std::string> expect;  ///< checks that must fail: faulty code shown on purpose
};

/// A parameter swept over values. "$name" (or "$name.key" when the values are objects), as a whole
/// string anywhere in an arm's or the experiment's topology, setup, knobs, traffic and boot, stands
/// for the value.
struct Factor {
    std::string name;
    std::vector<Json> values;
};

/// How often each arm is run.
struct Rounds {
    int boot_seeds = 8;  ///< counted lane: clusters
    int phases = 1;      ///< counted lane: phases nested in each boot seed
    int timed = 10;      ///< timed lane: least number of rounds
    int timed_max = 40;  ///< timed lane: hard cap
    int functional = 1;  ///< functional lane: rounds
    int probe_rounds =
        0;  ///< the first rounds, in which probes have windows; 0: as the lane has it
};

/// The part that a run takes without being asked for the whole.
struct Brief {
    std::vector<std::string> arms;                     ///< beside the baseline; empty: all
    std::map<std::string, std::vector<Json>> factors;  ///< which values of each; absent: all
};

struct Experiment {
    std::string name;
    std::string question;
    std::string description;
    std::string file;         ///< where it was read from, as given
    std::string text;         ///< verbatim source, for provenance
    std::vector<Lane> lanes;  ///< lanes it may run in; the first is the default
    std::vector<std::string>
        mechanism;  ///< instructions, cache, atomics, contention, parallelism, latency, correctness
    Json topology = Json::object();  ///< {"kind": "veth", ...}
    Json traffic = Json::object();   ///< {"kind": "pktgen", "packets": 10000, ...}
    Json setup = Json::object();     ///< shared by all arms
    Json knobs = Json::object();
    Json boot = Json::object();
    std::vector<std::string> collectors;
    std::vector<std::string> primary;    ///< primary metrics, at most 5
    std::vector<std::string> secondary;  ///< metrics shown of every arm and not ranked, at most 8
    std::vector<Arm> arms;
    std::vector<Factor> factors;
    Rounds rounds;
    Brief brief;
};

/// Null where there is none of that name.
const Arm* find_arm(const Experiment& experiment, const std::string& name);
/// @throws Error(Status::usage): there is none of that name
const Arm& arm_named(const Experiment& experiment, const std::string& name);
/// Is the arm set against the baseline? The baseline is not, and not the generator alone.
bool is_compared(const Experiment& experiment, const std::string& arm);

/// The words an experiment may use; each list comes from the table of its room.
struct Vocabulary {
    struct Word {
        std::string name;
        std::string summary;
        Json schema;  ///< JSON schema of the parameters, or null when there are none
    };
    std::vector<Word> topologies, traffics, setups, knobs, devices, collectors, metrics;
    std::function<void(const std::string& knob)>
        require_knob;  ///< throws Error when a knob's name cannot be one; may be empty
};

/// The complete JSON Schema: experiments/schema/experiment.schema.json with the vocabulary's
/// parameter schemas filled in.
Json experiment_schema(const Vocabulary& words);

/// Parses and validates; comments (// and /* */) are allowed.
/// @throws Error(Status::usage) with "file:line:column: expected X, got Y" and the nearest valid
/// word.
Experiment parse_experiment(const std::string& text, const std::string& file,
                            const Vocabulary& words);

}  // namespace rxlab
