// SPDX-License-Identifier: GPL-2.0
// An experiment of two subjects from one of many arms: what were its arms, at each of its factors,
// are the paths on which the subjects are compared. Pure.
#pragma once
#include "plan/plan.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace rxlab {

/// What is compared: two kernels, two revisions of what rxlab has in the kernel, two XDP programs.
struct Subject {
    std::string name;            ///< as an arm may be called
    std::string release;         ///< of its kernel: "6.12.117+deb12-amd64"
    Json boot = Json::object();  ///< laid over each path's
    std::string summary;         ///< for people: "linux-image-6.12.117+deb12-amd64 6.12.117-1"
    /// What it is of, "kernel", "kmod", "bpf" or "object", and the hash of each: equal for equal
    /// subjects.
    std::map<std::string, std::string> content;
    std::string object = "";  ///< path of an XDP object: it takes the place of a path's XDP program
    std::string program = "";          ///< the function in it; empty: its only one
    std::string package_version = "";  ///< Debian's, "6.12.113-1~deb12u1"; empty: it is no package
    std::string changelog = "";        ///< path of the package's; empty: it has none
};

/// A name that an arm may have, made of any word: lower-case letters, digits, '.' and '-'.
std::string arm_word(const std::string& word);

struct Contrast {
    Json document;                      ///< of the experiment
    std::vector<std::string> left_out;  ///< for people: a path that cannot be one, and why
};

/// @param round trials of one round of `experiment`'s plan: each is a path, but generators
/// @param arms only these arms are paths; empty: all
/// @param subjects at least two; the first is the one that the others are compared with
/// @throws Error(Status::usage): no path remains
Contrast contrast(const Experiment& experiment, const Plan& round,
                  const std::vector<std::string>& arms, const std::vector<Subject>& subjects);

}  // namespace rxlab
