// SPDX-License-Identifier: GPL-2.0
// The guest's two words with its host, both synchronous I/O ports, so that no trial ever waits for
// the host's clock:
//   rxguest stop        stops the whole VM at this instruction (pvpanic); it goes on when the host
//                       restores it
//   rxguest read NAME   writes fw_cfg file NAME to standard output
// fw_cfg is read by DMA: the kernel's qemu_fw_cfg driver reads byte by byte, and from the start for
// every page.
#include <arpa/inet.h>
#include <endian.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
	PVPANIC_PORT = 0x505, PVPANIC_PANICKED = 1,
	APIC_BASE = 0xfee00000, APIC_LVT_TIMER = 0x320,
	APIC_INITIAL_COUNT = 0x380, APIC_CURRENT_COUNT = 0x390,
	APIC_TIMER_MODE = 3 << 17, // 0: one-shot
	RTC_INDEX = 0x70, RTC_DATA = 0x71, RTC_REG_A = 0x0a, RTC_DIVIDER_RESET = 0x60,
	FW_CFG_PORT = 0x510, FW_CFG_PORTS = 12, FW_CFG_DMA_HIGH = 0x514, FW_CFG_DMA_LOW = 0x518,
	FW_CFG_FILE_DIR = 0x19,
	// bits of dma_access.control (QEMU docs/specs/fw_cfg)
	DMA_ERROR = 1, DMA_READ = 2, DMA_SELECT = 8,
	PAGE = 4096,
};

struct dma_access { uint32_t control, length; uint64_t address; };
struct file { uint32_t size; uint16_t select, reserved; char name[56]; };

// Two locked pages whose physical addresses are known: the request and the data.
static struct dma_access *request;
static char *data;
static uint64_t request_at, data_at;

static int fail(const char *what)
{
	perror(what);
	return 1;
}

static uint64_t physical(int pagemap, const void *page)
{
	const off_t at = (uintptr_t)page / PAGE * sizeof(uint64_t);
	uint64_t entry = 0;

	if (pread(pagemap, &entry, sizeof(entry), at) != sizeof(entry))
		return 0;
	return (entry & ((1ULL << 55) - 1)) * PAGE;
}

static int open_fw_cfg(void)
{
	char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED, -1, 0);
	int pagemap = open("/proc/self/pagemap", O_RDONLY);

	if (pages == MAP_FAILED || pagemap < 0 || ioperm(FW_CFG_PORT, FW_CFG_PORTS, 1))
		return fail("rxguest: fw_cfg");
	memset(pages, 0, 2 * PAGE);
	request = (struct dma_access *)pages;
	data = pages + PAGE;
	request_at = physical(pagemap, request);
	data_at = physical(pagemap, data);
	close(pagemap);
	if (request_at && data_at)
		return 0;
	fputs("rxguest: no physical addresses in /proc/self/pagemap\n", stderr);
	return 1;
}

// Reads up to a page into `data`: of file `select` from its start, or (0) on from where the last
// read ended.
static int fw_cfg_read(uint16_t select, uint32_t length)
{
	volatile struct dma_access *done = request;

	request->control = htonl(DMA_READ | (select ? DMA_SELECT | (uint32_t)select << 16 : 0));
	request->length = htonl(length);
	request->address = htobe64(data_at);
	outl(htonl(request_at >> 32), FW_CFG_DMA_HIGH);
	outl(htonl((uint32_t)request_at), FW_CFG_DMA_LOW);
	return done->control == 0 ? 0 : -1;
}

static int find(const char *name, struct file *found)
{
	uint32_t count;

	if (fw_cfg_read(FW_CFG_FILE_DIR, sizeof(count)))
		return -1;
	memcpy(&count, data, sizeof(count));
	for (count = ntohl(count); count; count--) {
		if (fw_cfg_read(0, sizeof(*found)))
			return -1;
		memcpy(found, data, sizeof(*found));
		if (!strcmp(found->name, name))
			return 0;
	}
	return -1;
}

static int read_file(const char *name)
{
	struct file file;
	uint32_t left;
	uint16_t select;

	if (open_fw_cfg())
		return 1;
	if (find(name, &file)) {
		fprintf(stderr, "rxguest: the host gave no fw_cfg file %s\n", name);
		return 1;
	}
	select = ntohs(file.select);
	for (left = ntohl(file.size); left; select = 0) {
		uint32_t length = left < PAGE ? left : PAGE;

		if (fw_cfg_read(select, length) || write(STDOUT_FILENO, data, length) != length)
			return fail("rxguest: read");
		left -= length;
	}
	return 0;
}

// The local APIC where its timer is in one-shot mode, else NULL.
static volatile uint32_t *one_shot_apic(void)
{
	int mem = open("/dev/mem", O_RDWR | O_SYNC);
	volatile uint32_t *apic =
		mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, mem, APIC_BASE);

	if (mem < 0 || apic == MAP_FAILED) {
		perror("rxguest: no local APIC in /dev/mem, the stop may be late by a timer tick");
		return NULL;
	}
	return apic[APIC_LVT_TIMER / 4] & APIC_TIMER_MODE ? NULL : apic;
}

static uint8_t read_rtc_a(void)
{
	outb(RTC_REG_A, RTC_INDEX);
	return inb(RTC_DATA);
}

static void write_rtc_a(uint8_t value)
{
	outb(RTC_REG_A, RTC_INDEX);
	outb(value, RTC_DATA);
}

// QEMU's main thread may find the CPU stopped before it has marked the VM as stopped; under icount
// it then takes it for idle and moves the clock to the next timer. With no timer armed (the APIC's,
// the RTC's) there is nothing to move to. A timer that has run out may not have been delivered yet:
// it is armed with the least there is, for a CPU whose timer never comes is dead, and one interrupt
// too many harms nobody.
static int stop(void)
{
	volatile uint32_t *apic = one_shot_apic();
	uint32_t initial = 0, count = 0;
	uint8_t rtc_a;

	if (iopl(3))
		return fail("rxguest: stop");
	asm volatile("cli" ::: "memory");
	rtc_a = read_rtc_a();
	write_rtc_a(rtc_a | RTC_DIVIDER_RESET);
	if (apic) {
		initial = apic[APIC_INITIAL_COUNT / 4];
		count = apic[APIC_CURRENT_COUNT / 4];
		apic[APIC_INITIAL_COUNT / 4] = 0;
	}
	outb(PVPANIC_PANICKED, PVPANIC_PORT);
	if (apic)
		apic[APIC_INITIAL_COUNT / 4] = initial && !count ? 1 : count;
	write_rtc_a(rtc_a);
	asm volatile("sti" ::: "memory");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "stop"))
		return stop();
	if (argc == 3 && !strcmp(argv[1], "read"))
		return read_file(argv[2]);
	fputs("usage: rxguest stop | read NAME\n", stderr);
	return 2;
}
