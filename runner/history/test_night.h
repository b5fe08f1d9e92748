// SPDX-License-Identifier: GPL-2.0
// For tests: results of nights in a folder, as `rxlab nightly` leaves them.
#pragma once
#include "base/test_folder.h"
#include "base/whole_file.h"
#include "history/add.h"
#include "result/test_result.h"

namespace rxlab {

/// What a test says of one night's result.
struct TestNight {
    std::string night = "2026-12-01";
    double before = 3600, after = 900;  ///< instructions per packet, of the baseline and the arm
    std::string release = "6.12.107+deb12-amd64";
    Lane lane = Lane::counted;
    Json changes = Json::object();  ///< merged into the document
    std::string topology = "veth";
    std::string run = "drop-point-6.12";  ///< its folder
};

inline Json test_document(const TestNight& night) {
    Experiment experiment = test_experiment({"closed-port", "xdp-native"});
    experiment.topology = {{"kind", night.topology}};
    if (night.lane != Lane::counted) experiment.primary = {"ns_per_packet"};
    Result result = test_result(
        experiment,
        [&](const std::string& arm, int round) {
            // Rounds of the counted lane differ a little, each night by the same.
            return (arm == "closed-port" ? night.before : night.after) + 0.125 * (round % 3);
        },
        night.lane, 6);
    if (night.lane != Lane::counted)
        for (Observation& one : result.observations)
            one.metrics["ns_per_packet"] = {one.metrics["instructions_per_packet"].value, "ns",
                                            "lower"};
    result.provenance = {
        {"kernel", {{"release", night.release}}},
        {"kernel_asked", {{"kernel", "6.12"}}},
        {"cpu_model", "Haswell-noTSX"},
        {"host", {{"cpu_model", "Some CPU"}, {"cpus_online", "0-1"}, {"governor", nullptr}}},
        {"rxlab_version", "4bb1a140beaa"},
        {"ingredients",
         Json::array(
             {{{"name", "kernel"}, {"from", night.release}, {"sha256", night.release}},
              {{"name", "payload modules/rxnic.ko"}, {"from", "rxlab"}, {"sha256", "a"}}})}};
    result.wall_s = static_cast<double>(std::hash<std::string>{}(night.night + night.run) % 1000);
    Json document = to_json(result);
    document.merge_patch(night.changes);
    return document;
}

/// A folder of nights, and the history of them.
class TestNights {
public:
    std::filesystem::path write(const TestNight& night) const {
        return write(night, test_document(night).dump());
    }
    std::filesystem::path write(const TestNight& night, const std::string& text) const {
        const std::filesystem::path run = folder_.path() / night.night / night.run;
        make_folder(run);
        write_whole(run / "result.json", text);
        return run;
    }
    AddedFile add(const TestNight& night) const {
        return add_to_history(database(), {write(night)}).files.front();
    }
    std::filesystem::path database() const { return folder_.path() / "history.sqlite"; }
    const std::filesystem::path& path() const { return folder_.path(); }

private:
    TestFolder folder_;
};

}  // namespace rxlab
