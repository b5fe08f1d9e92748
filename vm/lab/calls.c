// SPDX-License-Identifier: GPL-2.0
// A program whose system calls are known: 1000 of getppid and ten of write. With LONGER each turn
// of the first loop has five instructions more, in as many bytes, so that nothing else differs.
#include <sys/syscall.h>
#include <unistd.h>

#ifdef LONGER
#define TURN ".rept 6\n\tnop\n\t.endr"
#else
#define TURN ".byte 0x66, 0x0f, 0x1f, 0x44, 0x00, 0x00"
#endif

static __attribute__((noinline)) void ask(void)
{
	for (int i = 0; i < 1000; i++) {
		syscall(SYS_getppid);
		asm volatile(TURN);
	}
}

int main(void)
{
	ask();
	for (int i = 0; i < 10; i++)
		if (write(STDOUT_FILENO, "word\n", 5) != 5)
			return 1;
	return 0;
}
