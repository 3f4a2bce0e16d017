/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*
 * Runs a command and writes what it took into a file: exit status, nanoseconds, microseconds of
 * CPU, kilobytes of memory.  A child's peak begins with the memory of whoever forked it, and
 * Python has more than some of the programs that are measured; this has next to none.
 */

static long long
now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static long long
micros(struct timeval time)
{
	return time.tv_sec * 1000000LL + time.tv_usec;
}

int
main(int argc, char **argv)
{
	long long start = now_ns();
	struct rusage used;
	int status;
	pid_t child;
	FILE *out;

	if (argc < 3)
		return 2;
	child = fork();
	if (child == 0) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		return 2;
	start = now_ns() - start;
	getrusage(RUSAGE_CHILDREN, &used);
	out = fopen(argv[1], "w");
	if (out == NULL)
		return 2;
	fprintf(out, "%d %lld %lld %ld\n",
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), start,
	    micros(used.ru_utime) + micros(used.ru_stime), used.ru_maxrss);
	return fclose(out) == 0 ? 0 : 2;
}
