// SPDX-License-Identifier: GPL-2.0
#include "target/elf.h"

#include "base/error.h"

#include <elf.h>
#include <gmock/gmock.h>

namespace rxlab {
namespace {

using testing::ElementsAre;

template <typename T>
std::string bytes_of(const T& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

Elf64_Ehdr header() {
    Elf64_Ehdr header{};
    std::copy_n(ELFMAG, SELFMAG, header.e_ident);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_machine = EM_X86_64;
    header.e_type = ET_EXEC;
    return header;
}

/// A program that names its dynamic linker.
std::string linked(const std::string& interpreter) {
    Elf64_Ehdr head = header();
    head.e_phoff = sizeof head;
    head.e_phnum = 1;
    Elf64_Phdr part{};
    part.p_type = PT_INTERP;
    part.p_offset = sizeof head + sizeof part;
    part.p_filesz = interpreter.size() + 1;
    return bytes_of(head) + bytes_of(part) + interpreter + std::string(1, '\0');
}

std::string refusal(const std::string& bytes) {
    try {
        interpreter_of(bytes, "x");
    } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::usage);
        EXPECT_FALSE(error.next().empty());
        return error.what();
    }
    return "";
}

TEST(Elf, tells_the_dynamic_linker_of_a_program_that_has_one) {
    EXPECT_EQ(interpreter_of(linked("/lib64/ld.so"), "x"), "/lib64/ld.so");
    EXPECT_EQ(interpreter_of(bytes_of(header()), "x"), "") << "a static one";
}

TEST(Elf, refuses_what_is_no_program_of_this_kind_of_machine) {
    EXPECT_EQ(refusal("#!/bin/sh\n"), "x is a script");
    EXPECT_EQ(refusal("hello"), "x is no ELF program");
    EXPECT_EQ(refusal(""), "x is no ELF program");
    Elf64_Ehdr head = header();
    head.e_machine = EM_AARCH64;
    EXPECT_EQ(refusal(bytes_of(head)), "x is for another machine than x86-64");
    head = header();
    head.e_type = ET_REL;
    EXPECT_EQ(refusal(bytes_of(head)), "x is an ELF file, but no program");
}

TEST(Elf, refuses_a_program_that_is_cut_off_anywhere) {
    const std::string whole = linked("/lib64/ld.so");
    for (size_t size = SELFMAG; size < whole.size(); size++)
        EXPECT_EQ(refusal(whole.substr(0, size)), "x is cut off") << size;
    Elf64_Ehdr head = header();
    head.e_phoff = UINT64_MAX - 3;
    head.e_phnum = 1;
    EXPECT_EQ(refusal(bytes_of(head)), "x is cut off");
}

TEST(Libraries, are_those_with_a_path) {
    EXPECT_THAT(libraries_in("\tlinux-vdso.so.1 (0x00007ffc)\n\tlibc.so.6 => "
                             "/lib/x86_64-linux-gnu/libc.so.6 (0x00007f)\n"
                             "\t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n",
                             "x"),
                ElementsAre("/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"));
    EXPECT_THAT(libraries_in("\tstatically linked\n", "x"), ElementsAre());
}

TEST(Libraries, that_are_missing_are_named_together) {
    try {
        libraries_in(
            "\tliba.so => not found\n\tlibc.so.6 => /lib/libc.so.6 (0x1)\n"
            "\tlibb.so.2 => not found\n",
            "x");
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "x needs liba.so, libb.so.2, which this machine has not");
    }
}

}  // namespace
}  // namespace rxlab
