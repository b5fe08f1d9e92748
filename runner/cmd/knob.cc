// SPDX-License-Identifier: GPL-2.0
// One setting of this machine, by the name that experiments give it: read, or changed until
// `rxlab restore`.
#include "base/error.h"
#include "cmd/options.h"
#include "journal/journal.h"
#include "knobs/knobs.h"

#include <fmt/format.h>
#include <memory>

namespace rxlab {
namespace {

struct KnobWords {
    std::string name, value;
    bool json = false, trust = false;
};

void print(const KnobWords& words, const std::string& value) {
    if (words.json)
        fmt::print("{}\n", Json{{"knob", words.name}, {"value", value}}.dump(2));
    else
        fmt::print("{}\n", value);
}

void knob(const KnobWords& words) {
    const Knob found = find_knob(words.name);
    if (!words.value.empty()) {
        require_lasting(words.name);
        if (!words.trust) require_within_receive_path(words.name);
        Journal journal(real_sys(), state_directory());
        journal.set_knob(words.name, words.value);
    }
    print(words, found.kind.read(real_sys(), found.object));
}

}  // namespace

void define_knob(CommandOptions command) {
    auto words = std::make_shared<KnobWords>();
    command
        .option("NAME", words->name,
                "KIND:OBJECT as in an experiment's \"knobs\"; 'rxlab list knobs' has the kinds")
        .required();
    command.option("VALUE", words->value,
                   "set it; the journal has the old value, and 'rxlab restore' puts it back");
    command.flag("--json", words->json, "print JSON");
    command.flag("--trust", words->trust, "set what is beyond the receive path, too");
    command.does([=] { knob(*words); });
}

}  // namespace rxlab
