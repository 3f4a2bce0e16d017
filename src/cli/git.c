/* SPDX-License-Identifier: MIT */
#include "cli/git.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct git {
	pid_t pid;
	FILE *out, *errors;
};

static void
close_file(void *file)
{
	(void)fclose(file); /* only read from */
}

/* The reading end as a stream; the writing end in *writer, for the child alone. */
static FILE *
open_pipe(struct arena *a, int *writer)
{
	int ends[2];
	FILE *reader;

	if (pipe(ends) != 0)
		return NULL;
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC); /* cannot fail on a descriptor just made */
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	*writer = ends[1];
	reader = fdopen(ends[0], "r");
	if (reader == NULL)
		arena_exhausted();
	arena_defer(a, close_file, reader);
	return reader;
}

static bool
start(struct arena *a, const char *const arguments[], struct git *git, struct error *err)
{
	posix_spawn_file_actions_t actions;
	int out = -1, errors = -1, failure;

	git->out = open_pipe(a, &out);
	git->errors = open_pipe(a, &errors);
	if (git->out == NULL || git->errors == NULL)
		return error_set(err, ERR_INTERNAL, "cannot make a pipe: %s", strerror(errno));
	if (posix_spawn_file_actions_init(&actions) != 0 ||
	    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0) != 0 ||
	    posix_spawn_file_actions_adddup2(&actions, out, 1) != 0 ||
	    posix_spawn_file_actions_adddup2(&actions, errors, 2) != 0)
		arena_exhausted();
	/* POSIX promises that the arguments are not changed; only its old prototype says less. */
	failure = posix_spawnp(
	    &git->pid, arguments[0], &actions, NULL, (char *const *)arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(out);
	close(errors);
	if (failure != 0)
		return error_set(err, ERR_USAGE, "cannot start \"git\": %s", strerror(failure));
	return true;
}

static struct arena_text *
read_all(struct arena *a, FILE *in)
{
	struct arena_text *text = arena_text_new(a);
	char bytes[4096];
	size_t length;

	while ((length = fread(bytes, 1, sizeof(bytes), in)) > 0)
		fwrite(bytes, 1, length, text->out);
	arena_text_end(text);
	return text;
}

static void
add_names(struct arena *a, const struct arena_text *text, struct config_list *files)
{
	for (size_t at = 0; at < text->length; at += strlen(text->text + at) + 1) {
		files->items = arena_extend(a, files->items, files->count, sizeof(*files->items));
		files->items[files->count++] = arena_strdup(a, text->text + at);
	}
}

/* The names that git prints, each ended by NUL; what is its task, for the message. */
static bool
list_names(struct arena *a, const char *const arguments[], const char *what,
    struct config_list *names, struct error *err)
{
	struct arena *scratch = arena_new(a);
	struct arena_text *listed, *words;
	struct git git = { 0 };
	int status = 0;

	if (!start(scratch, arguments, &git, err))
		return false;
	listed = read_all(scratch, git.out);
	words = read_all(scratch, git.errors);
	while (waitpid(git.pid, &status, 0) < 0 && errno == EINTR)
		continue;
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		error_set(err, ERR_USAGE, "git cannot list the files %s", what);
		err->detail = arena_strdup(err->arena, words->text);
		return false;
	}
	add_names(a, listed, names);
	arena_close(scratch);
	return true;
}

/* What git would take for an option. */
static bool
check_ref(const char *ref, struct error *err)
{
	return (ref[0] != '-' && ref[0] != '\0') ||
	    error_set(err, ERR_USAGE, "\"%s\" is not the name of a commit", ref);
}

bool
git_files(struct arena *a, const char *ref, const char *folder, struct config_list *files,
    struct error *err)
{
	const char *const arguments[] = { "git", "-C", folder, "ls-tree", "-r", "-z", "--name-only",
		ref, NULL };

	return check_ref(ref, err) &&
	    list_names(
		a, arguments, arena_printf(a, "of \"%s\" in \"%s\"", ref, folder), files, err);
}

/* The second list has those that git was never told of. */
bool
git_changed(struct arena *a, const char *ref, const char *folder, struct config_list *files,
    struct error *err)
{
	const char *const changed[] = { "git", "-C", folder, "diff", "--name-only", "-z",
		"--relative", "--no-renames", "--no-ext-diff", ref, "--", ".", NULL };
	const char *const unknown[] = { "git", "-C", folder, "ls-files", "-z", "--others", "--",
		".", NULL };
	const char *what = arena_printf(a, "that changed since \"%s\" in \"%s\"", ref, folder);

	return check_ref(ref, err) && list_names(a, changed, what, files, err) &&
	    list_names(a, unknown, what, files, err);
}
