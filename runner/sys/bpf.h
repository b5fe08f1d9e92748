// SPDX-License-Identifier: GPL-2.0
// The BPF door: embedded objects (bpf/objects.h), their configuration, programs and maps, over
// libbpf. Every failure is an Error(Status::invalid), a wrong name or value an
// Error(Status::usage).
#pragma once
#include "base/fd.h"
#include "base/json.h"
#include "sys/device.h"
#include "sys/sys.h"

#include <linux/bpf.h>

#include <array>
#include <cstring>
#include <memory>
#include <optional>

struct bpf_object;

namespace rxlab {

/// A map of fixed-size values, addressed by u32 keys. Does not own the descriptor.
class BpfMap {
public:
    explicit BpfMap(int fd);
    const std::string& name() const { return name_; }
    uint32_t type() const { return type_; }
    uint32_t entries() const { return entries_; }

    /// The key's value on every possible CPU; for a map that is not per-CPU, its one value.
    template <class T>
    std::vector<T> values(uint32_t key) const {
        check_size(sizeof(T));
        std::vector<uint8_t> bytes = lookup(key);
        std::vector<T> out(bytes.size() / stride());
        for (size_t i = 0; i < out.size(); ++i)
            std::memcpy(&out[i], bytes.data() + i * stride(), sizeof(T));
        return out;
    }
    /// All entries of an array, key by key; a map made for it is read through mmap, without a
    /// system call per entry.
    template <class T>
    std::vector<T> array() const {
        check_size(sizeof(T));
        std::vector<uint8_t> bytes = contents();
        std::vector<T> out(entries_);
        for (size_t i = 0; i < out.size(); ++i)
            std::memcpy(&out[i], bytes.data() + i * stride(), sizeof(T));
        return out;
    }
    /// Zeroes every entry on every CPU; a hash holds none afterwards.
    void clear() const;
    bool per_cpu() const;

private:
    size_t stride() const;  ///< bytes from one value to the next
    void check_size(size_t size) const;
    void forget() const;
    std::vector<uint8_t> lookup(uint32_t key) const;
    std::vector<uint8_t> contents() const;

    int fd_;
    std::string name_;
    uint32_t type_ = 0, key_size_ = 0, value_size_ = 0, entries_ = 0, flags_ = 0;
};

/// One object, embedded or a file's, opened; load() puts it into the kernel; it leaves with the
/// BpfObject.
class BpfObject {
public:
    /// @throws Error(Status::usage) with the nearest valid name.
    static BpfObject open(const std::string& name);
    /// One XDP program of an object file, its only one or the one of this name; its maps are not
    /// pinned, whatever the file says.
    /// @throws Error(Status::usage): no such file, no BPF object, no such program, several programs
    static BpfObject open_xdp(const std::string& path, const std::string& program);

    /// Sets `const volatile` variables by name: {"drop_port": 9}. Types and ranges come from BTF; a
    /// narrower range may be declared with __attribute__((btf_decl_tag("range LEAST MOST"))).
    /// Before load().
    void configure(const Json& config);
    /// Before load(): the entries a map is to have; a map that is there already instead of one of
    /// its own.
    void resize(const std::string& map, uint32_t entries);
    void reuse(const std::string& map, int fd);
    /// @throws Error with the end of the verifier's log.
    void load();
    /// Of an object of ours, or of the program that it was opened for.
    const std::string& name() const { return only_.empty() ? name_ : only_; }
    int program(
        const std::string& program = {}) const;  ///< descriptor; empty: the one that was opened for
    int map(const std::string& map) const;       ///< descriptor
    bool has_map(const std::string& map) const;
    std::vector<std::string> maps() const;  ///< those with names of their own, not .rodata
    /// Attaches each raw_tp program to the tracepoint its section names; closing the descriptors
    /// detaches. The last program of the file first: where programs stand in the order of the
    /// events, no event is seen whose successor is missed. Close them in the order returned, the
    /// first program first. A program named if_there_* is left out where the kernel has no such
    /// tracepoint.
    std::vector<Fd> attach_raw_tracepoints() const;

private:
    /// The other programs are not loaded.
    void take_only(const std::string& program);

