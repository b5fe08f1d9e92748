// SPDX-License-Identifier: GPL-2.0
// A result with everything it was made from: documents, kernel, image, payload, the binary and the
// command to repeat it.
#include <fmt/format.h>
#include <memory>
#include <regex>

#include "base/error.h"
#include "cmd/options.h"
#include "cmd/perform.h"
#include "session/assembly.h"
#include "sys/sys.h"
#include "target/boot_assets.h"
#include "target/files.h"

namespace fs = std::filesystem;

namespace rxlab {
namespace {

constexpr const char* kReadme =
    R"text(This bundle repeats one rxlab run on another machine: x86-64 Linux with QEMU and
the checkout named below.

  repeat.sh            runs the same experiment, kernel and image, and compares every observation
  result/              what the run gave: result.json, comparison.json, report, plots
  NAME.json            the experiment, verbatim
  kernel/              the kernel image and its configuration
  modules.tar          the kernel's modules
  rxlab                the binary that ran, on the host and in the guest
  SHA256SUMS           of every file here

result/result.json says the rest: QEMU version and arguments, CPU model, seeds, hashes and
the version of rxlab.
)text";

constexpr const char* kRepeat = R"text(#!/bin/sh
# Usage: RXLAB_ROOT=/path/to/rxlab ./repeat.sh [DIR]
# Repeats the run into DIR (default: ./repeated) and says whether every observation is the same.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${{RXLAB_ROOT:?set it to an rxlab checkout ({version})}}"
export RXLAB_ROOT
out=${{1:-$here/repeated}}
mkdir -p "$here/modules"
tar -C "$here/modules" -xf "$here/modules.tar"
status=0
"$here/rxlab" run "$here/{experiment}.json" --lane {lane} --seed {seed} --cpu '{cpu}'{rounds} \
  --kernel "$here/kernel/{vmlinuz}" --modules "$here/modules/{release}" --out "$out" \
  --no-report || status=$?
[ "$status" -lt 4 ] && [ "$status" -ne 2 ] || exit "$status"
was={sha256}
is=$(sed -n 's/.*"observations_sha256": "\([0-9a-f]*\)".*/\1/p' "$out/result.json")
[ "$was" = "$is" ] && echo "repeated: every observation is the same" && exit 0
echo "NOT the same: $was then, $is now; 'rxlab compare result $out' says what differs"
exit 4
)text";

/// Copies the run's documents; the folder of a run may hold more than they.
void copy_documents(const fs::path& run, const fs::path& to) {
    fs::create_directories(to);
    for (const auto& entry : fs::directory_iterator(run))
        if (entry.is_regular_file()) fs::copy_file(entry.path(), to / entry.path().filename());
}

void copy_kernel(const Kernel& kernel, const fs::path& to) {
    fs::create_directories(to);
    const fs::path vmlinuz = kernel.vmlinuz;
    fs::copy_file(vmlinuz, to / vmlinuz.filename());
    const fs::path config = vmlinuz.parent_path() / ("config-" + kernel.release);
    if (fs::exists(config)) fs::copy_file(config, to / config.filename());
}

/// A word of a document that goes into a shell script. @throws Error(Status::usage)
std::string plain_word(const Result& result, const char* key, const std::string& otherwise) {
    static const std::regex plain("[A-Za-z0-9 _.,:=/+@%-]*");
    const Json value = result.provenance.value(key, Json(otherwise));
    if (!value.is_string() || !std::regex_match(value.get<std::string>(), plain))
        throw Error(Status::usage,
                    fmt::format("/provenance/{}: expected plain letters, digits and _.,:=/+@%-, "
                                "got {}",
                                key, value.dump()),
                    "run the experiment again, then bundle that");
    return value;
}

std::string repeat_script(const Result& result, const Kernel& kernel) {
    int rounds = 0;
    for (const Trial& trial : result.plan.trials) rounds = std::max(rounds, trial.round + 1);
    return fmt::format(kRepeat, fmt::arg("version", plain_word(result, "rxlab_version", "unknown")),
                       fmt::arg("experiment", result.experiment.name),
                       fmt::arg("lane", to_string(result.plan.lane)),
                       fmt::arg("seed", result.plan.seed),
                       fmt::arg("cpu", plain_word(result, "cpu_model", VmOptions{}.cpu)),
                       fmt::arg("rounds", fmt::format(" --rounds {}", rounds)),
                       fmt::arg("vmlinuz", fs::path(kernel.vmlinuz).filename().string()),
                       fmt::arg("release", kernel.release),
                       fmt::arg("sha256", observations_sha256(result.observations)));
}

