// SPDX-License-Identifier: GPL-2.0
#include "sys/bpf.h"

#include "base/error.h"
#include "base/lower.h"
#include "bpf/objects.h"
#include "sys/advice.h"
#include "sys/bpf_config.h"
#include "sys/read_if_there.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/if_link.h>
#include <linux/magic.h>
#include <net/if.h>
#include <sys/mman.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace rxlab {
namespace {

thread_local std::string libbpf_warnings;

int keep_warnings(enum libbpf_print_level level, const char* format, va_list arguments) {
    if (level != LIBBPF_WARN) return 0;
    char line[512];
    vsnprintf(line, sizeof line, format, arguments);
    libbpf_warnings += line;
    return 0;
}

void use_libbpf() {
    static const auto previous = libbpf_set_print(keep_warnings);
    (void)previous;
    libbpf_warnings.clear();
}

[[noreturn]] void fail(const std::string& fact, int error, std::string next = {}) {
    throw Error(Status::invalid, fmt::format("{}: {}", fact, std::strerror(error)),
                std::move(next));
}

/// A libbpf call's result, or an Error.
int must(int result, const std::string& fact) {
    if (result < 0) fail(fact, -result);
    return result;
}

/// Its own numbers begin where the kernel's end.
std::string words_of_libbpf(int error) {
    char words[128] = "";
    libbpf_strerror(error, words, sizeof words);
    return words;
}

std::string last_lines(const std::string& text, int lines) {
    size_t at = text.find_last_not_of('\n');
    if (at == std::string::npos) return {};
    const size_t end = at + 1;
    while (lines-- > 0 && at != std::string::npos && at > 0) at = text.rfind('\n', at - 1);
    return text.substr(at == std::string::npos ? 0 : at + 1,
                       end - (at == std::string::npos ? 0 : at + 1));
}

size_t possible_cpus() {
    static const int count = must(libbpf_num_possible_cpus(), "number of possible CPUs");
    return static_cast<size_t>(count);
}

std::string preferred_folder;

/// Of the object in preferred_folder; empty: the embedded one is meant.
std::string preferred_file(const std::string& name) {
    if (preferred_folder.empty() || !is_bpf_variant(name)) return "";
    const std::string file = preferred_folder + "/" + name + ".bpf.o";
    if (::access(file.c_str(), F_OK))
        throw Error(Status::usage,
                    fmt::format("the BPF objects that this arm is to boot have no {}", name),
                    "name paths whose programs both have");
    return file;
}

const BpfBytes& embedded(const std::string& name) {
    std::vector<std::string> known;
    for (size_t i = 0; i < kBpfObjectCount; ++i) {
        if (name == kBpfObjects[i].name) return kBpfObjects[i];
        known.emplace_back(kBpfObjects[i].name);
    }
    throw Error(Status::usage, fmt::format("no BPF program '{}'", name), advice_on(name, known));
}

/// The kernel explains a refused program only here; libbpf asks for the log after the refusal, so
/// it costs nothing before.
class VerifierLogs {
public:
    explicit VerifierLogs(bpf_object* object) {
        bpf_program* program = nullptr;
        while ((program = bpf_object__next_program(object, program))) {
            logs_.emplace_back(new char[kBytes]);
            logs_.back()[0] = '\0';
            bpf_program__set_log_buf(program, logs_.back().get(), kBytes);
        }
    }
    std::string text() const {
        std::string out;
        for (const auto& log : logs_) out += log.get();
        return out;
    }

private:
    static constexpr size_t kBytes = 1 << 20;
    std::vector<std::unique_ptr<char[]>> logs_;
};

unsigned interface_index(const std::string& interface) {
    const unsigned index = if_nametoindex(interface.c_str());
    if (!index) fail("interface '" + interface + "'", errno);
    return index;
}

std::optional<XdpAttached> attached_to(unsigned index, const std::string& interface) {
    LIBBPF_OPTS(bpf_xdp_query_opts, query);
    must(bpf_xdp_query(static_cast<int>(index), 0, &query), "XDP program of " + interface);
    if (query.drv_prog_id) return XdpAttached{query.drv_prog_id, XdpMode::native};
    if (query.skb_prog_id) return XdpAttached{query.skb_prog_id, XdpMode::generic};
    return std::nullopt;
}

bpf_prog_info info_of(int program) {
    bpf_prog_info info{};
    uint32_t size = sizeof info;
    must(bpf_obj_get_info_by_fd(program, &info, &size), "BPF program info");
    return info;
}

/// What the kernel said beside the number, as libbpf prints netlink's extended acknowledgement.
std::string kernel_reason() {
    static const std::string before = "Kernel error message: ";
    const size_t at = libbpf_warnings.find(before);
    if (at == std::string::npos) return {};
    const size_t from = at + before.size();
    return libbpf_warnings.substr(from, libbpf_warnings.find('\n', from) - from);
}

/// The first row that fits is the remedy; `word` is of the kernel's reason, in small letters.
struct Remedy {
    int error;  ///< 0: any
    const char* word;
    const char* next;
};
const Remedy kRemedies[] = {
    {0, "peer mtu",
     "a smaller MTU of the other end (ip link set dev PEER mtu 1500), or mode generic, which takes "
     "any MTU"},
    {0, "mtu", "ip link set dev {interface} mtu 1500, or mode generic, which takes any MTU"},
    {0, "lro", "ethtool -K {interface} lro off"},
    {0, "gro_hw", "ethtool -K {interface} rx-gro-hw off"},
    {0, "queue",
     "ethtool -l {interface} shows its queues, ethtool -L changes them; or mode generic"},
    {0, "ring", "ethtool -l {interface} shows its rings, ethtool -L changes them; or mode generic"},
    {0, "bpf xdp link",
     "a program that a BPF link holds leaves with its owner, or by bpftool link detach; bpftool "
     "link "
     "show names it"},
    {EBUSY, "", "another program is there, or the driver is busy: ip -d link show {interface}"},
    {EEXIST, "", "another program is there: ip -d link show {interface}"},
    {EOPNOTSUPP, "", "its driver has no XDP of its own, or not with these settings: mode generic"},
    {ERANGE, "",
     "its MTU is too large: ip link set dev {interface} mtu 1500, or mode generic, which takes any "
     "MTU"},
    {EINVAL, "",
     "the driver takes none with these settings; most often it is the MTU (ip link set dev "
     "{interface} mtu 1500) or LRO (ethtool -K {interface} lro off); or mode generic"},
    {ENOMEM, "",
     "no memory or no queues for it: fewer queues (ethtool -L {interface}), or mode generic"},
    {ENOSPC, "",
     "ethtool -l {interface} shows its queues, ethtool -L changes them; or mode generic"},
    {ENODEV, "", "the interface went away meanwhile: ip link shows what there is"},
    {EPERM, "", "root, with CAP_NET_ADMIN in the interface's namespace"},
};

[[noreturn]] void refused_xdp(const std::string& interface, int error, const std::string& reason,
                              XdpMode mode, bool taking_off) {
    throw Error(Status::invalid,
                fmt::format("{}: the kernel {} ({}{})", interface,
                            taking_off                ? "does not take the XDP program off"
                            : mode == XdpMode::native ? "refuses an XDP program in the driver"
                                                      : "refuses an XDP program in the stack",
                            reason.empty() ? "" : reason + "; ", std::strerror(error)),
                remedy_of(error, reason, interface));
}

/// Was it refused because another program is there than was expected?
bool is_another(const NetDevice& device, int expected, int result) {
    if (result != -EBUSY && result != -EEXIST) return false;
    const auto attached = attached_to(device.index, device.name);
    return (attached ? attached->id : 0) != (expected < 0 ? 0 : info_of(expected).id);
}

}  // namespace

