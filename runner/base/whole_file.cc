// SPDX-License-Identifier: GPL-2.0
#include "base/whole_file.h"

#include "base/error.h"

#include <fmt/format.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>

namespace rxlab {

void write_whole(const std::filesystem::path& path, std::string_view bytes) {
    const std::filesystem::path fresh = path.string() + ".new";
    std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (file && ::rename(fresh.c_str(), path.c_str()) == 0) return;
    const int reason = errno;
    ::unlink(fresh.c_str());
    throw Error(Status::invalid,
                fmt::format("{}: cannot be written: {}", path.string(), std::strerror(reason)),
                "free space there, or choose another folder: --out for results, XDG_CACHE_HOME for "
                "the cache");
}

}  // namespace rxlab
