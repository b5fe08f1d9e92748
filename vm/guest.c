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

// The prefixes of segments mean nothing to OUT. By them QEMU's plugin knows the instruction
// (runner/target/guest_clock_plugin.cc) and stops the clock with the CPU.
static int stop(void)
{
	if (ioperm(PVPANIC_PORT, 1, 1))
		return fail("rxguest: stop");
	asm volatile(".byte 0x26, 0x2e, 0x36, 0x3e\n\toutb %b0, %w1"
		     : : "a"(PVPANIC_PANICKED), "d"(PVPANIC_PORT) : "memory");
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