BpfMap::BpfMap(int fd) : fd_(fd) {
    bpf_map_info info{};
    uint32_t size = sizeof info;
    must(bpf_obj_get_info_by_fd(fd, &info, &size), "BPF map info");
    name_ = info.name;
    type_ = info.type;
    key_size_ = info.key_size;
    value_size_ = info.value_size;
    entries_ = info.max_entries;
    flags_ = info.map_flags;
}

bool BpfMap::per_cpu() const {
    return type_ == BPF_MAP_TYPE_PERCPU_ARRAY;
}

// The kernel lays values out at multiples of eight bytes, per CPU and in mapped arrays alike.
size_t BpfMap::stride() const {
    return (value_size_ + 7) / 8 * 8;
}

void BpfMap::check_size(size_t size) const {
    if (size != value_size_)
        throw Error(Status::invalid, fmt::format("BPF map '{}' has values of {} bytes, not {}",
                                                 name_, value_size_, size));
}

std::vector<uint8_t> BpfMap::lookup(uint32_t key) const {
    std::vector<uint8_t> bytes(stride() * (per_cpu() ? possible_cpus() : 1));
    must(bpf_map_lookup_elem(fd_, &key, bytes.data()),
         fmt::format("BPF map '{}', key {}", name_, key));
    return bytes;
}

