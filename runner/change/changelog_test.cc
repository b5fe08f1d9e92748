// SPDX-License-Identifier: GPL-2.0
#include "change/changelog.h"

#include <gmock/gmock.h>

namespace rxlab {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const char* const kChangelog =
    "linux-signed-6.12-amd64 (6.12.115+2~deb12u1) bookworm-security; urgency=high\n"
    "\n"
    "  * Sign kernel from linux-6.12 6.12.115-2~deb12u1\n"
    "\n"
    " -- Somebody <s@x>  Sat, 14 Nov 2026 13:56:01 +0100\n"
    "\n"
    "linux (6.12.115-1) trixie-security; urgency=high\n"
    "\n"
    "  * New upstream stable update:\n"
    "    https://www.kernel.org/\n"
    "    - inetpeer: randomize RB-tree node comparison using SipHash\n"
    "      (CVE-2026-90110)\n"
    "    - ext4: fix lookup of names\n"
    "\n"
    "linux-6.12 (6.12.113-1~deb12u1) bookworm-security; urgency=high\n"
    "\n"
    "    - older: siphash\n";

TEST(Changelog, has_the_entries_above_the_version_that_was_before) {
    EXPECT_THAT(entries_since(kChangelog, "6.12.113-1"),
                ElementsAre("Sign kernel from linux-6.12 6.12.115-2~deb12u1",
                            "New upstream stable update: https://www.kernel.org/",
                            "inetpeer: randomize RB-tree node comparison using SipHash "
                            "(CVE-2026-90110)",
                            "ext4: fix lookup of names"));
}

TEST(Changelog, without_that_version_has_all_and_of_the_newest_has_none) {
    EXPECT_EQ(entries_since(kChangelog, "6.12.1-1").size(), 5U);
    EXPECT_THAT(entries_since(kChangelog, "6.12.115-2~deb12u1"), IsEmpty());
    EXPECT_THAT(entries_since("", "6.12.1-1"), IsEmpty());
}

TEST(Changelog, entries_about_functions_share_a_word_with_them) {
    const auto entries = entries_since(kChangelog, "6.12.113-1");
    EXPECT_THAT(entries_about(entries, {"siphash_1u64", "lookup"}),
                ElementsAre(testing::StartsWith("inetpeer: randomize")));
    EXPECT_THAT(entries_about(entries, {"tcp_v4_rcv", "e1000_clean [e1000e]"}), IsEmpty());
}

TEST(Changelog, puts_the_entry_with_most_words_in_common_first) {
    EXPECT_THAT(entries_about({"route: a", "route: cached getpeer"}, {"route_getpeer"}),
                ElementsAre("route: cached getpeer", "route: a"));
}

}  // namespace
}  // namespace rxlab
