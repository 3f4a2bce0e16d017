/* SPDX-License-Identifier: MIT */
#include "core/step.h"

#include "core/match.h"

int
step_next_rank(const struct history *history)
{
	return history->count == 0 ? 1 : history->rows[history->count - 1].rank + 1;
}

static struct step *
add_step(struct plan *plan, enum step_kind kind)
{
	struct step *step;

	plan->steps =
	    arena_extend(plan->arena, plan->steps, plan->step_count, sizeof(*plan->steps));
	step = &plan->steps[plan->step_count++];
	*step = (struct step){ .kind = kind };
	return step;
}

static void
add_record(struct plan *plan, struct step *step, struct record record)
{
	step->records =
	    arena_extend(plan->arena, step->records, step->record_count, sizeof(*step->records));
	step->records[step->record_count++] = record;
}

struct record
step_script_record(const struct script *script, int rank)
{
	return (struct record){
		.kind = RECORD_INSERT,
		.rank = rank,
		.version = script->version,
		.description = script->description,
		.type = match_script_type(script),
		.script = script->script,
		.has_checksum = script->hashed,
		.checksum = script->checksum,
		.success = true,
	};
}

void
step_add_script(struct plan *plan, struct script *script, int rank)
{
	struct step *step = add_step(plan, STEP_SCRIPT);

	step->script = script;
	add_record(plan, step, step_script_record(script, rank));
}

void
step_add_resumed(struct plan *plan, struct script *script, const struct history_row *row)
{
	step_add_script(plan, script, row->rank);
	plan->steps[plan->step_count - 1].resumes = row;
}

void
step_take_away(struct plan *plan, struct step *step)
{
	const int ranks[] = { step->undoes->rank, step->records[0].rank };

	for (size_t i = 0; i < sizeof(ranks) / sizeof(ranks[0]); i++)
		add_record(plan, step,
		    (struct record){ .kind = RECORD_DELETE,
			.rank = ranks[i],
			.version = step->undoes->version,
			.description = step->undoes->description,
			.type = step->undoes->type,
			.script = step->undoes->script });
}

void
step_add_record(struct plan *plan, struct record record)
{
	struct step *last = plan->step_count == 0 ? NULL : &plan->steps[plan->step_count - 1];

	if (last == NULL || last->kind != STEP_RECORD)
		last = add_step(plan, STEP_RECORD);
	add_record(plan, last, record);
}
