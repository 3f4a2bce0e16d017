/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include "folder.h"

#ifdef __linux__
#include <errno.h>
#include <stddef.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

static struct arena *arena;
static const char *folder;
static struct error *err;

static void
set_up(void)
{
	arena = arena_new(NULL);
	folder = folder_new(arena);
	err = error_new(arena);
}

static void
tear_down(void)
{
	arena_close(arena);
}

static const struct trial {
	const char *name;
	const char *target; /* of a link, NULL: no link */
	const char *message; /* NULL: it opens */
} trials[] = {
	{ "plain", NULL, NULL },
	{ "sub/deep", NULL, NULL },
	{ "sub/../plain", NULL, NULL },
	{ "../../etc/passwd", NULL, "leads out of the folder" },
	{ "nowhere", NULL, "No such file" },
	{ "sub", NULL, "not a regular file" },
	{ "fifo", NULL, "not a regular file" },
	{ "good", "plain", NULL },
	{ "chain", "good", NULL },
	{ "sub/up", "../plain", NULL },
	{ "out", "/etc/passwd", "leads out of the folder" },
	{ "up", "../../etc/passwd", "leads out of the folder" },
	{ "null", "/dev/null", "leads out of the folder" },
	{ "dangling", "gone", "does not exist" },
	{ "self", "self", "leads to itself" },
};
enum { TRIAL_COUNT = sizeof(trials) / sizeof(trials[0]) };

static void
make_files(void)
{
	(void)folder_write(arena, folder, "plain", "text", 4);
	(void)folder_write(arena, folder, "sub/deep", "", 0);
	ck_assert_int_eq(mkfifo(arena_printf(arena, "%s/fifo", folder), 0600), 0);
	for (int i = 0; i < TRIAL_COUNT; i++)
		if (trials[i].target != NULL)
			folder_link(arena, folder, trials[i].name, trials[i].target);
}

static void
try_to_open(const struct trial *t)
{
	struct file file;
	bool opened = file_open(arena, folder, t->name, &file, err);

	ck_assert_msg(opened == (t->message == NULL), "%s", t->name);
	if (opened)
		return;
	ck_assert_int_eq(err->code, ERR_REFUSED);
	ck_assert_msg(strstr(err->message, t->message) != NULL, "%s", err->message);
	ck_assert_ptr_nonnull(err->place.path);
}

START_TEST(opens_what_is_a_file_of_the_folder)
{
	make_files();
	try_to_open(&trials[_i]);
}
END_TEST

#if defined(__linux__) && defined(SYS_openat2)
/* As on an old kernel, or in a container that forbids what it does not know. */
static void
forbid_openat2(unsigned reason)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | reason),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 4, .filter = filter };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

START_TEST(opens_the_same_without_help_of_the_kernel)
{
	make_files();
	forbid_openat2(_i % 2 == 0 ? ENOSYS : EPERM);
	try_to_open(&trials[_i]);
}
END_TEST
#endif

START_TEST(lists_a_folder_by_name)
{
	struct file_list list;

	make_files();
	(void)folder_write(arena, folder, ".hidden", "", 0);
	ck_assert(file_list(arena, folder, "", &list, err));
	ck_assert_uint_eq(list.count, 11);
	ck_assert_str_eq(list.entries[0].name, ".hidden");
	ck_assert_str_eq(list.entries[1].name, "chain");
	ck_assert_int_eq(list.entries[1].kind, FILE_LINK);
	ck_assert_str_eq(list.entries[3].name, "fifo");
	ck_assert_int_eq(list.entries[3].kind, FILE_OTHER);
	ck_assert_str_eq(list.entries[9].name, "sub");
	ck_assert_int_eq(list.entries[9].kind, FILE_FOLDER);
	ck_assert(file_list(arena, folder, "sub", &list, err));
	ck_assert_uint_eq(list.count, 2);
	ck_assert_int_eq(list.entries[0].kind, FILE_REGULAR);
}
END_TEST

START_TEST(lists_no_folder_outside)
{
	struct file_list list;

	folder_link(arena, folder, "etc", "/etc");
	ck_assert(!file_list(arena, folder, "etc", &list, err));
	ck_assert(!file_list(arena, folder, "..", &list, err));
	ck_assert(!file_list(arena, folder, "nowhere", &list, err));
	ck_assert_int_eq(err->code, ERR_REFUSED);
}
END_TEST

START_TEST(looks_behind_links)
{
	make_files();
	folder_link(arena, folder, "away", "/etc");
	ck_assert_int_eq(file_behind_link(arena, folder, "good"), FILE_REGULAR);
	ck_assert_int_eq(file_behind_link(arena, folder, "away"), FILE_FOLDER);
	ck_assert_int_eq(file_behind_link(arena, folder, "dangling"), FILE_MISSING);
	ck_assert_int_eq(file_behind_link(arena, folder, "null"), FILE_OTHER);
}
END_TEST

START_TEST(reads_to_the_end)
{
	struct file file;
	char buffer[3];
	size_t length;

	make_files();
	ck_assert(file_open(arena, folder, "plain", &file, err));
	ck_assert_int_eq(file.size, 4);
	ck_assert(file_read(&file, buffer, sizeof(buffer), &length, "plain", err));
	ck_assert_uint_eq(length, 3);
	ck_assert(file_read(&file, buffer, sizeof(buffer), &length, "plain", err));
	ck_assert_uint_eq(length, 1);
	ck_assert(file_read(&file, buffer, sizeof(buffer), &length, "plain", err));
	ck_assert_uint_eq(length, 0);
}
END_TEST

START_TEST(joins_names)
{
	ck_assert_str_eq(file_join(arena, "a", "b"), "a/b");
	ck_assert_str_eq(file_join(arena, "a/", "b"), "a/b");
	ck_assert_str_eq(file_join(arena, "/", "b"), "/b");
	ck_assert_str_eq(file_join(arena, "", "b"), "b");
	ck_assert_str_eq(file_join(arena, "a", ""), "a");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("file");
	TCase *cases = tcase_create("file");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(cases, set_up, tear_down);
	tcase_add_loop_test(cases, opens_what_is_a_file_of_the_folder, 0, TRIAL_COUNT);
#if defined(__linux__) && defined(SYS_openat2)
	tcase_add_loop_test(cases, opens_the_same_without_help_of_the_kernel, 0, TRIAL_COUNT);
#endif
	tcase_add_test(cases, lists_a_folder_by_name);
	tcase_add_test(cases, lists_no_folder_outside);
	tcase_add_test(cases, looks_behind_links);
	tcase_add_test(cases, reads_to_the_end);
	tcase_add_test(cases, joins_names);
	suite_add_tcase(suite, cases);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
