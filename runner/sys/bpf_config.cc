// SPDX-License-Identifier: GPL-2.0
#include "sys/bpf_config.h"

#include "base/error.h"
#include "sys/advice.h"

#include <bpf/btf.h>
#include <fmt/format.h>

#include <cstdio>
#include <cstring>
#include <map>

namespace rxlab {
namespace {

struct Variable {
    uint32_t offset, size;
    int64_t least;
    uint64_t most;
};
using Variables = std::map<std::string, Variable>;

const btf_type* without_qualifiers(const btf* types, uint32_t id) {
    const btf_type* type = btf__type_by_id(types, id);
    while (btf_is_mod(type) || btf_is_typedef(type)) type = btf__type_by_id(types, type->type);
    return type;
}

Variable integer(const btf_type* type, uint32_t offset) {
    const uint32_t bits = btf_int_bits(type);
    Variable variable{offset, type->size, 0, 0};
    if (btf_int_encoding(type) & BTF_INT_SIGNED) {
        variable.most = (1ULL << (bits - 1)) - 1;
        variable.least = -static_cast<int64_t>(variable.most) - 1;
    } else if (btf_int_encoding(type) & BTF_INT_BOOL) {
        variable.most = 1;
    } else {
        variable.most = bits >= 64 ? UINT64_MAX : (1ULL << bits) - 1;
    }
    return variable;
}

/// A narrower range that the source declares: btf_decl_tag("range LEAST MOST").
void apply_declared_range(const btf* types, uint32_t variable_id, Variable& variable) {
    for (uint32_t id = 1; id < btf__type_cnt(types); ++id) {
        const btf_type* tag = btf__type_by_id(types, id);
        if (!btf_is_decl_tag(tag) || tag->type != variable_id) continue;
        long long least = 0;
        unsigned long long most = 0;
        if (std::sscanf(btf__name_by_offset(types, tag->name_off), "range %lld %llu", &least,
                        &most) == 2) {
            variable.least = least;
            variable.most = most;
        }
    }
}

Variables variables_of(const btf* types) {
    Variables out;
    const int section = types ? btf__find_by_name_kind(types, ".rodata", BTF_KIND_DATASEC) : -1;
    if (section < 0) return out;
    const btf_type* datasec = btf__type_by_id(types, static_cast<uint32_t>(section));
    for (int i = 0; i < btf_vlen(datasec); ++i) {
        const btf_var_secinfo& place = btf_var_secinfos(datasec)[i];
        const btf_type* var = btf__type_by_id(types, place.type);
        const btf_type* type = without_qualifiers(types, var->type);
        if (!btf_is_int(type)) continue;
        Variable variable = integer(type, place.offset);
        apply_declared_range(types, place.type, variable);
        out.emplace(btf__name_by_offset(types, var->name_off), variable);
    }
    return out;
}

[[noreturn]] void refuse(const std::string& fact, std::string next) {
    throw Error(Status::usage, fact, std::move(next));
}

std::vector<std::string> names(const Variables& variables) {
    std::vector<std::string> out;
    for (const auto& [name, variable] : variables) out.push_back(name);
    return out;
}

/// The value's bits, or nothing when it is no whole number in the variable's range.
bool bits_of(const Json& value, const Variable& variable, uint64_t& bits) {
    if (value.is_boolean()) {
        bits = value.get<bool>();
        return bits <= variable.most;
    }
    if (value.is_number_unsigned()) {
        bits = value.get<uint64_t>();
        return bits <= variable.most &&
               (variable.least <= 0 || bits >= static_cast<uint64_t>(variable.least));
    }
    if (!value.is_number_integer()) return false;
    const auto number = value.get<int64_t>();
    bits = static_cast<uint64_t>(number);
    return number >= variable.least && (number < 0 || bits <= variable.most);
}

}  // namespace

void set_bpf_config(const std::string& object, const btf* types, std::span<uint8_t> rodata,
                    const Json& config) {
    const Variables variables = variables_of(types);
    for (const auto& [name, value] : config.items()) {
        const auto found = variables.find(name);
        if (found == variables.end())
            refuse(fmt::format("BPF program '{}' has no configuration variable '{}'", object, name),
                   advice_on(name, names(variables)));
        const Variable& variable = found->second;
        uint64_t bits = 0;
        if (!bits_of(value, variable, bits))
            refuse(fmt::format("configuration variable '{}' of BPF program '{}' cannot be {}", name,
                               object, value.dump()),
                   fmt::format("expected a whole number from {} to {}", variable.least,
                               variable.most));
        if (variable.offset + variable.size > rodata.size())
            refuse(fmt::format("configuration variable '{}' lies outside '{}'", name, object),
                   "its BTF is damaged");
        std::memcpy(rodata.data() + variable.offset, &bits,
                    variable.size);  // little-endian hosts only, as are the objects
    }
}

}  // namespace rxlab
