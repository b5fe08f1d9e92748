// SPDX-License-Identifier: GPL-2.0
#include "base/sha256.h"

#include "base/error.h"

#include <sha2.h>
#include <cerrno>
#include <cstring>

namespace rxlab {

std::string sha256(std::string_view bytes) {
    char hex[SHA256_DIGEST_STRING_LENGTH];
    SHA256Data(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), hex);
    return hex;
}

std::string sha256_file(const std::string& path) {
    char hex[SHA256_DIGEST_STRING_LENGTH];
    if (!SHA256File(path.c_str(), hex))
        throw Error(Status::usage, path + ": cannot be read: " + std::strerror(errno));
    return hex;
}

}  // namespace rxlab
