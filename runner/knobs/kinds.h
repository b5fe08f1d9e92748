// SPDX-License-Identifier: GPL-2.0
// The functions of every knob kind, one file per kind; table.cc gives them their names.
#pragma once
#include "knobs/knobs.h"

namespace rxlab {

void validate_sysctl(const std::string& object);
std::string read_sysctl(Sys& sys, const std::string& object);
void write_sysctl(Sys& sys, const std::string& object, const std::string& value);

void validate_sysfs(const std::string& object);
std::string read_sysfs(Sys& sys, const std::string& object);
void write_sysfs(Sys& sys, const std::string& object, const std::string& value);

void validate_irq_affinity(const std::string& object);
std::string read_irq_affinity(Sys& sys, const std::string& object);
void write_irq_affinity(Sys& sys, const std::string& object, const std::string& value);
void check_irq_affinity(Sys& sys, const std::string& object, const std::string& value);

void validate_irq(const std::string& object);
std::string read_irq(Sys& sys, const std::string& object);
void write_irq(Sys& sys, const std::string& object, const std::string& value);
void check_irq(Sys& sys, const std::string& object, const std::string& value);

void validate_rps(const std::string& object);
std::string read_rps(Sys& sys, const std::string& object);
void write_rps(Sys& sys, const std::string& object, const std::string& value);

void validate_ethtool(const std::string& object);
std::string read_ethtool(Sys& sys, const std::string& object);
void write_ethtool(Sys& sys, const std::string& object, const std::string& value);
void check_ethtool(Sys& sys, const std::string& object, const std::string& value);

void validate_sched(const std::string& object);
std::string read_sched(Sys& sys, const std::string& object);
void write_sched(Sys& sys, const std::string& object, const std::string& value);
void check_sched(Sys& sys, const std::string& object, const std::string& value);

void validate_sched_affinity(const std::string& object);
std::string read_sched_affinity(Sys& sys, const std::string& object);
void write_sched_affinity(Sys& sys, const std::string& object, const std::string& value);
void check_sched_affinity(Sys& sys, const std::string& object, const std::string& value);

void validate_service(const std::string& object);
std::string read_service(Sys& sys, const std::string& object);
void write_service(Sys& sys, const std::string& object, const std::string& value);
void check_service(Sys& sys, const std::string& object, const std::string& value);

void validate_pm_qos(const std::string& object);
std::string read_pm_qos(Sys& sys, const std::string& object);
void write_pm_qos(Sys& sys, const std::string& object, const std::string& value);
void check_pm_qos(Sys& sys, const std::string& object, const std::string& value);

}  // namespace rxlab