std::vector<uint8_t> BpfMap::contents() const {
    std::vector<uint8_t> bytes(stride() * entries_);
    if (!(flags_ & BPF_F_MMAPABLE)) {
        for (uint32_t key = 0; key < entries_; ++key)
            std::memcpy(bytes.data() + key * stride(), lookup(key).data(), stride());
        return bytes;
    }
    void* mapped = mmap(nullptr, bytes.size(), PROT_READ, MAP_SHARED, fd_, 0);
    if (mapped == MAP_FAILED) fail("mapping BPF map '" + name_ + "'", errno);
    std::memcpy(bytes.data(), mapped, bytes.size());
    munmap(mapped, bytes.size());
    return bytes;
}

/// Keys first: whoever fills the map meanwhile would never let a loop that deletes come to its end.
void BpfMap::forget() const {
    std::vector<std::vector<uint8_t>> keys;
    std::vector<uint8_t> key(key_size_);
    for (const void* last = nullptr;
         keys.size() < entries_ && bpf_map_get_next_key(fd_, last, key.data()) == 0;
         last = keys.back().data())
        keys.push_back(key);
    for (const std::vector<uint8_t>& known : keys) bpf_map_delete_elem(fd_, known.data());
}

void BpfMap::clear() const {
    if (type_ == BPF_MAP_TYPE_HASH || type_ == BPF_MAP_TYPE_PERCPU_HASH) return forget();
    const std::vector<uint8_t> zeros(stride() * (per_cpu() ? possible_cpus() : 1));
    for (uint32_t key = 0; key < entries_; ++key)
        must(bpf_map_update_elem(fd_, &key, zeros.data(), BPF_ANY),
             fmt::format("clearing BPF map '{}'", name_));
}

void BpfObject::Close::operator()(bpf_object* object) const {
    bpf_object__close(object);
}

BpfObject BpfObject::open(const std::string& name) {
    use_libbpf();
    const BpfBytes& bytes = embedded(name);
    const std::string file = preferred_file(name);
    BpfObject out;
    out.name_ = name;
    LIBBPF_OPTS(bpf_object_open_opts, options, .object_name = name.c_str());
    out.object_.reset(file.empty() ? bpf_object__open_mem(bytes.begin, bytes.size(), &options)
                                   : bpf_object__open_file(file.c_str(), &options));
    if (!out.object_) fail("opening BPF object '" + name + "'", errno, libbpf_warnings);
    return out;
}

BpfObject BpfObject::open_xdp(const std::string& path, const std::string& program) {
    use_libbpf();
    BpfObject out;
    out.name_ = path.substr(path.rfind('/') + 1);
    out.object_.reset(bpf_object__open_file(path.c_str(), nullptr));
    if (!out.object_)
        throw Error(
            Status::usage,
            fmt::format("'{}' cannot be opened as a BPF object: {}", path, words_of_libbpf(errno)),
            last_lines(libbpf_warnings, 2));
    out.take_only(program);
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, out.object_.get()) bpf_map__set_pin_path(map, nullptr);
    return out;
}

