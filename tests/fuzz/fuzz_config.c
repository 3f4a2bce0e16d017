/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE /* memfd_create */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mask.h"
#include "core/config.h"
#include "core/url.h"

/*
 * The same bytes as migrate.yaml and as the url of a connection.  A file that is taken must show
 * all its values; a url that is refused must not be repeated in the error.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *
file_with(struct arena *a, const uint8_t *data, size_t size)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("migrate.yaml", 0);
	if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
		abort();
	return arena_printf(a, "/proc/self/fd/%d", fd);
}

static void
try_file(struct arena *a, const uint8_t *data, size_t size)
{
	static char set[] = "A=value", empty[] = "EMPTY=", table[] = "MIGRATE_TABLE=table";
	static char *const environment[] = { set, empty, table, NULL };
	const char *path = file_with(a, data, size);
	struct config_list warnings = { 0 };
	struct error *err = error_new(a);
	struct config config;

	if (!config_load(a, path, "env", environment, NULL, 0, &config, &warnings, err) &&
	    err->place.path == NULL) {
		error_clear(err);
		if (config_load(a, path, NULL, environment, NULL, 0, &config, &warnings, err))
			assert(config.directory.count > 0);
	}
	assert(err->code == ERR_NONE || err->message != NULL);
	if (err->code != ERR_NONE)
		return;
	for (const struct config_setting *s = config_settings(); s->name != NULL; s++) {
		(void)config_value(a, &config, s); /* that it can be shown is the test */
		assert(config_origin(&config, s) != NULL);
	}
}

/* "hunter$2" is a secret wherever it stands: it can be neither a scheme nor a name. */
static bool
repeats(const char *message, const char *url)
{
	const char *secret = strstr(url, "hunter$2");

	return secret != NULL && strstr(message, "hunter$2") != NULL;
}

static void
try_url(struct arena *a, const char *url)
{
	struct error *err = error_new(a);
	struct connection c;

	url_hide(a, url);
	if (!url_read(a, url, &c, err)) {
		assert(!repeats(mask_text(a, err->message), url));
		return;
	}
	for (size_t i = 0; c.keywords[i] != NULL; i++)
		assert(c.values[i] != NULL && c.keywords[i][0] != '\0');
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *a = arena_new(NULL);

	try_file(a, data, size);
	try_url(a, arena_strndup(a, (const char *)data, size));
	mask_clear();
	arena_close(a);
	return 0;
}
