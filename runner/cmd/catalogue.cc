// SPDX-License-Identifier: GPL-2.0
#include "cmd/catalogue.h"

#include "base/error.h"
#include "base/fd.h"
#include "base/interrupt.h"
#include "base/nearest.h"
#include "collect/collector.h"
#include "knobs/knobs.h"
#include "metrics/metric.h"
#include "setup/setup.h"
#include "sys/sys.h"
#include "target/devices.h"
#include "target/files.h"
#include "target/source_version.h"
#include "topology/nic_models.h"
#include "traffic/traffic.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>

namespace fs = std::filesystem;

namespace rxlab {
namespace {

template <typename Row>
std::vector<Vocabulary::Word> words_with_schema(const Row* rows, size_t count) {
    std::vector<Vocabulary::Word> words;
    for (size_t i = 0; i < count; i++)
        words.push_back({rows[i].name, rows[i].summary, Json::parse(rows[i].schema)});
    return words;
}

template <typename Row>
std::vector<Vocabulary::Word> words_without_schema(const Row* rows, size_t count) {
    std::vector<Vocabulary::Word> words;
    for (size_t i = 0; i < count; i++) words.push_back({rows[i].name, rows[i].summary, nullptr});
    return words;
}

bool looks_like_path(const std::string& name) {
    return name.find('/') != std::string::npos || name.ends_with(".json");
}

/// A call failed: for a signal that does not end the program it is made again.
void require_only_interrupted(const fs::path& path) {
    const int error = errno;
    throw_if_interrupted();
    if (error == EINTR) return;
    throw Error(Status::usage,
                fmt::format("{}: cannot be read: {}", path.string(),
                            error == EISDIR ? "it is a folder" : std::strerror(error)));
}

Fd opened(const fs::path& path) {
    for (;;) {
        Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));  // waits for who writes into a pipe
        if (file) return file;
        require_only_interrupted(path);
    }
}

constexpr const char* kSpaces = "experiments/spaces";

std::vector<std::string> names_in(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".json") names.push_back(entry.path().stem());
    std::sort(names.begin(), names.end());
    return names;
}

/// What a person wrote, and the file as messages name it.
struct Written {
    std::string text, file;
};

/// By the path of a file, or by the name of one of `folder` in the data. @throws
/// Error(Status::usage) with the nearest name.
Written written_under(const std::string& folder, const char* what,
                      const std::string& name_or_path) {
    if (looks_like_path(name_or_path))
        return {read_text(name_or_path, kLargestInput), name_or_path};
    const std::vector<std::string> names = names_in(data_folder() / folder);
    if (std::find(names.begin(), names.end(), name_or_path) == names.end())
        throw Error(Status::usage, fmt::format("no {} '{}' in {}/", what, name_or_path, folder),
                    did_you_mean(name_or_path, names, "", " ") + "'rxlab list' shows them all");
    const std::string file = fmt::format("{}/{}.json", folder, name_or_path);
    return {read_text(data_folder() / file, kLargestInput), file};
}

}  // namespace

Vocabulary vocabulary() {
    Vocabulary words;
    words.topologies = words_with_schema(kTopologies, kTopologyCount);
    words.traffics = words_with_schema(kTraffics, kTrafficCount);
    words.setups = words_with_schema(kSetups, kSetupCount);
    words.knobs = words_without_schema(kKnobs, kKnobCount);
    words.require_knob = [](const std::string& knob) { find_knob(knob); };
    words.devices = words_without_schema(kDevices, kDeviceCount);
    for (size_t i = 0; i < kNicModelCount; i++)
        words.devices.push_back({nic_device(kNicModels[i]),
                                 fmt::format("a pair of NICs, {}", kNicModels[i].summary),
                                 nullptr});
    for (const NamedCollector& collector : named_collectors())
        words.collectors.push_back({collector.name(), collector.kind->summary, nullptr});
    for (const MetricRow& row : metric_table())
        words.metrics.push_back({row.pattern, row.summary, nullptr});
    return words;
}

std::string version() {
    try {
        return source_version(real_sys(), data_folder());
    } catch (const Error&) {  // no data
        return "unknown";
    }
}

std::vector<std::string> experiment_names() {
    return names_in(data_folder() / "experiments");
}

Experiment load_experiment(const std::string& name_or_path) {
    const Written written = written_under("experiments", "experiment", name_or_path);
    return parse_experiment(written.text, written.file, vocabulary());
}

std::vector<std::string> space_names() {
    return names_in(data_folder() / kSpaces);
}

Space load_space(const std::string& name_or_path) {
    const Written written = written_under(kSpaces, "space", name_or_path);
    return parse_space(written.text, written.file);
}

std::string read_text(const fs::path& path, size_t most, const std::string& if_larger) {
    const Fd file = opened(path);
    std::string text;
    char buffer[65536];
    for (ssize_t count = 1; count != 0;) {
        throw_if_interrupted();
        count = ::read(file.get(), buffer, sizeof buffer);
        if (count > 0) text.append(buffer, static_cast<size_t>(count));
        if (text.size() > most)
            throw Error(Status::usage,
                        fmt::format("{}: larger than the {} MiB that it may have", path.string(),
                                    most >> 20),
                        if_larger);
        if (count < 0) require_only_interrupted(path);
    }
    return text;
}

Json read_json(const fs::path& path) {
    const Json json = Json::parse(read_text(path, kLargestResult), nullptr, false);
    if (json.is_discarded())
        throw Error(Status::usage, fmt::format("{}: not a JSON document", path.string()),
                    "was the run that wrote it interrupted?");
    return json;
}

}  // namespace rxlab
