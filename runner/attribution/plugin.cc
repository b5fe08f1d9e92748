// SPDX-License-Identifier: GPL-2.0
// A plugin of QEMU's translator: how many instructions the guest executes in each function, and by
// whom that was called.
//
// Every block of code that QEMU translates is counted when it runs. A block that ends with a call
// makes its successor a call on top of it, one that returns takes calls away down to the one that
// waits for that address. Where no call does, the guest has gone over to another task: its stack
// is looked for among those left behind. What is counted is exact; whose stack it is put on may be
// wrong for the few instructions between a switch of tasks and the first return that shows it.
//
// The guest says when counting begins and ends, by instructions that do nothing
// (attribution/markers.h). At the end the plugin writes out=FILE: "node ID PARENT SITE" for each
// call, parents first, SITE an address in the function that called it, and "self ID ADDRESS COUNT"
// for each block in it.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "attribution/markers.h"

// What of QEMU's plugin interface is used (version 1, include/qemu/qemu-plugin.h; Debian ships no
// header of it).
extern "C" {
struct qemu_plugin_tb;
struct qemu_plugin_insn;
typedef uint64_t qemu_plugin_id_t;
enum qemu_plugin_cb_flags { QEMU_PLUGIN_CB_NO_REGS };
size_t qemu_plugin_tb_n_insns(const qemu_plugin_tb* tb);
uint64_t qemu_plugin_tb_vaddr(const qemu_plugin_tb* tb);
qemu_plugin_insn* qemu_plugin_tb_get_insn(const qemu_plugin_tb* tb, size_t index);
const void* qemu_plugin_insn_data(const qemu_plugin_insn* insn);
size_t qemu_plugin_insn_size(const qemu_plugin_insn* insn);
uint64_t qemu_plugin_insn_vaddr(const qemu_plugin_insn* insn);
void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
                                           void (*translated)(qemu_plugin_id_t id,
                                                              qemu_plugin_tb* tb));
void qemu_plugin_register_vcpu_tb_exec_cb(qemu_plugin_tb* tb,
                                          void (*executed)(unsigned vcpu, void* data),
                                          qemu_plugin_cb_flags flags, void* data);
void qemu_plugin_register_vcpu_insn_exec_cb(qemu_plugin_insn* insn,
                                            void (*executed)(unsigned vcpu, void* data),
                                            qemu_plugin_cb_flags flags, void* data);
__attribute__((visibility("default"))) int qemu_plugin_version = 1;
__attribute__((visibility("default"))) int qemu_plugin_install(qemu_plugin_id_t id,
                                                               const void* info, int argc,
                                                               char** argv);
}

