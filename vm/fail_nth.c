// SPDX-License-Identifier: GPL-2.0
/* fail_nth NTH SYSCALL[,SYSCALL...] COMMAND...: runs a command, and the NTH allocation that the
 * kernel tries in these system calls of it fails (CONFIG_FAULT_INJECTION, /proc/PID/fail-nth).
 * Ends as the command does; writes to descriptor 3 what of NTH is left: 0 where one failed.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/ptrace.h>

static const struct {
	const char *name;
	long number;
} calls[] = {
	{ "finit_module", SYS_finit_module },
	{ "init_module", SYS_init_module },
	{ "ioctl", SYS_ioctl },
	{ "openat", SYS_openat },
	{ "sendmsg", SYS_sendmsg },
	{ "write", SYS_write },
};

static int is_wanted(char *const *names, long number)
{
	for (; *names; names++)
		for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
			if (calls[i].number == number && !strcmp(calls[i].name, *names))
				return 1;
	return 0;
}

static int is_known(const char *name)
{
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		if (!strcmp(calls[i].name, name))
			return 1;
	return 0;
}

static int die(const char *what)
{
	fprintf(stderr, "fail_nth: %s: %s\n", what, strerror(errno));
	exit(125);
}

static FILE *fail_nth_of(pid_t pid, const char *mode)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/fail-nth", pid);
	file = fopen(path, mode);
	if (!file)
		die(path);
	return file;
}

static void set_left(pid_t pid, unsigned int left)
{
	FILE *file = fail_nth_of(pid, "w");

	if (fprintf(file, "%u", left) < 0 || fclose(file))
		die("fail-nth is not taken");
}

static unsigned int get_left(pid_t pid)
{
	FILE *file = fail_nth_of(pid, "r");
	unsigned int left;

	if (fscanf(file, "%u", &left) != 1)
		die("fail-nth is not told");
	fclose(file);
	return left;
}

static pid_t start(char **argv)
{
	pid_t pid = fork();
	int status;

	if (pid < 0)
		die("fork");
	if (!pid) {
		close(3);
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) || raise(SIGSTOP))
			die("ptrace");
		execvp(argv[0], argv);
		die(argv[0]);
	}
	if (waitpid(pid, &status, 0) != pid ||
	    ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL))
		die("ptrace");
	return pid;
}

/* On to the next system call's entry or exit, or the end. Signals go where they would have gone,
 * but for the one that tells of an exec.
 */
static int next_stop(pid_t pid)
{
	int status, signal = 0;

	do {
		if (ptrace(PTRACE_SYSCALL, pid, 0, signal) || waitpid(pid, &status, 0) != pid)
			die("ptrace");
		signal = WIFSTOPPED(status) && WSTOPSIG(status) != SIGTRAP ? WSTOPSIG(status) : 0;
	} while (WIFSTOPPED(status) && WSTOPSIG(status) != (SIGTRAP | 0x80));
	return status;
}

int main(int argc, char **argv)
{
	struct ptrace_syscall_info info;
	int status, inside = 0, count = 0;
	char *names[8] = { NULL };
	unsigned int left;
	pid_t pid;

	if (argc < 4) {
		fprintf(stderr, "usage: fail_nth NTH SYSCALL[,SYSCALL...] COMMAND...\n");
		return 125;
	}
	left = (unsigned int)strtoul(argv[1], NULL, 10);
	for (char *name = strtok(argv[2], ","); name && count < 7; name = strtok(NULL, ",")) {
		if (!is_known(name)) {
			fprintf(stderr, "fail_nth: unknown system call '%s'\n", name);
			return 125;
		}
		names[count++] = name;
	}
	pid = start(argv + 3);
	while (status = next_stop(pid), WIFSTOPPED(status)) {
		if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) < 0)
			die("ptrace");
		if (info.op == PTRACE_SYSCALL_INFO_ENTRY && left &&
		    is_wanted(names, info.entry.nr)) {
			set_left(pid, left);
			inside = 1;
		} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && inside) {
			left = get_left(pid);
			set_left(pid, 0);
			inside = 0;
		}
	}
	dprintf(3, "%u\n", left);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