    struct Close {
        void operator()(bpf_object* object) const;
    };
    std::string name_;
    std::string only_;  ///< the program that it was opened for; empty: it has one
    std::unique_ptr<bpf_object, Close> object_;
};

/// Does an arm name it? Others are probes.
bool is_bpf_variant(const std::string& object);
/// Where the folder is there, what arms name is opened from its NAME.bpf.o, and what it has not is
/// an Error(Status::usage).
void prefer_bpf_objects_in(const std::string& folder);

/// An embedded object as a file without a name, for programs that load it themselves:
/// /proc/PID/fd/N.
Fd embedded_bpf_file(const std::string& name);

/// Opened and loaded.
BpfObject load_bpf(const std::string& name, const Json& config = Json::object());

enum class XdpMode { native, generic };
const char* to_string(XdpMode mode);

/// The program attached to an interface.
struct XdpAttached {
    uint32_t id = 0;
    XdpMode mode = XdpMode::native;
};
std::optional<XdpAttached> xdp_attached(Sys& sys, const std::string& netns,
                                        const std::string& interface);

/// That of a device, whatever it is called by now.
std::optional<XdpAttached> xdp_attached(Sys& sys, const NetDevice& device);

/// `program` takes the place of `expected` in one step (descriptors; -1: none), from one packet to
/// the next. It is the device's: it goes where the device goes and ends with it, and needs no pin.
/// False: another program is there than expected, and stays.
/// @throws Error(Status::invalid) with the kernel's own reason and a remedy.
bool swap_xdp(Sys& sys, const NetDevice& device, int expected, int program, XdpMode mode);

/// The end of a message about a program that the kernel refuses: what to do.
/// @param reason the kernel's own words (netlink's extended acknowledgement), or empty.
std::string remedy_of(int error, const std::string& reason, const std::string& interface);

/// Is a bpffs mounted there?
bool is_bpffs(const std::string& mount);
/// @throws Error(Status::usage): no bpffs is mounted there.
void require_bpffs(const std::string& mount);
/// Objects that outlive their process, under a mounted bpffs.
void pin_bpf(int fd, const std::string& path);
std::optional<Fd> pinned_bpf(const std::string& path);
/// The program's name, of at most 15 letters.
std::string name_of_program(uint32_t id);

/// Never replaces a program: @throws Error when one is there.
void attach_xdp(Sys& sys, const std::string& netns, const std::string& interface, int program,
                XdpMode mode);

/// The program with this id, for as long as the descriptor lives.
Fd program_of_id(uint32_t id);
/// None: it has ended.
std::optional<Fd> find_program(uint32_t id);
/// Of all programs there are.
std::vector<uint32_t> program_ids();
std::string name_of_program(int program);
/// The program keeps the map, though it never reads it.
void bind_map(int program, int map);
/// Ids of the maps it keeps.
std::vector<uint32_t> maps_of_program(int program);
Fd map_of_id(uint32_t id);
uint32_t id_of_map(int map);
uint32_t id_of_program(int program);

/// Descriptor of the map called `name` that program `id` uses, if there is one.
std::optional<Fd> map_of_program(uint32_t id, const std::string& name);

/// Descriptors of the maps that a process has open and whose names begin with `prefix`.
std::vector<Fd> maps_of_process(Sys& sys, int pid, const std::string& prefix);

/// Runs a loaded XDP program `repeat` times on a frame that goes nowhere. Returns its last action.
uint32_t test_run_xdp(int program, const std::vector<uint8_t>& frame, uint32_t repeat = 1);

/// Runs a loaded program of type "syscall", which reads and writes `context`.
void run_bpf(int program, void* context, uint32_t bytes);

}  // namespace rxlab
