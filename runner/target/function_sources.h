// SPDX-License-Identifier: GPL-2.0
// Where the functions of a kernel and of its modules are declared.
#pragma once
#include "attribution/source_place.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace rxlab {

class DebugInfo;
struct Kernel;

/// A file is read when the first function in it is asked for.
class FunctionSources {
public:
    /// @param kmod folder of rxlab's modules
    /// @param programs by what their files are called in the guest
    FunctionSources(const Kernel& kernel, std::filesystem::path kmod,
                    std::map<std::string, std::filesystem::path> programs = {});
    ~FunctionSources();

    /// Has the kernel itself any debug information? Its build tree may; Debian's packages have not.
    bool has_kernel();

    /// @param function as in a stack (attribution/fold.h)
    std::optional<SourcePlace> place_of(const std::string& function);

private:
    DebugInfo& of(const std::string& owner);
    std::filesystem::path file_of(const std::string& owner) const;
    std::filesystem::path in_tree(const std::filesystem::path& file) const;

    std::filesystem::path image_, kmod_;
    std::filesystem::path tree_;  ///< that the kernel was built in; empty: it is not known
    std::map<std::string, std::filesystem::path> tree_modules_;  ///< by what they are called
    std::map<std::string, std::filesystem::path> programs_;
    std::map<std::string, std::unique_ptr<DebugInfo>>
        known_;  ///< "[module]", "(program)"; "": the kernel itself
};

}  // namespace rxlab
