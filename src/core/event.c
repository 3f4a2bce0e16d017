/* SPDX-License-Identifier: MIT */
#include "core/event.h"

void
event_emit(struct sink *sink, const struct event *event)
{
	if (sink != NULL)
		sink->emit(sink, event);
}

static void
    PRINTF_LIKE(3, 0) say(struct sink *sink, enum event_kind kind, const char *format, va_list args)
{
	struct arena *a = arena_new(NULL);

	event_emit(sink, &(struct event){ .kind = kind, .text = arena_vprintf(a, format, args) });
	arena_close(a);
}

void
event_warning(struct sink *sink, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(sink, EVENT_WARNING, format, args);
	va_end(args);
}

void
event_note(struct sink *sink, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(sink, EVENT_NOTE, format, args);
	va_end(args);
}
