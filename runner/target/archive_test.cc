// SPDX-License-Identifier: GPL-2.0
#include "target/archive.h"

#include <gtest/gtest.h>

#include "sys/process.h"
#include "target/files.h"

namespace rxlab {
namespace {

TEST(Archive, the_order_files_are_given_in_does_not_matter) {
    EXPECT_EQ(newc_archive({{"b", 0644, "2"}, {"a", 0755, "1"}}),
              newc_archive({{"a", 0755, "1"}, {"b", 0644, "2"}}));
}

TEST(Archive, cpio_unpacks_it) {
    const WorkFolder work;
    write_whole(work.path("archive"), newc_archive({{"modules/x.ko", 0644, "module"},
                                                    {"rxlab", 0755, std::string(5000, 'x')}}));
    const std::string listing = capture({"cpio", "--quiet", "-itvnF", work.path("archive")});
    EXPECT_NE(listing.find("drwxr-xr-x"), std::string::npos) << listing;
    EXPECT_NE(listing.find("modules/x.ko"), std::string::npos) << listing;
    EXPECT_NE(listing.find("-rwxr-xr-x   1 0        0            5000 Jan  1  1970 rxlab"),
              std::string::npos)
        << listing;
}

TEST(Archive, no_files_is_an_archive_too) {
    const WorkFolder work;
    write_whole(work.path("archive"), newc_archive({}));
    EXPECT_EQ(capture({"cpio", "--quiet", "-itF", work.path("archive")}), "");
}

}  // namespace
}  // namespace rxlab
