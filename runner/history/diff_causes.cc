// SPDX-License-Identifier: GPL-2.0
#include "history/diff_causes.h"

#include "base/error.h"
#include "base/lines.h"
#include "experiment/field.h"

#include <fmt/format.h>

namespace rxlab {
namespace {

constexpr int kDiffVersion = 1;

bool changed(const Field& path) {
    const std::string verdict = path["verdict"].text();
    return verdict == "better" || verdict == "worse";
}

/// A diff calls a path "closed-port rxnic" where a factor's value has a name, and "veth size=60".
bool is_path(const std::string& path, const SeriesName& series) {
    if (path == series.arm) return true;
    const auto words = words_in(path), factors = words_in(series.factors);
    if (words.size() != factors.size() + 1 || words.front() != series.arm) return false;
    for (size_t i = 0; i < factors.size(); i++)
        if (words[i + 1] != factors[i] && !factors[i].ends_with("=" + words[i + 1])) return false;
    return true;
}

}  // namespace

bool is_diff(const Json& document) {
    return document.is_object() && document.contains("before") && document.contains("after") &&
           document.contains("paths");
}

std::vector<KeptCause> causes_in(const Json& document, const std::string& source) {
    const Field diff(document);
    if (diff["schema_version"].json() != kDiffVersion)
        diff["schema_version"].refuse(fmt::format("{} (this rxlab's)", kDiffVersion));
    const std::string before = diff["before"]["release"].text(),
                      after = diff["after"]["release"].text();
    std::vector<KeptCause> causes;
    for (const Field& path : diff["paths"].items())
        if (changed(path))
            causes.push_back({before, after, path["experiment"].text(), path["path"].text(),
                              path["sentence"].text(), source});
    return causes;
}

const KeptCause* cause_of(const std::vector<KeptCause>& causes, const SeriesName& series,
                          const std::string& before, const std::string& after) {
    for (const KeptCause& cause : causes)
        if (cause.before == before && cause.after == after &&
            cause.experiment == series.experiment && is_path(cause.path, series))
            return &cause;
    return nullptr;
}

}  // namespace rxlab
