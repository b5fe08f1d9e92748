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
// call, parents first, SITE an address in the function that called it, "self ID ADDRESS COUNT
// TIMES" for each block in it (COUNT instructions, begun TIMES times), and "io ID ADDRESS LOADS
// STORES DEVICE" for each instruction of it that read or wrote a device's memory, or a port (DEVICE
// is "port").
//
// A function that ends by a jump to another is no caller: the other stands in its place. Where that
// would hide what has to be told, the guest names the function's address beforehand, and it stands
// on the stack however it is reached: "entry ID PARENT ADDRESS" instead of "node".
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "attribution/markers.h"
#include "attribution/opcodes.h"
#include "attribution/qemu_plugin.h"

namespace {

using rxlab::Ends;

struct Block;
struct Instruction {
    uint64_t address;
    const Block* block;
    bool is_output = false;  ///< where it is a port's
};

struct Block {
    uint64_t next;  ///< address of what follows its last instruction
    Ends ends;
    bool is_entry = false;  ///< of a function that the guest has named
    std::vector<Instruction> instructions;

    uint64_t start() const { return instructions.front().address; }
};

struct Accesses {
    uint64_t loads = 0, stores = 0;
};

struct Count {
    uint64_t instructions = 0, times = 0;
};

/// A function on its way from a root: the one called at `site` of its parent, or the one at `site`
/// where the guest has named it.
struct Node {
    uint32_t id, parent;
    uint64_t site;
    bool is_entry = false;
    std::unordered_map<uint64_t, uint32_t> children;  ///< by call site, or entry
    std::unordered_map<const Block*, Count> counts;
    /// By address and device; QEMU keeps each device's name once.
    std::map<std::pair<uint64_t, const char*>, Accesses> accesses;
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
    std::unordered_set<uint64_t> entries;
    const Block* previous = nullptr;
    bool counting = false;
} state;

uint32_t top() {
    return state.stack.empty() ? 0 : state.stack.back().node;
}

void push(uint64_t site, bool is_entry, uint64_t returns_to) {
    const uint32_t parent = top();
    const auto [child, is_new] =
        state.nodes[parent].children.try_emplace(site, static_cast<uint32_t>(state.nodes.size()));
    const uint32_t id = child->second;
    if (is_new) state.nodes.push_back({id, parent, site, is_entry, {}, {}, {}});
    if (state.stack.size() < kDeepest) state.stack.push_back({id, returns_to});
}

void call_from(const Block& caller) {
    push(caller.start(), false, caller.next);
}

/// It goes away with the call below it, for nothing returns to it.
void enter(const Block& block) {
    const Node& node = state.nodes[top()];
    if (!node.is_entry || node.site != block.start()) push(block.start(), true, 0);
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
    if (previous && previous->ends == Ends::with_call && block->start() != previous->next)
        call_from(*previous);
    else if (previous && previous->ends == Ends::with_return)
        return_to(block->start());
    if (block->is_entry) enter(*block);
    Count& count = state.nodes[top()].counts[block];
    count.instructions += block->instructions.size();
    count.times++;
}

/// An access to a device within a block, not at its end: QEMU gives the block up there, translates
/// that one instruction anew, and goes on with another block behind it. What the given-up block had
/// left is counted with that one; and that is neither called nor returned to.
void given_up(const Instruction& at) {
    const Block* whole = state.previous;
    if (!whole || whole == at.block) return;
    for (size_t i = 0; i < whole->instructions.size(); i++)
        if (whole->instructions[i].address == at.address) {
            state.nodes[top()].counts[whole].instructions -= whole->instructions.size() - (i + 1);
            state.previous = nullptr;
        }
}

void accessed(unsigned, qemu_plugin_meminfo_t info, uint64_t address, void* data) {
    if (!state.counting) return;
    const qemu_plugin_hwaddr* physical = qemu_plugin_get_hwaddr(info, address);
    if (!physical || !qemu_plugin_hwaddr_is_io(physical)) return;
    const Instruction& instruction = *static_cast<const Instruction*>(data);
    Accesses& counted =
        state.nodes[top()]
            .accesses[{instruction.address, qemu_plugin_hwaddr_device_name(physical)}];
    (qemu_plugin_mem_is_store(info) ? counted.stores : counted.loads)++;
    given_up(instruction);
}

void port_accessed(unsigned, void* data) {
    if (!state.counting) return;
    const Instruction& instruction = *static_cast<const Instruction*>(data);
    Accesses& counted = state.nodes[top()].accesses[{instruction.address, rxlab::kPort}];
    (instruction.is_output ? counted.stores : counted.loads)++;
}

void begin(unsigned, void*) {
    state.nodes.assign(1, Node{});
    state.stack.clear();
    state.left.clear();
    state.previous = nullptr;
    state.counting = true;
    for (const auto& block : state.blocks) block->is_entry = state.entries.contains(block->start());
}

void end(unsigned, void*) {
    if (!state.counting) return;
    state.counting = false;
    FILE* file = std::fopen(state.out.c_str(), "w");
    if (!file) return;  // the runner misses it, and says so
    for (const Node& node : state.nodes) {
        std::fprintf(file, "%s %u %u %llx\n", node.is_entry ? "entry" : "node", node.id,
                     node.parent, static_cast<unsigned long long>(node.site));
        for (const auto& [block, count] : node.counts)
            std::fprintf(file, "self %u %llx %llu %llu\n", node.id,
                         static_cast<unsigned long long>(block->start()),
                         static_cast<unsigned long long>(count.instructions),
                         static_cast<unsigned long long>(count.times));
        for (const auto& [where, count] : node.accesses)
            std::fprintf(file, "io %u %llx %llu %llu %s\n", node.id,
                         static_cast<unsigned long long>(where.first),
                         static_cast<unsigned long long>(count.loads),
                         static_cast<unsigned long long>(count.stores), where.second);
    }
    std::fprintf(file, "end\n");
    std::fclose(file);
}

bool is_marker(const uint8_t* bytes, size_t size, const unsigned char (&marker)[8]) {
    return size == sizeof marker && !std::memcmp(bytes, marker, size);
}

void translated(qemu_plugin_id_t, qemu_plugin_tb* tb) {
    const size_t count = qemu_plugin_tb_n_insns(tb);
    state.blocks.push_back(std::make_unique<Block>());
    Block& block = *state.blocks.back();
    block.instructions.reserve(count);  // they stay where they are
    qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, QEMU_PLUGIN_CB_NO_REGS, &block);
    for (size_t i = 0; i < count; i++) {
        qemu_plugin_insn* insn = qemu_plugin_tb_get_insn(tb, i);
        const auto* bytes = static_cast<const uint8_t*>(qemu_plugin_insn_data(insn));
        const size_t size = qemu_plugin_insn_size(insn);
        const rxlab::PortAccess port = rxlab::port_access_of(bytes, size);
        block.instructions.push_back(
            {qemu_plugin_insn_vaddr(insn), &block, port == rxlab::PortAccess::output});
        block.next = block.instructions.back().address + size;
        block.ends = rxlab::ending_of(bytes, size);
        Instruction* instruction = &block.instructions.back();
        qemu_plugin_register_vcpu_mem_cb(insn, accessed, QEMU_PLUGIN_CB_NO_REGS, QEMU_PLUGIN_MEM_RW,
                                         instruction);
        if (port != rxlab::PortAccess::none)
            qemu_plugin_register_vcpu_insn_exec_cb(insn, port_accessed, QEMU_PLUGIN_CB_NO_REGS,
                                                   instruction);
        if (const uint64_t entry = rxlab::entry_named(bytes, size)) state.entries.insert(entry);
        if (is_marker(bytes, size, rxlab::kMarkerBegin))
            qemu_plugin_register_vcpu_insn_exec_cb(insn, begin, QEMU_PLUGIN_CB_NO_REGS, nullptr);
        if (is_marker(bytes, size, rxlab::kMarkerEnd))
            qemu_plugin_register_vcpu_insn_exec_cb(insn, end, QEMU_PLUGIN_CB_NO_REGS, nullptr);
    }
    block.is_entry = state.entries.contains(block.start());
}

}  // namespace

int qemu_plugin_install(qemu_plugin_id_t id, const void*, int argc, char** argv) {
    for (int i = 0; i < argc; i++)
        if (!std::strncmp(argv[i], "out=", 4)) state.out = argv[i] + 4;
    state.nodes.assign(1, Node{});
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    return state.out.empty();
}
