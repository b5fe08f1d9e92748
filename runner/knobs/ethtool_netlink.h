// SPDX-License-Identifier: GPL-2.0
// Settings of a network device in ethtool's netlink family (linux/ethtool_netlink.h): which there
// are, and the messages that ask for them and set them. Pure.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace rxlab {

struct EthtoolSetting {
    const char* name;    ///< as ethtool(8) has it
    uint16_t attribute;  ///< u32, or u8 where it is a flag
    bool is_flag = false;
    uint16_t maximum = 0;  ///< attribute with the driver's maximum, where there is one
};

struct EthtoolGroup {
    const char* name;
    const char* option;  ///< of ethtool(8), that sets it
    uint8_t get, set;    ///< messages
    const EthtoolSetting* settings;
    size_t count;
};
extern const EthtoolGroup kEthtoolGroups[];
extern const size_t kEthtoolGroupCount;
/// The group whose settings are the kernel's names of features, told by bit sets.
inline constexpr const char* kEthtoolFeatures = "feature";

/// What a device says of one setting now.
struct EthtoolState {
    std::string value;  ///< a number, on or off
    std::optional<uint32_t> most;
    bool fixed = false;  ///< a feature that cannot be changed
};
using EthtoolStates = std::map<std::string, EthtoolState>;  ///< by name: those the driver has

std::string ethtool_request(uint16_t family, const EthtoolGroup& group,
                            const std::string& interface);
EthtoolStates parse_ethtool(const std::string& answer, const EthtoolGroup& group);
/// @pre value is a number; on or off for a flag.
std::string ethtool_change(uint16_t family, const EthtoolGroup& group,
                           const EthtoolSetting& setting, const std::string& interface,
                           const std::string& value);

std::string features_request(uint16_t family, const std::string& interface);
EthtoolStates parse_features(const std::string& answer);
std::string feature_change(uint16_t family, const std::string& feature,
                           const std::string& interface, bool on);

}  // namespace rxlab
