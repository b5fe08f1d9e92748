// SPDX-License-Identifier: GPL-2.0
// libpcap as far as it reads files. rxlab is linked statically, and Debian's libpcap.a opens
// network devices through D-Bus, resolves names and compiles filters, with all that needs; nothing
// here does. What it would call is defined here, so that none of it is linked: the same file has to
// hold them that calls libpcap.
#include "traffic/capture_file.h"

#include <pcap/pcap.h>
#include <cstdlib>

#define NO_SUCH_DEVICES(kind)                            \
    pcap_t* kind##_create(const char*, char*, int* is) { \
        *is = 0;                                         \
        return nullptr;                                  \
    }                                                    \
    int kind##_findalldevs(void*, char*) {               \
        return 0;                                        \
    }

extern "C" {
NO_SUCH_DEVICES(dbus)
NO_SUCH_DEVICES(usb)
NO_SUCH_DEVICES(bt)
NO_SUCH_DEVICES(bt_monitor)
NO_SUCH_DEVICES(netfilter)
pcap_t* pcap_create_interface(const char*, char*) {
    return nullptr;
}
int pcap_platform_finddevs(void*, char*) {
    return 0;
}
int install_bpf_program(pcap_t*, bpf_program*) {
    return -1;
}
void pcap_freecode(bpf_program* program) {  // of a capture without a filter: nothing
    program->bf_len = 0;
    std::free(program->bf_insns);
    program->bf_insns = nullptr;
}
}

namespace rxlab {

void CloseCapture::operator()(pcap* capture) const {
    ::pcap_close(capture);
}

CaptureFile open_capture(std::FILE* file, std::string& reason) {
    char words[PCAP_ERRBUF_SIZE] = "";
    CaptureFile capture(
        ::pcap_fopen_offline_with_tstamp_precision(file, PCAP_TSTAMP_PRECISION_NANO, words));
    if (capture) return capture;
    reason = words;
    if (file != stdin) std::fclose(file);
    return capture;
}

}  // namespace rxlab
