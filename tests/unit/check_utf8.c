/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct decoding {
	const char *text;
	size_t size; /* 0: not UTF-8 */
	uint32_t code;
} decodings[] = {
	{ "a", 1, 'a' },
	{ "\x7f", 1, 0x7f },
	{ "\xc2\x80", 2, 0x80 },
	{ "\xdf\xbf", 2, 0x7ff },
	{ "\xe0\xa0\x80", 3, 0x800 },
	{ "\xed\x9f\xbf", 3, 0xd7ff },
	{ "\xee\x80\x80", 3, 0xe000 },
	{ "\xef\xbf\xbf", 3, 0xffff },
	{ "\xf0\x90\x80\x80", 4, 0x10000 },
	{ "\xf4\x8f\xbf\xbf", 4, 0x10ffff },
	{ "", 0, 0 },
	{ "\x80", 0, 0 },
	{ "\xbf", 0, 0 },
	{ "\xc0\x80", 0, 0 },
	{ "\xc1\xbf", 0, 0 },
	{ "\xc2", 0, 0 },
	{ "\xc2 ", 0, 0 },
	{ "\xe0\x9f\xbf", 0, 0 },
	{ "\xe2\x82", 0, 0 },
	{ "\xed\xa0\x80", 0, 0 },
	{ "\xed\xbf\xbf", 0, 0 },
	{ "\xf0\x8f\xbf\xbf", 0, 0 },
	{ "\xf4\x90\x80\x80", 0, 0 },
	{ "\xf5\x80\x80\x80", 0, 0 },
	{ "\xff", 0, 0 },
};

START_TEST(takes_what_is_utf8_and_nothing_else)
{
	const struct decoding *d = &decodings[_i];
	uint32_t code = 0;

	ck_assert_uint_eq(utf8_decode(d->text, strlen(d->text), &code), d->size);
	if (d->size > 0)
		ck_assert_uint_eq(code, d->code);
}
END_TEST

static const struct width {
	uint32_t code;
	int columns;
} widths[] = {
	{ '\n', 0 },
	{ 'a', 1 },
	{ 0x7f, 0 },
	{ 0xe4, 1 },
	{ 0x301, 0 }, /* combining acute accent */
	{ 0x200b, 0 }, /* zero width space */
	{ 0x200d, 0 }, /* joiner */
	{ 0x2026, 1 }, /* ellipsis */
	{ 0x1100, 2 }, /* Hangul */
	{ 0x1160, 0 }, /* Hangul vowel, drawn into the letter before it */
	{ 0x4e2d, 2 },
	{ 0xac00, 2 },
	{ 0xff21, 2 }, /* full width A */
	{ 0xff71, 1 }, /* half width a */
	{ 0xfeff, 0 },
	{ 0x1f418, 2 }, /* elephant */
	{ 0x20000, 2 },
	{ 0xe0100, 0 }, /* variation selector */
	{ 0x10ffff, 1 },
};

/* Wherever it ends: the bytes are taken eight at a time. */
START_TEST(passes_over_plain_text_up_to_what_is_not)
{
	static const char ends[] = { '\n', '\r', '\0', '\x80', '\xc3', '\xff' };
	char text[36];

	for (size_t i = 0; i < sizeof(ends); i++) {
		for (size_t at = 0; at < sizeof(text); at++) {
			memcpy(text, "\t\x01\x0b\x0c\x0e\x7f ~plain text with tabs\tand so",
			    sizeof(text));
			text[at] = ends[i];
			ck_assert_uint_eq(utf8_plain(text, sizeof(text)), at);
			ck_assert_uint_eq(utf8_plain(text, at), at);
		}
	}
}
END_TEST

START_TEST(counts_columns_as_a_terminal_does)
{
	ck_assert_int_eq(utf8_width(widths[_i].code), widths[_i].columns);
}
END_TEST

static const struct fitting {
	const char *text;
	size_t columns, bytes;
} fittings[] = {
	{ "abc", 2, 2 },
	{ "abc", 3, 3 },
	{ "abc", 9, 3 },
	{ "abc", 0, 0 },
	{ "\xe4\xb8\xad\xe6\x96\x87", 3, 3 }, /* a wide one is not cut in half */
	{ "e\xcc\x81x", 1, 3 }, /* an accent stays with its letter */
	{ "\xff\xff", 1, 1 },
};

START_TEST(fits_text_into_columns)
{
	const struct fitting *f = &fittings[_i];

	ck_assert_uint_eq(utf8_fit(f->text, strlen(f->text), f->columns), f->bytes);
	ck_assert_uint_le(utf8_columns(f->text, f->bytes), f->columns);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("utf8");
	TCase *tests = tcase_create("utf8");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tests, takes_what_is_utf8_and_nothing_else, 0,
	    (int)(sizeof(decodings) / sizeof(decodings[0])));
	tcase_add_test(tests, passes_over_plain_text_up_to_what_is_not);
	tcase_add_loop_test(
	    tests, counts_columns_as_a_terminal_does, 0, (int)(sizeof(widths) / sizeof(widths[0])));
	tcase_add_loop_test(
	    tests, fits_text_into_columns, 0, (int)(sizeof(fittings) / sizeof(fittings[0])));
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
