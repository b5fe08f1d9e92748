// SPDX-License-Identifier: GPL-2.0
#include "setup/kinds.h"
#include "setup/veth_pair.h"

#include <fmt/format.h>

using namespace rxlab;

namespace {

/// The path of a program of bpf/ as if it were somebody's.
class XdpObject : public VethPair {
protected:
    std::string object(const std::string& name) {
        files_.push_back(embedded_bpf_file(name));
        return fmt::format("/proc/{}/fd/{}", ::getpid(), files_.back().get());
    }

private:
    std::vector<Fd> files_;
};

}  // namespace

TEST_F(XdpObject, ends_what_its_program_drops_as_the_driver_counts_it) {
    const auto applied = apply_xdp_object(
        sys_, journal_, topology_, {{"object", object("xdp_count_none")}, {"mode", "native"}});
    EXPECT_TRUE(attached());
    EXPECT_EQ(drops(*applied), kDatagrams);
    EXPECT_THAT(journal_.restore(), testing::IsEmpty());
    EXPECT_FALSE(attached());
}

TEST_F(XdpObject, has_its_settings_by_name_and_its_verdicts_counted_by_itself_where_it_does) {
    const auto applied = apply_xdp_object(sys_, journal_, topology_,
                                          {{"object", object("xdp_port_drop")},
                                           {"mode", "generic"},
                                           {"config", {{"drop_port", kPort}}}});
    EXPECT_EQ(drops(*applied), kDatagrams);
}

TEST_F(XdpObject, that_is_none_or_has_no_such_program_is_refused_before_anything_is_attached) {
    for (const auto& [parameters, says] : std::vector<std::pair<Json, std::string>>{
             {{{"object", "/nonexistent"}}, "No such file"},
             {{{"object", "/etc/passwd"}}, "cannot be opened as a BPF object"},
             {{{"object", object("softirq")}}, "has no XDP program (SEC"},
             {{{"object", object("xdp_drop")}, {"program", "xdp_dorp"}},
              "no XDP program 'xdp_dorp'"}}) {
        try {
            apply_xdp_object(sys_, journal_, topology_, parameters);
            FAIL() << parameters;
        } catch (const Error& error) {
            EXPECT_EQ(error.status(), Status::usage);
            EXPECT_THAT(error.what(), testing::HasSubstr(says));
        }
        EXPECT_FALSE(attached());
    }
}

TEST(XdpObjectFiles, is_brought_to_a_guest_at_its_own_path_below_a_folder) {
    const auto files = files_of_xdp_object({{"object", "/home/me/x.o"}});
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(files[0].here, "/home/me/x.o");
    EXPECT_EQ(files[0].there, "/objects/home/me/x.o");
    EXPECT_FALSE(files[0].is_program);
}