void BpfObject::take_only(const std::string& wanted) {
    std::vector<std::string> names;
    bpf_program* program = nullptr;
    while ((program = bpf_object__next_program(object_.get(), program)))
        if (bpf_program__type(program) == BPF_PROG_TYPE_XDP &&
            bpf_program__expected_attach_type(program) == BPF_XDP)
            names.emplace_back(bpf_program__name(program));
    if (wanted.empty() && names.size() != 1)
        throw Error(Status::usage,
                    names.empty() ? fmt::format("'{}' has no XDP program (SEC(\"xdp\"))", name_)
                                  : fmt::format("'{}' has {} XDP programs: {}", name_, names.size(),
                                                fmt::join(names, ", ")),
                    names.empty() ? "mark the function with SEC(\"xdp\")" : "name one of them");
    only_ = wanted.empty() ? names.front() : wanted;
    if (std::find(names.begin(), names.end(), only_) == names.end())
        throw Error(Status::usage, fmt::format("'{}' has no XDP program '{}'", name_, only_),
                    advice_on(only_, names));
    while ((program = bpf_object__next_program(object_.get(), program)))
        bpf_program__set_autoload(program, only_ == bpf_program__name(program));
}

bool is_bpf_variant(const std::string& object) {
    return object.starts_with("xdp_") || object.starts_with("filter_") || object.starts_with("tc_");
}

void prefer_bpf_objects_in(const std::string& folder) {
    preferred_folder = ::access(folder.c_str(), F_OK) ? "" : folder;
}

Fd embedded_bpf_file(const std::string& name) {
    const BpfBytes& bytes = embedded(name);
    if (const std::string file = preferred_file(name); !file.empty())
        return Fd(must(::open(file.c_str(), O_RDONLY | O_CLOEXEC), file));
    Fd file(::memfd_create(name.c_str(), MFD_CLOEXEC));
    if (file.get() < 0 ||
        ::write(file.get(), bytes.begin, bytes.size()) != static_cast<ssize_t>(bytes.size()))
        fail("a file in memory for BPF object '" + name + "'", errno);
    return file;
}

void BpfObject::configure(const Json& config) {
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object_.get()) {
        const std::string map_name = bpf_map__name(map);
        if (!map_name.ends_with(".rodata")) continue;
        size_t size = 0;
        const auto* data = static_cast<const uint8_t*>(bpf_map__initial_value(map, &size));
        std::vector<uint8_t> image(data, data + size);
        set_bpf_config(name_, bpf_object__btf(object_.get()), image, config);
        must(bpf_map__set_initial_value(map, image.data(), size),
             "configuring BPF object '" + name_ + "'");
        return;
    }
    set_bpf_config(name_, nullptr, {}, config);
}

void BpfObject::resize(const std::string& map, uint32_t entries) {
    bpf_map* found = bpf_object__find_map_by_name(object_.get(), map.c_str());
    must(found ? bpf_map__set_max_entries(found, entries) : -ENOENT,
         fmt::format("{} entries for BPF map '{}'", entries, map));
}

void BpfObject::reuse(const std::string& map, int fd) {
    bpf_map* found = bpf_object__find_map_by_name(object_.get(), map.c_str());
    must(found ? bpf_map__reuse_fd(found, fd) : -ENOENT,
         fmt::format("taking over BPF map '{}'", map));
}

std::vector<std::string> BpfObject::maps() const {
    std::vector<std::string> names;
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object_.get()) {
        const std::string name = bpf_map__name(map);
        if (name.find('.') == std::string::npos) names.push_back(name);
    }
    return names;
}

void BpfObject::load() {
    use_libbpf();
    const VerifierLogs logs(object_.get());
    const int result = bpf_object__load(object_.get());
    if (result < 0) {
        const std::string log = last_lines(logs.text(), 8);
        fail("loading BPF object '" + name_ + "'", -result,
             log.empty() ? last_lines(libbpf_warnings, 4) : log);
    }
}

int BpfObject::program(const std::string& program) const {
    const std::string& wanted = program.empty() ? only_ : program;
    bpf_program* found = wanted.empty()
                             ? bpf_object__next_program(object_.get(), nullptr)
                             : bpf_object__find_program_by_name(object_.get(), wanted.c_str());
    if (!found)
        throw Error(Status::invalid,
                    fmt::format("BPF object '{}' has no program '{}'", name_, wanted));
    if (wanted.empty() && bpf_object__next_program(object_.get(), found))
        throw Error(Status::invalid,
                    fmt::format("BPF object '{}' has several programs, and none was named", name_));
    return bpf_program__fd(found);
}

