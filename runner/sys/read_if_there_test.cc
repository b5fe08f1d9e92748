// SPDX-License-Identifier: GPL-2.0
#include "sys/read_if_there.h"

#include "base/error.h"
#include "sys/fake_sys.h"

#include <gtest/gtest.h>

namespace rxlab {
namespace {

/// A process that ends while its file is read.
class Ending : public FakeSys {
public:
    std::string read_file(const std::string& path) override {
        if (goes) files.erase(path);
        throw Error(Status::invalid, path + ": No such process");
    }
    bool goes = true;
};

TEST(ReadIfThere, is_nothing_of_a_file_that_goes_away_before_or_while_it_is_read) {
    Ending sys;
    EXPECT_EQ(read_if_there(sys, "/proc/7/comm"), std::nullopt);
    sys.files["/proc/7/comm"] = "x\n";
    EXPECT_EQ(read_if_there(sys, "/proc/7/comm"), std::nullopt);
    sys.files["/proc/7/comm"] = "x\n";
    sys.goes = false;
    EXPECT_THROW(read_if_there(sys, "/proc/7/comm"), Error) << "it is there, and refuses";
    FakeSys other;
    other.files["/proc/7/comm"] = "x\n";
    EXPECT_EQ(read_if_there(other, "/proc/7/comm"), "x\n");
}

}  // namespace
}  // namespace rxlab
