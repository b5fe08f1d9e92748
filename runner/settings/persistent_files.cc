// SPDX-License-Identifier: GPL-2.0
#include "settings/persistent_files.h"

#include "base/whole_file.h"
#include "knobs/persistent.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <optional>
#include <set>

namespace rxlab {
namespace {

using Form = Persistent::Form;

/// One knob: as it is to be, and as it was, where that is known.
struct Row {
    Persistent after;
    std::optional<Persistent> before;
};

std::string header(const Settings& settings) {
    return fmt::format("# Written by rxlab apply --write: settings {}.\n", settings.name);
}

std::string lines_of(const std::vector<Row>& rows, Form form) {
    std::string text;
    for (const Row& row : rows)
        if (row.after.form == form) text += row.after.line + "\n";
    return text;
}

bool has(const std::vector<Row>& rows, Form form) {
    return !lines_of(rows, form).empty();
}

/// Of the commands: the machine's own is the empty one.
std::set<std::string> interfaces_of(const std::vector<Row>& rows) {
    std::set<std::string> interfaces;
    for (const Row& row : rows)
        if (row.after.form == Form::command) interfaces.insert(row.after.interface);
    return interfaces;
}

/// "start eth0", "stop eth0" and, of what is there only while the interface is up, "up eth0".
std::string script(const Settings& settings, const std::vector<Row>& rows) {
    std::string text = "#!/bin/sh\n" + header(settings) +
                       "# start|stop|up [INTERFACE]; a command that fails does not stop the "
                       "others.\nstatus=0\ncase \"$1 $2\" in\n";
    for (const std::string& interface : interfaces_of(rows)) {
        std::string start, stop, up;
        for (const Row& row : rows) {
            if (row.after.form != Form::command || row.after.interface != interface) continue;
            (row.after.needs_up ? up : start) +=
                fmt::format("\t{{ {}; }} || status=1\n", row.after.line);
            if (row.before) stop += fmt::format("\t{{ {}; }} || status=1\n", row.before->line);
        }
        for (const auto& [verb, body] :
             {std::pair("start", start), std::pair("up", up), std::pair("stop", stop)})
            if (!body.empty()) text += fmt::format("\"{} {}\")\n{}\t;;\n", verb, interface, body);
    }
    return text + "esac\nexit $status\n";
}

std::string unit(const Settings& settings, const std::string& program, bool of_interface) {
    const std::string device = "sys-subsystem-net-devices-%i.device";
    const std::string ordering =
        of_interface ? fmt::format("BindsTo={0}\nAfter={0}\n", device) : "";
    return header(settings) +
           fmt::format(
               "[Unit]\nDescription=rxlab settings {}{}\n{}\n[Service]\nType=oneshot\n"
               "RemainAfterExit=yes\nExecStart=/{} start {}\nExecStop=/{} stop {}\n\n"
               "[Install]\nWantedBy={}\n",
               settings.name, of_interface ? " of %I" : "", ordering, program,
               of_interface ? "%I" : "", program, of_interface ? "%I" : "",
               of_interface ? device : "multi-user.target");
}

/// NetworkManager-dispatcher(8) has the interface and the event as arguments, interfaces(5) in the
/// environment.
std::string hook(const Settings& settings, const std::string& program, bool ifupdown) {
    return "#!/bin/sh\n" + header(settings) +
           (ifupdown ? fmt::format("exec /{} up \"$IFACE\"\n", program)
                     : fmt::format("[ \"$2\" = up ] || exit 0\nexec /{} up \"$1\"\n", program));
}

bool any_needs_up(const std::vector<Row>& rows) {
    for (const Row& row : rows)
        if (row.after.form == Form::command && row.after.needs_up) return true;
    return false;
}

void add_command_files(const Settings& settings, const std::vector<Row>& rows, PersistentFiles& out,
                       std::vector<std::string>& enable, std::vector<std::string>& disable) {
    const std::string base = "rxlab-" + settings.name, program = "usr/local/sbin/" + base;
    out.files.push_back({program, true, script(settings, rows)});
    std::set<std::string> interfaces = interfaces_of(rows);
    const bool machine = interfaces.erase("") > 0;
    if (machine)
        out.files.push_back({fmt::format("etc/systemd/system/{}.service", base), false,
                             unit(settings, program, false)});
    if (!interfaces.empty())
        out.files.push_back({fmt::format("etc/systemd/system/{}@.service", base), false,
                             unit(settings, program, true)});
    std::vector<std::string> units;
    if (machine) units.push_back(base + ".service");
    for (const std::string& interface : interfaces)
        units.push_back(
            fmt::format("\"$(systemd-escape --template={}@.service '{}')\"", base, interface));
    enable.push_back("systemctl daemon-reload");
    enable.push_back(fmt::format("systemctl enable --now {}", fmt::join(units, " ")));
    disable.push_back(fmt::format("systemctl disable --now {}", fmt::join(units, " ")));
    if (!any_needs_up(rows)) return;
    for (const auto& [folder, ifupdown] :
         {std::pair("etc/NetworkManager/dispatcher.d/90-", false), {"etc/network/if-up.d/", true}})
        out.files.push_back({folder + base, true, hook(settings, program, ifupdown)});
    for (const std::string& interface : interfaces)
        enable.push_back(fmt::format("/{} up '{}'", program, interface));
    out.notes.push_back(
        "an interrupt is there while its interface is up: NetworkManager or ifupdown runs the "
        "hook; with another program, run it then. irqbalance, where it runs, moves interrupts "
        "again: disable it, or ban them there");
}

}  // namespace

PersistentFiles persistent_files(const Settings& settings,
                                 const std::map<std::string, std::string>& before) {
    PersistentFiles out;
    std::vector<Row> rows;
    for (const auto& [name, value] : settings.knobs) {
        const Knob knob = find_knob(name);
        Row row{persistent(knob, value), {}};
        if (row.after.form == Form::none) {
            out.notes.push_back(
                fmt::format("{} has no persistent form: {}", name, row.after.why_not));
            continue;
        }
        if (const auto was = before.find(name); was != before.end())
            if (Persistent form = persistent(knob, was->second); form.form != Form::none)
                row.before = std::move(form);
        if (!row.before)
            out.notes.push_back(fmt::format(
                "{}: the value before is not known here; a new start of the machine brings it back",
                name));
        rows.push_back(std::move(row));
    }
    const std::string base = "90-rxlab-" + settings.name;
    std::vector<std::string> enable, disable;
    if (has(rows, Form::sysctl)) {
        const std::string path = fmt::format("etc/sysctl.d/{}.conf", base);
        out.files.push_back({path, false, header(settings) + lines_of(rows, Form::sysctl)});
        enable.push_back("sysctl -p /" + path);
    }
    if (has(rows, Form::udev)) {
        out.files.push_back({fmt::format("etc/udev/rules.d/{}.rules", base), false,
                             header(settings) + lines_of(rows, Form::udev)});
        enable.push_back("udevadm control --reload");
    }
    if (has(rows, Form::command)) add_command_files(settings, rows, out, enable, disable);
    for (const PersistentFile& file : out.files)
        out.install.push_back(fmt::format("install -D -m {} {} /{}",
                                          file.executable ? "755" : "644", file.path, file.path));
    out.install.insert(out.install.end(), enable.begin(), enable.end());
    for (const Row& row : rows)
        if (row.after.form == Form::udev) out.install.push_back(row.after.command);
    out.undo = disable;
    for (const PersistentFile& file : out.files) out.undo.push_back("rm -f /" + file.path);
    for (const Row& row : rows)
        if (row.before && row.after.form != Form::command)  // else the unit's stop has it
            out.undo.push_back(row.before->command);
    if (!disable.empty()) out.undo.push_back("systemctl daemon-reload");
    return out;
}

std::string readme_of(const Settings& settings, const PersistentFiles& files) {
    std::string text = fmt::format(
        "# rxlab: settings {}\n\n{}{}Files for a machine that shall have these settings each time "
        "it starts. Nothing "
        "of them is installed.\n\n",
        settings.name, settings.summary, settings.summary.empty() ? "" : "\n\n");
    text += "| knob | value |\n|---|---|\n";
    for (const auto& [name, value] : settings.knobs)
        text += fmt::format("| `{}` | {} |\n", name, value);
    text +=
        fmt::format("\nInstall, as root in this folder:\n\n```\n{}\n```\n\nUndo:\n\n```\n{}\n```\n",
                    fmt::join(files.install, "\n"), fmt::join(files.undo, "\n"));
    if (!files.notes.empty()) text += "\n";
    for (const std::string& note : files.notes) text += fmt::format("- {}\n", note);
    return text;
}

void write_persistent(const Settings& settings, const PersistentFiles& files,
                      const std::filesystem::path& folder) {
    for (const PersistentFile& file : files.files) {
        make_folder((folder / file.path).parent_path());
        write_whole(folder / file.path, file.text);
    }
    make_folder(folder);
    write_whole(folder / "README.md", readme_of(settings, files));
}

Json to_json(const PersistentFiles& files) {
    Json list = Json::array();
    for (const PersistentFile& file : files.files)
        list.push_back({{"path", file.path}, {"executable", file.executable}, {"text", file.text}});
    return {
        {"files", list}, {"install", files.install}, {"undo", files.undo}, {"notes", files.notes}};
}

}  // namespace rxlab