namespace {

enum class Ends { otherwise, with_call, with_return };

struct Block {
    uint64_t start, next;  ///< addresses of its first instruction and of what follows its last
    uint32_t instructions;
    Ends ends;
};

/// A function on its way from a root: the one called at `site` of its parent.
struct Node {
    uint32_t id, parent;
    uint64_t site;
    std::unordered_map<uint64_t, uint32_t> children;    ///< by call site
    std::unordered_map<const Block*, uint64_t> counts;  ///< executions
};

struct Call {
    uint32_t node;
    uint64_t returns_to;
};
using Stack = std::vector<Call>;

constexpr size_t kMostStacks = 256, kDeepest = 512;

struct State {
    std::string out;
    std::vector<std::unique_ptr<Block>>
        blocks;  ///< those translated anew stay, since they have been counted
    std::vector<Node> nodes;
    Stack stack;
    std::vector<Stack> left;  ///< other tasks', the last one last
    const Block* previous = nullptr;
    bool counting = false;
} state;

uint32_t top() {
    return state.stack.empty() ? 0 : state.stack.back().node;
}

void call_from(const Block& caller) {
    const uint32_t parent = top();
    const auto [child, is_new] = state.nodes[parent].children.try_emplace(
        caller.start, static_cast<uint32_t>(state.nodes.size()));
    const uint32_t id = child->second;
    if (is_new) state.nodes.push_back({id, parent, caller.start, {}, {}});
    if (state.stack.size() < kDeepest) state.stack.push_back({id, caller.next});
}

/// Takes the call that waits for `address`, and all above it. false: none does.
bool unwind(Stack& stack, uint64_t address) {
    for (size_t i = stack.size(); i-- > 0;)
        if (stack[i].returns_to == address) {
            stack.resize(i);
            return true;
        }
    return false;
}

void return_to(uint64_t address) {
    if (unwind(state.stack, address)) return;
    for (size_t i = state.left.size(); i-- > 0;)
        if (unwind(state.left[i], address)) {
            Stack found = std::move(state.left[i]);
            state.left.erase(state.left.begin() + static_cast<std::ptrdiff_t>(i));
            if (!state.stack.empty()) state.left.push_back(std::move(state.stack));
            state.stack = std::move(found);
            return;
        }
    if (!state.stack.empty()) state.left.push_back(std::move(state.stack));
    if (state.left.size() > kMostStacks) state.left.erase(state.left.begin());
    state.stack.clear();
}

void executed(unsigned, void* data) {
    const Block* block = static_cast<const Block*>(data);
    const Block* previous = state.previous;
    if (!state.counting) return;
    state.previous = block;
    if (previous && previous->ends == Ends::with_call && block->start != previous->next)
        call_from(*previous);
    else if (previous && previous->ends == Ends::with_return)
        return_to(block->start);
    state.nodes[top()].counts[block]++;
}

void begin(unsigned, void*) {
    state.nodes.assign(1, Node{});
    state.stack.clear();
    state.left.clear();
    state.previous = nullptr;
    state.counting = true;
}

void end(unsigned, void*) {
    if (!state.counting) return;
    state.counting = false;
    FILE* file = std::fopen(state.out.c_str(), "w");
    if (!file) return;  // the runner misses it, and says so
    for (const Node& node : state.nodes) {
        std::fprintf(file, "node %u %u %llx\n", node.id, node.parent,
                     static_cast<unsigned long long>(node.site));
        for (const auto& [block, count] : node.counts)
            std::fprintf(file, "self %u %llx %llu\n", node.id,
                         static_cast<unsigned long long>(block->start),
                         static_cast<unsigned long long>(count * block->instructions));
    }
    std::fprintf(file, "end\n");
    std::fclose(file);
}

bool is_prefix(uint8_t byte) {
    return byte == 0xf2 || byte == 0xf3 || byte == 0x2e || byte == 0x3e || byte == 0x66 ||
           (byte >= 0x40 && byte <= 0x4f);
}

Ends ending_of(const uint8_t* bytes, size_t size) {
    size_t at = 0;
    while (at < size && is_prefix(bytes[at])) at++;
    if (at >= size) return Ends::otherwise;
    if (bytes[at] == 0xe8) return Ends::with_call;
    if (bytes[at] == 0xff && at + 1 < size && (bytes[at + 1] >> 3 & 7) == 2) return Ends::with_call;
    return bytes[at] == 0xc3 || bytes[at] == 0xc2 ? Ends::with_return : Ends::otherwise;
}

void translated(qemu_plugin_id_t, qemu_plugin_tb* tb) {
    const size_t count = qemu_plugin_tb_n_insns(tb);
    qemu_plugin_insn* last = qemu_plugin_tb_get_insn(tb, count - 1);
    const size_t size = qemu_plugin_insn_size(last);
    state.blocks.push_back(std::make_unique<Block>(Block{
        qemu_plugin_tb_vaddr(tb), qemu_plugin_insn_vaddr(last) + size, static_cast<uint32_t>(count),
        ending_of(static_cast<const uint8_t*>(qemu_plugin_insn_data(last)), size)}));
    qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, QEMU_PLUGIN_CB_NO_REGS,
                                         state.blocks.back().get());
    for (size_t i = 0; i < count; i++) {
        qemu_plugin_insn* insn = qemu_plugin_tb_get_insn(tb, i);
        if (qemu_plugin_insn_size(insn) != sizeof(rxlab::kMarkerBegin)) continue;
        if (!std::memcmp(qemu_plugin_insn_data(insn), rxlab::kMarkerBegin,
                         sizeof(rxlab::kMarkerBegin)))
            qemu_plugin_register_vcpu_insn_exec_cb(insn, begin, QEMU_PLUGIN_CB_NO_REGS, nullptr);
        if (!std::memcmp(qemu_plugin_insn_data(insn), rxlab::kMarkerEnd, sizeof(rxlab::kMarkerEnd)))
            qemu_plugin_register_vcpu_insn_exec_cb(insn, end, QEMU_PLUGIN_CB_NO_REGS, nullptr);
    }
}

}  // namespace

int qemu_plugin_install(qemu_plugin_id_t id, const void*, int argc, char** argv) {
    for (int i = 0; i < argc; i++)
        if (!std::strncmp(argv[i], "out=", 4)) state.out = argv[i] + 4;
    state.nodes.assign(1, Node{});
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return state.out.empty();
}
