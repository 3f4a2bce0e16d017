/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Stands in for libFuzzer's main where there is none (gcc): gives each file of the named folders
 * to the fuzz target once, so that every test run repeats what fuzzing has found.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fail(const char *what)
{
	perror(what);
	exit(1);
}

static void
replay_file(const char *path)
{
	FILE *in = fopen(path, "rb");
	uint8_t *data;
	long size;

	if (in == NULL || fseek(in, 0, SEEK_END) != 0 || (size = ftell(in)) < 0)
		fail(path);
	rewind(in);
	/* A block of exactly this size: a sanitizer then sees a read one byte behind it. */
	data = malloc(size > 0 ? (size_t)size : 1);
	if (data == NULL || fread(data, 1, (size_t)size, in) != (size_t)size)
		fail(path);
	(void)LLVMFuzzerTestOneInput(data, (size_t)size); /* always 0 */
	free(data);
	(void)fclose(in); /* nothing was written */
}

static int
replay_folder(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	char file[4096];
	int count = 0;

	if (folder == NULL)
		fail(path);
	while ((entry = readdir(folder)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(file, sizeof(file), "%s/%s", path, entry->d_name);
		replay_file(file);
		count++;
	}
	(void)closedir(folder);
	return count;
}

int
main(int argc, char **argv)
{
	int count = 0;

	for (int i = 1; i < argc; i++)
		count += replay_folder(argv[i]);
	printf("%s: %d inputs\n", argv[0], count);
	return count > 0 ? 0 : 1;
}
