/* SPDX-License-Identifier: MIT */
/*
 * A run of "migrate up" in small: RUNNERS programs at once, FAULTS faults in all, at any place: a
 * runner is killed, its connection breaks with a request or its answer on the way, the server ends
 * a backend.  README.md tells what is behind each name.
 *
 * Two files.  One has a transaction, and its history row commits with it.  The other has none and
 * three statements: one that a transaction allows and that commits with its journal row; an index
 * built concurrently, about which the catalog tells; a CALL about which nothing tells.
 *
 * Designs that do not work are there to see that the model can tell: HISTORY_AFTER,
 * OTHER_CONNECTION, NO_FENCE, TRUST_SILENCE, REFUSE_UNLOCKED, NOBODY_LOOKS.  GIVES_LOCK_AWAY adds
 * a fault: the first file calls pg_advisory_unlock_all() in a function; ONE_FILE leaves the second
 * file out.
 */
#ifndef RUNNERS
#define RUNNERS 2
#endif
#ifndef FAULTS
#define FAULTS 3
#endif

/* Who holds the run lock: runner r is r, what the server still does for one that is gone ORPHAN(r). */
#define FREE 255
#define ORPHAN(r) (RUNNERS + r)

mtype = { FILE, BEGIN, FIRST, INTENT, BUILD, DROP, CALL, DONE, END, IDLE, NOTHING };
mtype = { ABSENT, UNFINISHED, APPLIED };
mtype = { MISSING, INVALID, VALID };
mtype = { YES, NO, LOST };

/* --- what the server keeps --- */

mtype row_file = ABSENT; /* history rows */
#ifdef ONE_FILE
mtype row_steps = APPLIED, index = VALID;
byte first = 1, calls = 1;
#else
mtype row_steps = ABSENT, index = MISSING;
byte first, calls; /* how often it took effect */
#endif
byte file;
byte written_by = FREE; /* run id in the journal row that commits with the first file */
byte done; /* journal: statements of the second file */
bool begun; /* journal: the intent of the next one */

byte lock = FREE;
mtype orphan[RUNNERS] = NOTHING; /* what a backend without a client still has to do */
byte faults = FAULTS;
byte clean; /* runners that ended with status 0 */
bool told; /* somebody is asked to look */

#ifdef OTHER_CONNECTION
#define LOCK_IS_MINE(s) true /* the session that works cannot ask for the key of another one */
#else
#define LOCK_IS_MINE(s) (lock == FREE || lock == s)
#endif
#ifdef NO_FENCE
#define FENCE(s, claim) true
#else
#define FENCE(s, claim) (LOCK_IS_MINE(s) && (claim))
#endif

/* What the server does with a request of a session of runner r. */
inline carry_out(wish, session, owner) {
	granted = true;
	if
	:: wish == FILE ->
		granted = FENCE(session, row_file == ABSENT);
		if
		:: granted -> file++; assert(file == 1); row_file = APPLIED; written_by = owner
		:: else
		fi
	:: wish == BEGIN ->
		granted = FENCE(session, row_steps == ABSENT);
		if
		:: granted -> row_steps = UNFINISHED; done = 0; begun = false
		:: else
		fi
	:: wish == FIRST ->
		granted = FENCE(session, true);
		if
		:: granted -> first++; assert(first == 1); done = 1
		:: else
		fi
	:: wish == INTENT ->
		granted = FENCE(session, true);
		if
		:: granted -> begun = true
		:: else
		fi
	:: wish == BUILD -> /* IF NOT EXISTS: what is there is left as it is */
		if
		:: index == MISSING -> index = VALID
		:: index == MISSING && faults > 0 -> faults--; index = INVALID
		:: index != MISSING
		fi
	:: wish == DROP -> index = MISSING
	:: wish == CALL -> calls++; assert(calls == 1)
	:: wish == DONE ->
		granted = FENCE(session, true);
		if
		:: granted -> done++; begun = false
		:: else
		fi
	:: wish == END -> row_steps = APPLIED
	:: wish == IDLE
	fi
}

/* A backend that has lost its client: it still does what it was asked for, or not, and ends. */
active [RUNNERS] proctype backend() {
	bool granted;
	byte r = _pid;

end:
	do
	:: atomic {
		orphan[r] != NOTHING ->
		if
		:: carry_out(orphan[r], ORPHAN(r), r)
		:: true
		fi;
		orphan[r] = NOTHING;
		if
		:: lock == ORPHAN(r) -> lock = FREE
		:: else
		fi
	}
	od
}

/* --- a runner --- */

/* The connection that works breaks; the request stays with the server. */
inline cut(unheard) {
	faults--;
	orphan[r] = unheard;
#ifndef OTHER_CONNECTION
	if
	:: lock == r -> lock = ORPHAN(r)
	:: else
	fi
#endif
}

/* The end of the program: all its connections end with it. */
inline let_go() {
	if
	:: lock == r -> lock = FREE
	:: else
	fi
}

#define FAULT (faults > 0 && orphan[r] == NOTHING)

