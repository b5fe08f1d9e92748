// SPDX-License-Identifier: GPL-2.0
#include "attribution/markers.h"

#include <sys/mman.h>

namespace rxlab {
namespace {

constexpr unsigned char kReturn = 0xc3;

std::vector<unsigned char> code_for(const std::vector<uint64_t>& addresses) {
    std::vector<unsigned char> code;
    for (const uint64_t address : addresses) {
        const auto low = static_cast<uint32_t>(address);
        code.insert(code.end(), std::begin(kMarkerEntry), std::end(kMarkerEntry));
        for (int shift = 0; shift < 32; shift += 8)
            code.push_back(static_cast<unsigned char>(low >> shift));
    }
    code.push_back(kReturn);
    return code;
}

}  // namespace

/// The addresses are in the instructions themselves, so these are written when they are known.
void name_entries(const std::vector<uint64_t>& addresses) {
#ifdef __x86_64__
    const std::vector<unsigned char> code = code_for(addresses);
    void* page =
        ::mmap(nullptr, code.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) return;
    std::memcpy(page, code.data(), code.size());
    if (::mprotect(page, code.size(), PROT_READ | PROT_EXEC) == 0)
        reinterpret_cast<void (*)()>(page)();
    ::munmap(page, code.size());
#endif
}

}  // namespace rxlab