/// The kernel the run names, if what is found here is that very kernel. @throws
/// Error(Status::usage)
Kernel kernel_of(const Result& result) {
    const Json asked = result.provenance.value("kernel_asked",
                                               Json{{"kernel", default_kernel()}, {"modules", ""}});
    const BootAssets assets = gather_boot_assets(asked["kernel"], asked["modules"]);
    const std::string then = result.provenance.at("kernel").value("sha256", "");
    if (then != assets.ingredients.kernel)
        throw Error(
            Status::usage,
            fmt::format("the run's kernel (sha256 {:.12}) is not the one found here ({:.12}, {})",
                        then, assets.ingredients.kernel, assets.kernel.release),
            "run the experiment again, then bundle that");
    return assets.kernel;
}

bool needs_more_than_a_bundle_has(const Trial& trial) {
    const Boot& boot = trial.boot;
    return !boot.kernel.empty() || !boot.kmod.empty() || !boot.bpf.empty() ||
           !guest_files_of(trial).empty();
}

void bundle(const fs::path& run, fs::path to) {
    const Result result = load_result(run);
    if (result.plan.target != "vm")
        throw Error(Status::usage, "only runs in a VM can be bundled: a host cannot be packed",
                    "hand on the folder of the run itself");
    const std::vector<Trial>& trials = result.plan.trials;
    if (std::any_of(trials.begin(), trials.end(), needs_more_than_a_bundle_has))
        throw Error(Status::usage,
                    "a run whose arms boot kernels, modules or BPF objects of their own, or bring "
                    "files of this machine, cannot be bundled: a bundle holds one of each",
                    "hand on the folder of the run itself");
    const Kernel kernel = kernel_of(result);
    if (to.empty()) to = fs::canonical(run).filename().string() + ".tar.gz";

    const WorkFolder work;
    const std::string name = "rxlab-" + result.experiment.name;
    const fs::path folder = work.path(name);
    copy_documents(run, folder / "result");
    copy_kernel(kernel, folder / "kernel");
    fs::copy_file("/proc/self/exe", folder / "rxlab");
    write_whole(folder / (result.experiment.name + ".json"), result.experiment.text);
    write_whole(folder / "README", kReadme);
    write_whole(folder / "repeat.sh", repeat_script(result, kernel));
    fs::permissions(folder / "repeat.sh", fs::perms(0755));
    Sys& sys = real_sys();
    run_or_throw(sys, {"tar", "-C", fs::path(kernel.modules).parent_path(), "-cf",
                       folder / "modules.tar", fs::path(kernel.modules).filename()});
    const std::string sums =
        run_or_throw(sys, {"find", folder, "-type", "f", "-exec", "sha256sum", "{}", "+"});
    std::string relative = sums;
    for (size_t at; (at = relative.find(folder.string() + "/")) != std::string::npos;)
        relative.erase(at, folder.string().size() + 1);
    write_whole(folder / "SHA256SUMS", relative);
    const fs::path fresh = to.string() + ".new";
    run_or_throw(sys, {"tar", "-C", work.path(""), "-czf", fs::absolute(fresh), name});
    fs::rename(fresh, to);
    fmt::print("{}  {:.0f} MiB; unpack it and run repeat.sh\n", to.string(),
               static_cast<double>(fs::file_size(to)) / (1 << 20));
}

}  // namespace

void define_bundle(CommandOptions command) {
    auto run = std::make_shared<std::string>();
    auto to = std::make_shared<std::string>();
    command.option("DIR", *run, "folder of a run (result.json)").required().existing_folder();
    command.option("-o,--output", *to, "file to write (default: DIR's name.tar.gz here)");
    command.does([=] { bundle(*run, *to); });
}

}  // namespace rxlab