bool BpfObject::has_map(const std::string& map) const {
    return bpf_object__find_map_by_name(object_.get(), map.c_str());
}

int BpfObject::map(const std::string& map) const {
    if (!has_map(map))
        throw Error(Status::invalid, fmt::format("BPF object '{}' has no map '{}'", name_, map));
    return bpf_object__find_map_fd_by_name(object_.get(), map.c_str());
}

std::vector<Fd> BpfObject::attach_raw_tracepoints() const {
    static const std::string prefix = "raw_tp/";
    std::vector<Fd> links;
    bpf_program* program = nullptr;
    while ((program = bpf_object__prev_program(object_.get(), program))) {
        const std::string section = bpf_program__section_name(program);
        if (!section.starts_with(prefix)) continue;
        const std::string tracepoint = section.substr(prefix.size());
        const int link = bpf_raw_tracepoint_open(tracepoint.c_str(), bpf_program__fd(program));
        if (link == -ENOENT &&
            std::string_view(bpf_program__name(program)).starts_with("if_there_"))
            continue;
        links.emplace(links.begin(), must(link, "attaching to tracepoint " + tracepoint));
    }
    return links;
}

BpfObject load_bpf(const std::string& name, const Json& config) {
    BpfObject object = BpfObject::open(name);
    object.configure(config);
    object.load();
    return object;
}

const char* to_string(XdpMode mode) {
    return mode == XdpMode::native ? "native" : "generic";
}

std::optional<XdpAttached> xdp_attached(Sys& sys, const std::string& netns,
                                        const std::string& interface) {
    use_libbpf();
    std::optional<XdpAttached> attached;
    sys.in_netns(netns, [&] { attached = attached_to(interface_index(interface), interface); });
    return attached;
}

void attach_xdp(Sys& sys, const std::string& netns, const std::string& interface, int program,
                XdpMode mode) {
    NetDevice device{netns, interface, 0, 0};
    sys.in_netns(netns, [&] { device.index = interface_index(interface); });
    if (!swap_xdp(sys, device, -1, program, mode))
        throw Error(Status::invalid,
                    fmt::format("attaching an XDP program to {}: another one is there", interface));
}

std::optional<XdpAttached> xdp_attached(Sys& sys, const NetDevice& device) {
    use_libbpf();
    std::optional<XdpAttached> attached;
    sys.in_netns(device.netns, [&] { attached = attached_to(device.index, device.name); });
    return attached;
}

std::string remedy_of(int error, const std::string& reason, const std::string& interface) {
    const std::string text = lower_case(reason);
    for (const Remedy& remedy : kRemedies)
        if ((!remedy.error || remedy.error == error) && text.find(remedy.word) != std::string::npos)
            return fmt::format(fmt::runtime(remedy.next), fmt::arg("interface", interface));
    return {};
}

bool swap_xdp(Sys& sys, const NetDevice& device, int expected, int program, XdpMode mode) {
    use_libbpf();
    const uint32_t mode_flag = mode == XdpMode::native ? XDP_FLAGS_DRV_MODE : XDP_FLAGS_SKB_MODE;
    LIBBPF_OPTS(bpf_xdp_attach_opts, options, .old_prog_fd = std::max(expected, 0));
    bool done = false;
    sys.in_netns(device.netns, [&] {
        const int result = bpf_xdp_attach(
            static_cast<int>(device.index), program,
            mode_flag | (expected < 0 ? XDP_FLAGS_UPDATE_IF_NOEXIST : XDP_FLAGS_REPLACE),
            expected < 0 ? nullptr : &options);
        const std::string reason = kernel_reason();
        done = result == 0;
        if (done || is_another(device, expected, result)) return;
        refused_xdp(device.name, -result, reason, mode, program < 0);
    });
    return done;
}

bool is_bpffs(const std::string& mount) {
    struct statfs info {};
    return !::statfs(mount.c_str(), &info) && info.f_type == BPF_FS_MAGIC;
}

void require_bpffs(const std::string& mount) {
    if (!is_bpffs(mount))
        throw Error(Status::usage,
                    fmt::format("{} is no bpffs, so nothing could stay there", mount),
                    fmt::format("mount -t bpf bpf {}", mount));
}

