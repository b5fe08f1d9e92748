// SPDX-License-Identifier: GPL-2.0
// For tests: a folder of their own, gone with this; in memory where there is some (fsync costs
// nothing there).
#pragma once
#include <stdlib.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace rxlab {

class TestFolder {
public:
    TestFolder() {
        const std::filesystem::path memory = "/dev/shm";
        std::string name =
            (std::filesystem::exists(memory) ? memory : std::filesystem::temp_directory_path()) /
            "rxlab-test.XXXXXX";
        if (!::mkdtemp(name.data())) throw std::runtime_error(name + ": cannot be made");
        path_ = name;
    }
    ~TestFolder() { std::filesystem::remove_all(path_); }
    TestFolder(const TestFolder&) = delete;
    TestFolder& operator=(const TestFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::string file(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

}  // namespace rxlab