/* Says something; what it heard is YES, NO, or LOST.  A runner that is killed starts again. */
inline ask(what) {
	if
	:: atomic {
		carry_out(what, r, r);
		if
		:: granted -> heard = YES
		:: else -> heard = NO
		fi
	}
	:: atomic { FAULT -> cut(what); heard = LOST }
	:: atomic { FAULT -> cut(what); let_go(); goto start }
	fi
}

/* Polled, never waited for by a statement; the answer may be lost as well. */
inline take_lock() {
	if
	:: atomic { lock == FREE || lock == r -> lock = r }
	:: atomic { lock == FREE && FAULT -> lock = r; cut(IDLE); let_go(); goto start }
	fi
}

inline may_lose_lock() {
	if
#ifdef GIVES_LOCK_AWAY
	:: atomic { lock == r && faults > 0 -> faults--; lock = FREE }
#endif
	:: true
	fi
}

active [RUNNERS] proctype runner() {
	byte r = _pid - RUNNERS;
	mtype heard;
	bool granted, repeated;

start:
	repeated = false;
	/* Nothing pending needs no lock. */
	if
	:: row_file == APPLIED && row_steps == APPLIED -> goto finished
	:: else
	fi;
#ifdef REFUSE_UNLOCKED
	if
	:: begun && done == 2 ->
		if
		:: lock == FREE -> goto refused
		:: else
		fi
	:: else
	fi;
#endif
again:
	take_lock();
	/* Only now it is known what is pending. */
	if
	:: row_file == APPLIED -> goto steps
	:: else
	fi;
	may_lose_lock();
	ask(FILE);
	if
	:: heard == YES -> goto steps
	:: heard == NO -> goto replan
	:: heard == LOST
	fi;
#ifdef TRUST_SILENCE
	ask(FILE);
	if
	:: heard == YES -> goto steps
	:: heard == NO -> goto replan
	:: heard == LOST -> goto failed
	fi;
#endif
	/* COMMIT may have been on its way.  The lock proves that the old backend is gone. */
	take_lock();
#ifndef OTHER_CONNECTION
#ifndef GIVES_LOCK_AWAY /* then it proves that the fence will stop it */
	assert(orphan[r] == NOTHING);
#endif
#endif
	if
	:: written_by == r -> assert(row_file == APPLIED && file == 1)
	:: written_by != r && !repeated -> repeated = true
	:: written_by != r && repeated -> goto failed
	fi;
	goto replan;
steps:
#ifdef HISTORY_AFTER
	if
	:: row_steps == APPLIED -> goto release
	:: else
	fi;
	ask(FIRST); if :: heard != YES -> goto failed :: else fi;
	ask(BUILD); if :: heard != YES -> goto failed :: else fi;
	ask(CALL); if :: heard != YES -> goto failed :: else fi;
	ask(END); if :: heard != YES -> goto failed :: else fi;
#else
	/* Goes on where the journal says that the last run stopped. */
	do
	:: row_steps == APPLIED -> break
	:: row_steps != APPLIED ->
		if
		:: row_steps == ABSENT -> ask(BEGIN)
		:: row_steps == UNFINISHED && done == 0 -> ask(FIRST)
		:: row_steps == UNFINISHED && done == 1 ->
			if
			:: !begun -> ask(INTENT)
			:: begun && index == MISSING -> ask(BUILD)
			:: begun && index == INVALID -> ask(DROP)
			:: begun && index == VALID -> ask(DONE)
			fi
		:: row_steps == UNFINISHED && done == 2 && begun -> goto refused
		:: row_steps == UNFINISHED && done == 2 && !begun ->
			ask(INTENT);
			if
			:: heard == YES -> ask(CALL)
			:: else
			fi;
			if
			:: heard == YES -> ask(DONE)
			:: else
			fi
		:: row_steps == UNFINISHED && done == 3 -> ask(END)
		fi;
		if
		:: heard == NO -> goto replan
		:: heard == LOST -> goto failed
		:: heard == YES
		fi
	od;
#endif
release:
	atomic { let_go(); goto finished };
replan:
	atomic { let_go(); goto again };
refused: /* status 7, rightly: somebody has to look */
	atomic {
		assert(row_steps == UNFINISHED && begun);
		told = true;
		let_go()
	};
	!told;
	goto start;
failed: /* status 5; somebody starts it again */
	atomic { let_go(); goto start };
finished: /* status 0: all is there, and once */
	atomic {
		assert(file == 1 && first == 1 && index == VALID && calls == 1);
		heard = YES;
		clean++
	}
}

#ifndef NOBODY_LOOKS
/* "repair", under the run lock, after a look at what is there. */
active proctype person() {
end:
	do
	:: atomic {
		told && lock == FREE ->
		if
		:: row_steps == UNFINISHED && begun && done == 2 -> /* --applied */
			calls = 1;
			row_steps = APPLIED
		:: row_steps == UNFINISHED && begun && done == 2 -> /* --pending */
			first = 0;
			index = MISSING;
			calls = 0;
			row_steps = ABSENT
		:: !(row_steps == UNFINISHED && begun && done == 2)
		fi;
		begun = false;
		told = false
	}
	od
}
#endif

/* From every state there is a way on. */
ltl way_on { <> (clean == RUNNERS) }
