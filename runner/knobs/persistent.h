// SPDX-License-Identifier: GPL-2.0
// How a machine can set a knob by itself each time it starts, in the words of its own tools. Pure.
#pragma once
#include "knobs/knobs.h"

#include <string>

namespace rxlab {

/// One knob with one value.
struct Persistent {
    enum class Form {
        none,     ///< there is none; `why_not` says why
        sysctl,   ///< a line of sysctl.d(5)
        udev,     ///< a rule of udev(7), for when the interface appears
        command,  ///< a command of sh(1), for when the interface appears, or is up
    };
    Form form = Form::none;
    std::string interface;  ///< whose setting it is; empty: the machine's
    bool needs_up = false;  ///< it is there only while the interface is up
    std::string line;       ///< of a file of that form
    std::string command;    ///< of sh(1): sets it now
    std::string why_not;
};

/// Never throws for a knob that find_knob() takes. A value with characters that a shell or udev
/// could take for more than a value has no form.
Persistent persistent(const Knob& knob, const std::string& value);

// Of each kind, for table.cc; the object is in no namespace and the value is plain.
Persistent persistent_sysctl(const std::string& object, const std::string& value);
Persistent persistent_sysfs(const std::string& object, const std::string& value);
Persistent persistent_irq_affinity(const std::string& object, const std::string& value);
Persistent persistent_irq(const std::string& object, const std::string& value);
Persistent persistent_rps(const std::string& object, const std::string& value);
Persistent persistent_ethtool(const std::string& object, const std::string& value);
Persistent persistent_pm_qos(const std::string& object, const std::string& value);
Persistent persistent_service(const std::string& object, const std::string& value);
Persistent persistent_sched(const std::string& object, const std::string& value);
Persistent persistent_sched_affinity(const std::string& object, const std::string& value);

/// A command whose last word is the number of a kernel thread.
Persistent persistent_of_thread(const std::string& thread, const std::string& command);

}  // namespace rxlab
