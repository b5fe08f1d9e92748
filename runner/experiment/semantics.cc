// SPDX-License-Identifier: GPL-2.0
#include "experiment/semantics.h"

#include "base/error.h"
#include "base/nearest.h"
#include "experiment/experiment.h"
#include "experiment/resolve.h"
#include "metrics/metric.h"

#include <fmt/format.h>
#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

namespace rxlab {
namespace {

using Pointer = Json::json_pointer;

const Json kNothing = Json::object();

const Json& member(const Json& object, const std::string& key) {
    return object.is_object() && object.contains(key) ? object.at(key) : kNothing;
}

struct Use {
    Pointer pointer;
    Reference reference;
    std::string text;
};

void collect(const Json& value, const Pointer& at, std::vector<Use>& uses) {
    if (const auto reference = reference_in(value)) uses.push_back({at, *reference, value});
    if (value.is_object())
        for (const auto& [key, part] : value.items()) collect(part, at / key, uses);
    if (value.is_array())
        for (size_t i = 0; i < value.size(); i++) collect(value[i], at / i, uses);
}

void collect_parts(const Json& owner, const Pointer& at, std::vector<Use>& uses) {
    for (const char* part : kPartsWithFactors) collect(member(owner, part), at / part, uses);
}

std::vector<Use> uses_in(const Json& document) {
    std::vector<Use> uses;
    collect_parts(document, Pointer(), uses);
    const Json& arms = member(document, "arms");
    if (arms.is_array())
        for (size_t i = 0; i < arms.size(); i++)
            collect_parts(arms[i], Pointer() / "arms" / i, uses);
    return uses;
}

std::vector<std::string> with_dollar(const std::vector<std::string>& names,
                                     const std::string& before = {}) {
    std::vector<std::string> words;
    for (const std::string& name : names) words.push_back("$" + before + name);
    return words;
}

Finding refused(const Use& use, const std::vector<std::string>& words) {
    const std::string expected = words.empty() ? "no '$' where the experiment has no factors"
                                               : "a factor's value, " + one_of(words);
    return {use.pointer, false,
            fmt::format("expected {}, got {}{}", expected, shown(use.text),
                        did_you_mean(use.text, words, "; "))};
}

/// A reference to a key that some value of its factor lacks.
std::vector<Finding> check_key(const Use& use, const Json& values) {
    for (const Json& value : values)
        if (!value.is_object() || !value.contains(use.reference.key)) {
            const std::vector<std::string> names = keys(value);
            return {refused(use, names.empty() ? std::vector{"$" + use.reference.factor}
                                               : with_dollar(names, use.reference.factor + "."))};
        }
    return {};
}

std::vector<Finding> check_baseline(const Json& arms) {
    std::vector<Finding> findings;
    std::string first;
    for (size_t i = 0; i < arms.size(); i++) {
        if (!arms[i].value("baseline", false)) continue;
        if (!first.empty())
            findings.push_back(
                {Pointer() / "arms" / i / "baseline", true,
                 fmt::format("expected one baseline, got another besides '{}'", first)});
        else
            first = arms[i].at("name");
    }
    if (first.empty())
        findings.push_back(
            {Pointer() / "arms", true, "expected one arm with \"baseline\": true, got none"});
    return findings;
}

/// At most one arm of each boot is the generator alone, and no variant; "net." metrics are taken
/// from it. Where there are several, each other arm has one of its own boot.
std::vector<Finding> check_generator(const Json& document) {
    std::vector<Finding> findings;
    const Json& arms = document.at("arms");
    const auto machine_of_arm = [&](size_t i) {
        return machine_of(arms[i].value("boot", Json::object()));
    };
    std::map<Json, std::string> generators;
    for (size_t i = 0; i < arms.size(); i++) {
        if (!arms[i].value("generator", false)) continue;
        const Pointer at = Pointer() / "arms" / i / "generator";
        if (arms[i].value("baseline", false))
            findings.push_back({at, true, "expected an arm beside the baseline, got the baseline"});
        const auto [other, is_first] =
            generators.try_emplace(machine_of_arm(i), arms[i].at("name"));
        if (!is_first)
            findings.push_back({at, true,
                                fmt::format("expected one arm that is the generator alone in a "
                                            "boot, got another besides '{}'",
                                            other->second)});
    }
    for (size_t i = 0; generators.size() > 1 && i < arms.size(); i++)
        if (!generators.contains(machine_of_arm(i)))
            findings.push_back({Pointer() / "arms" / i, false,
                                fmt::format("expected an arm with \"generator\": true and the boot "
                                            "of '{}' beside those of other boots, got none",
                                            arms[i].at("name").get<std::string>())});
    for (const char* part : {"primary", "secondary"}) {
        const Json& metrics = member(document, part);
        for (size_t i = 0; i < metrics.size(); i++)
            if (generators.empty() && metrics[i].get<std::string>().starts_with(kNet))
                findings.push_back({Pointer() / part / i, false,
                                    fmt::format("expected an arm with \"generator\": true beside "
                                                "{}, got none",
                                                shown(metrics[i]))});
    }
    return findings;
}

std::vector<Finding> check_arm_names(const Json& arms) {
    std::vector<Finding> findings;
    std::set<std::string> names;
    for (size_t i = 0; i < arms.size(); i++)
        if (!names.insert(arms[i].at("name")).second)
            findings.push_back({Pointer() / "arms" / i / "name", false,
                                fmt::format("expected each arm's name once, got {} again",
                                            shown(arms[i].at("name")))});
    return findings;
}

/// What a factor gives as a whole is not there yet when an arm's patch would be laid over it.
std::vector<Finding> check_patches(const Json& arms) {
    std::vector<Finding> findings;
    for (const char* part : {"topology", "traffic"}) {
        std::map<std::string, Json> parts;  // of each arm, its own or that of the one below
        for (size_t i = 0; i < arms.size(); i++) {
            const Json below = parts[arms[i].value("builds_on", "")];
            const bool own = arms[i].contains(part);
            parts[arms[i].at("name")] = own ? arms[i][part] : below;
            if (own && below.is_string() && arms[i][part].is_object() &&
                !arms[i][part].contains("kind"))
                findings.push_back({Pointer() / "arms" / i / part, true,
                                    fmt::format("expected none, or a whole one with its \"kind\", "
                                                "over the arm below, which has {}; got a patch",
                                                shown(below))});
        }
    }
    return findings;
}

std::vector<Finding> check_builds_on(const Json& arms) {
    std::vector<Finding> findings;
    std::vector<std::string> before;
    for (size_t i = 0; i < arms.size(); i++) {
        const std::string name = arms[i].value("builds_on", "");
        if (!name.empty() && std::find(before.begin(), before.end(), name) == before.end())
            findings.push_back(
                {Pointer() / "arms" / i / "builds_on", false,
                 before.empty()
                     ? fmt::format("expected nothing in the first arm, got {}", shown(name))
                     : fmt::format("expected an arm before this one, {}, got {}{}", one_of(before),
                                   shown(name), did_you_mean(name, before, "; "))});
        before.push_back(arms[i].at("name"));
    }
    return findings;
}

std::vector<Finding> check_rounds(const Json& document) {
    const Rounds standard;
    const Json& rounds = member(document, "rounds");
    const int least = rounds.value("timed", standard.timed),
              most = rounds.value("timed_max", standard.timed_max);
    std::vector<Finding> findings;
    if (most < least) {
        const char* key = rounds.contains("timed_max") ? "timed_max" : "timed";
        findings.push_back(
            {Pointer() / "rounds" / key, false,
             fmt::format("expected timed ({}) to be at most timed_max, got {}", least, most)});
    }
    const int counted = rounds.value("boot_seeds", standard.boot_seeds) *
                        rounds.value("phases", standard.phases),
              rounds_at_most =
                  std::max({counted, most, rounds.value("functional", standard.functional)});
    if (const int probed = rounds.value("probe_rounds", 0); probed > rounds_at_most)
        findings.push_back({Pointer() / "rounds" / "probe_rounds", false,
                            fmt::format("expected at most as many as there are rounds ({}), got {}",
                                        rounds_at_most, probed)});
    return findings;
}

/// One of `words`, or a finding that names them.
std::vector<Finding> expect_one_of(const Pointer& at, const Json& got, const Json& words) {
    std::vector<std::string> texts;
    for (const Json& word : words) {
        if (is_value(word, got)) return {};
        texts.push_back(value_text(word));
    }
    const std::string word = got.is_string() ? got.get<std::string>() : "";
    return {{at, false,
             fmt::format("expected {}, got {}{}", one_of(texts), shown(got),
                         did_you_mean(word, texts, "; "))}};
}

std::vector<Finding> check_brief(const Json& document) {
    const Json &brief = member(document, "brief"), &factors = member(document, "factors");
    Json arms = Json::array();
    for (const Json& arm : document.at("arms")) arms.push_back(arm.at("name"));
    std::vector<Finding> findings;
    const auto expect = [&](const Pointer& at, const Json& words, const Json& choice) {
        for (size_t i = 0; i < words.size(); i++)
            for (Finding& finding : expect_one_of(at / i, words[i], choice))
                findings.push_back(std::move(finding));
    };
    expect(Pointer() / "brief" / "arms", member(brief, "arms"), arms);
    const Json& values = member(brief, "factors");
    for (const std::string& name : keys(values)) {
        const Pointer at = Pointer() / "brief" / "factors" / name;
        if (factors.contains(name))
            expect(at, values[name], factors[name]);
        else
            findings.push_back({at, true,
                                fmt::format("expected a factor's name, {}, got '{}'",
                                            one_of(keys(factors)), name)});
    }
    return findings;
}

std::vector<Finding> check_name(const Json& document, const std::string& file) {
    const std::filesystem::path path(file);
    if (path.extension() != ".json" || document.at("name") == path.stem().string()) return {};
    return {{Pointer() / "name", false,
             fmt::format("expected the file's name, '{}', got {}", path.stem().string(),
                         shown(document.at("name")))}};
}

}  // namespace

std::vector<Finding> check_factors(const Json& document) {
    std::vector<Finding> findings;
    const Json& factors = member(document, "factors");
    std::set<std::string> used;
    for (const Use& use : uses_in(document)) {
        used.insert(use.reference.factor);
        const Json& values = member(factors, use.reference.factor);
        std::vector<Finding> wrong;
        if (!values.is_array())
            wrong = {refused(use, with_dollar(keys(factors)))};
        else if (use.text.find('.') != std::string::npos)
            wrong = check_key(use, values);
        findings.insert(findings.end(), wrong.begin(), wrong.end());
    }
    for (const std::string& name : keys(factors))
        if (!used.contains(name))
            findings.push_back({Pointer() / "factors" / name, true,
                                fmt::format("expected \"${}\" somewhere in topology, setup, knobs, "
                                            "traffic or boot, got none",
                                            name)});
    return findings;
}

std::vector<std::map<std::string, Json>> factor_samples(const Json& document) {
    const Json& factors = member(document, "factors");
    size_t longest = 1;
    for (const std::string& name : keys(factors))
        if (factors[name].is_array()) longest = std::max(longest, factors[name].size());
    std::vector<std::map<std::string, Json>> samples(longest);
    for (const std::string& name : keys(factors)) {
        const Json& values = factors[name];
        if (!values.is_array() || values.empty()) continue;
        for (size_t k = 0; k < longest; k++)
            samples[k][name] = values[std::min(k, values.size() - 1)];
    }
    return samples;
}

std::vector<Finding> check_knobs(const Json& document,
                                 const std::function<void(const std::string&)>& require_knob) {
    std::vector<Finding> findings;
    const auto check = [&](const Json& owner, const Pointer& at) {
        for (const std::string& name : keys(member(owner, "knobs"))) {
            try {
                require_knob(name);
            } catch (const Error& error) {
                findings.push_back(
                    {at / "knobs" / name, true,
                     fmt::format("expected a knob, got {}: {}", shown(name), error.what())});
            }
        }
    };
    check(document, Pointer());
    const Json& arms = document.at("arms");
    for (size_t i = 0; i < arms.size(); i++) check(arms[i], Pointer() / "arms" / i);
    return findings;
}

std::vector<Finding> check_meaning(const Json& document, const std::string& file) {
    std::vector<Finding> findings;
    for (const auto& some :
         {check_baseline(document.at("arms")), check_arm_names(document.at("arms")),
          check_builds_on(document.at("arms")), check_patches(document.at("arms")),
          check_rounds(document), check_brief(document), check_generator(document),
          check_name(document, file)})
        findings.insert(findings.end(), some.begin(), some.end());
    return findings;
}

}  // namespace rxlab