void pin_bpf(int fd, const std::string& path) {
    must(bpf_obj_pin(fd, path.c_str()), "pinning " + path);
}

std::optional<Fd> pinned_bpf(const std::string& path) {
    const int fd = bpf_obj_get(path.c_str());
    if (fd == -ENOENT) return std::nullopt;
    return Fd(must(fd, path));
}

std::string name_of_program(uint32_t id) {
    return name_of_program(program_of_id(id).get());
}

std::string name_of_program(int program) {
    return info_of(program).name;
}

std::optional<Fd> find_program(uint32_t id) {
    const int fd = bpf_prog_get_fd_by_id(id);
    if (fd == -ENOENT) return std::nullopt;
    return Fd(must(fd, fmt::format("BPF program {}", id)));
}

std::vector<uint32_t> program_ids() {
    std::vector<uint32_t> ids;
    for (uint32_t id = 0; !bpf_prog_get_next_id(id, &id);) ids.push_back(id);
    return ids;
}

void bind_map(int program, int map) {
    must(bpf_prog_bind_map(program, map, nullptr), "binding a BPF map to its program");
}

std::vector<uint32_t> maps_of_program(int program) {
    std::vector<uint32_t> ids(info_of(program).nr_map_ids);
    bpf_prog_info info{};
    uint32_t size = sizeof info;
    info.nr_map_ids = static_cast<uint32_t>(ids.size());
    info.map_ids = reinterpret_cast<uintptr_t>(ids.data());
    must(bpf_obj_get_info_by_fd(program, &info, &size), "BPF program's maps");
    return ids;
}

Fd map_of_id(uint32_t id) {
    return Fd(must(bpf_map_get_fd_by_id(id), fmt::format("BPF map {}", id)));
}

uint32_t id_of_program(int program) {
    return info_of(program).id;
}

uint32_t id_of_map(int map) {
    bpf_map_info info{};
    uint32_t size = sizeof info;
    must(bpf_obj_get_info_by_fd(map, &info, &size), "BPF map info");
    return info.id;
}

Fd program_of_id(uint32_t id) {
    return Fd(must(bpf_prog_get_fd_by_id(id), fmt::format("BPF program {}", id)));
}

std::optional<Fd> map_of_program(uint32_t id, const std::string& name) {
    const Fd program = program_of_id(id);
    for (const uint32_t map_id : maps_of_program(program.get())) {
        Fd map(must(bpf_map_get_fd_by_id(map_id), fmt::format("BPF map {}", map_id)));
        if (BpfMap(map.get()).name() == name) return map;
    }
    return std::nullopt;
}

std::vector<Fd> maps_of_process(Sys& sys, int pid, const std::string& prefix) {
    static const std::string field = "map_id:";
    const std::string folder = fmt::format("/proc/{}/fdinfo", pid);
    std::vector<Fd> maps;
    for (const std::string& descriptor : sys.list(folder)) {
        const std::string info = read_if_there(sys, folder + "/" + descriptor).value_or("");
        const size_t at = info.find(field);
        if (at == std::string::npos) continue;
        const int fd =
            bpf_map_get_fd_by_id(static_cast<uint32_t>(std::stoul(info.substr(at + field.size()))));
        if (fd == -ENOENT) continue;  // it was closed meanwhile
        Fd map(must(fd, "BPF map of process " + std::to_string(pid)));
        if (BpfMap(map.get()).name().starts_with(prefix)) maps.push_back(std::move(map));
    }
    return maps;
}

uint32_t test_run_xdp(int program, const std::vector<uint8_t>& frame, uint32_t repeat) {
    LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = frame.data(),
                .data_size_in = static_cast<uint32_t>(frame.size()),
                .repeat = static_cast<int>(repeat));
    must(bpf_prog_test_run_opts(program, &run), "test run of an XDP program");
    return run.retval;
}

void run_bpf(int program, void* context, uint32_t bytes) {
    LIBBPF_OPTS(bpf_test_run_opts, run, .ctx_in = context, .ctx_size_in = bytes);
    must(bpf_prog_test_run_opts(program, &run), "running a BPF program");
}

}  // namespace rxlab
