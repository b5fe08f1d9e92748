// SPDX-License-Identifier: GPL-2.0
// What can be compared with another of its kind, from the word that names it.
#pragma once
#include "change/contrast.h"

#include <string>

namespace rxlab {

/// For help and messages.
std::string subject_words();

/// A kernel (what find_kernel() takes), a folder of rxlab's modules or BPF programs, a revision of
/// the checkout, of which both are meant, or an object file with an XDP program. @param kernel that
/// these are loaded into
/// @throws Error(Status::usage): it is none of them
Subject subject_of(const std::string& word, const std::string& kernel);

/// Is there nothing in which they differ?
bool are_same(const Subject& one, const Subject& other);

/// Gives each a name of its own. @throws Error(Status::usage): they are one and the same
void tell_apart(Subject& before, Subject& after);

}  // namespace rxlab
