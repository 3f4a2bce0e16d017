/* SPDX-License-Identifier: MIT */
#include "core/event.h"

#include "base/time.h"

/* Does it tell how far the run is? */
static bool
tells_progress(enum event_kind kind)
{
	return kind == EVENT_STEP_BEGIN || kind == EVENT_PROGRESS || kind == EVENT_BATCH ||
	    kind == EVENT_LOCK_WAIT;
}

void
event_emit(struct sink *sink, const struct event *event)
{
	if (sink == NULL)
		return;
	if (sink->pace_ms > 0 && tells_progress(event->kind))
		sink->told_ms = time_now_ms();
	sink->emit(sink, event);
}

int64_t
event_due_ms(const struct sink *sink)
{
	int64_t due;

	if (sink == NULL || sink->pace_ms <= 0)
		return -1;
	due = sink->told_ms + sink->pace_ms - time_now_ms();
	return due < 0 ? 0 : due;
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
