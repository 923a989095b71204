/* Tills, a terminal and the network between them, for a complete search with Spin. docs/model.md tells the whole.
 *
 * Every name in capitals is a switch, set with -DNAME=value. The first group is what the till is configured to believe
 * (docs/configuration.md), the second what the terminal and the network really do, the third how much is searched, and
 * the last are mistakes: a till with one of them must be found out.
 */

/* What the till believes. */
#ifndef FENCE
#define FENCE 1                 /* fence: an answered question keeps older orders out */
#endif
#ifndef IDLE_BY_DIALOGS
#define IDLE_BY_DIALOGS 1       /* idle_by_dialogs: /Dialogs without an id is empty exactly while nothing runs */
#endif
#ifndef WIPED_WHOLE
#define WIPED_WHOLE 1           /* wiped_whole: a restart wipes the memory for all kinds at once */
#endif
#ifndef SHARED
#define SHARED 0                /* shared: the slot is read before each operation */
#endif
#ifndef ABORTS_LOST
#define ABORTS_LOST 0           /* on_lost_reply = "abort" */
#endif

/* What the terminal and the network do. */
#ifndef CHECKS_STAMPS
#define CHECKS_STAMPS 1         /* it refuses a stamp that is not newer than the last one, whoever sent that */
#endif
#ifndef STAMPS_SURVIVE
#define STAMPS_SURVIVE 1        /* it knows the last stamp after a restart */
#endif
#ifndef SLOW_RESTART
#define SLOW_RESTART 1          /* reboot_s: no restart is faster */
#endif
#ifndef WIPES_WHOLE
#define WIPES_WHOLE 1           /* a restart wipes the memory for all kinds at once */
#endif
#ifndef GRACE_HOLDS
#define GRACE_HOLDS 1           /* grace_s: no order lives longer, on its way or running */
#endif
#ifndef LEAVES_PROMPTLY
#define LEAVES_PROMPTLY 1       /* an order leaves at once after its dispatch is stored, or not at all */
#endif
#ifndef COPIES_DIE
#define COPIES_DIE 1            /* a second copy of an order does not outlive a restart */
#endif

/* How much is searched. */
#ifndef TILLS
#define TILLS 1
#endif
#ifndef EACH
#define EACH 1                  /* operations of each till */
#endif
#ifndef ROUNDS
#define ROUNDS 1                /* rounds of questions over the faulty line, before the last one over a sound line */
#endif
#ifndef OTHERS_ROUNDS
#define OTHERS_ROUNDS ROUNDS    /* the same, for the second till */
#endif
#ifndef COPIES
#define COPIES 1                /* orders that the network may duplicate */
#endif
#ifndef CRASHES
#define CRASHES 1               /* of tills */
#endif
#ifndef REBOOTS
#define REBOOTS 1               /* of the terminal */
#endif
#ifndef STRANGERS
#define STRANGERS 1             /* operations, or captures, of somebody else */
#endif

#define LAST_OP (TILLS * EACH)
#define EMPTY 0                 /* a slot that holds nothing */
#define OLD (LAST_OP + 1)       /* what it held before everything */
#define STRANGER (LAST_OP + 2)  /* what somebody else did */
#define NOBODY 255

/* Answers. */
#define NONE 0
#define APPROVED 1
#define DECLINED 2
#define STALE 3                 /* 401: the stamp is not newer */
#define BUSY 4                  /* to an order: 503, not processed; to /Dialogs: it shows something */
#define IDLE 5
#define TOLD 6                  /* what a slot holds */

/* Questions. */
#define ACTIVITY 1
#define LATEST 2
#define RECALL 3                /* the slot of captures, and the witness */
#define ABORT 4

/* What the till says of an operation. */
#define NOT_PERFORMED 3
#define PERSON 4

/* How long ago it was dispatched. */
#define YOUNG 0                 /* less than reboot_s */
#define MIDDLE 1
#define OVER 2                  /* more than grace_s */

/* What must never be. */
bit paid_and_said_not, said_paid_and_not, paid_twice, stuck;

/* The terminal. */
byte last;                      /* the newest stamp it heard */
byte running;                   /* the operation that runs; none is 0 */
byte slot;                      /* the identity in `latest` of this kind */
bit slot_paid;
bit witness;                    /* another kind's slot still holds what it held */
byte captured;                  /* the identity in `latest` of captures */

/* The orders, by operation: the truth, the journal and the network. */
byte charged[LAST_OP + 1];
byte says[LAST_OP + 1];
byte age[LAST_OP + 1];
byte stamp[LAST_OP + 1];        /* 0: not dispatched */
byte copies[LAST_OP + 1];       /* on their way */
bit out[LAST_OP + 1];           /* the first one left, or never will */
bit taken[LAST_OP + 1];         /* one copy was */
bit again[LAST_OP + 1];         /* another attempt at the bill of the one before it */

/* The connections, by till: at most one exchange, and what earlier ones left on the way. */
byte waits[TILLS];              /* for the end of an order (its id), or a question (NOBODY) */
byte answer[TILLS];
byte told[TILLS];
bit told_witness[TILLS];
byte question[TILLS];           /* on its way */
byte question_stamp[TILLS];
byte stray[TILLS];              /* the stamp of a question that nobody waits for any more, still on its way */
byte stray_abort[TILLS];

byte clock = 1;                 /* stamps are drawn from one rising sequence */
byte copies_left = COPIES, crashes_left = CRASHES, reboots_left = REBOOTS, strangers_left = STRANGERS, captures;

#define rounds(t) (t == 0 -> ROUNDS : OTHERS_ROUNDS)
#define owner(o) ((o - 1) / EACH)

#ifdef EQUAL_STAMPS
#define stale(s) (CHECKS_STAMPS && s < last)
#define draw(s) s = clock       /* a frozen clock, and no sequence that rises */
#else
#define stale(s) (CHECKS_STAMPS && s <= last)
#define draw(s) clock++; s = clock
#endif

inline hear(s) {
	if
	:: s > last -> last = s
	:: else
	fi
}

inline reply(t, what) {
	answer[t] = what
}

/* A charge: whatever the till has said by now must still be true. */
inline charge(o) {
	charged[o]++;
	printf("The guest of order %d pays.\n", o);
	paid_and_said_not = (says[o] == NOT_PERFORMED || says[o] == DECLINED);
	assert(!paid_and_said_not);
	paid_twice = (charged[o] > 1 || (again[o] && charged[o - 1] > 0));
	assert(!paid_twice)
}

inline finish(paid) {
	if
	:: paid -> charge(running)
	:: else -> printf("The guest of order %d is declined.\n", running)
	fi;
	slot = running;
	slot_paid = paid;
	if
	:: waits[owner(running)] == running && answer[owner(running)] == NONE -> reply(owner(running), (paid -> APPROVED : DECLINED))
	:: waits[owner(running)] != running || answer[owner(running)] != NONE || copies[running] > 0
	fi;
	running = 0
}

inline arrive(o) {
	copies[o]--;
	if
	:: stale(stamp[o]) ->
		printf("Order %d arrives too late, and is refused: 401.\n", o);
		if
		:: waits[owner(o)] == o && answer[owner(o)] == NONE -> reply(owner(o), STALE)
		:: else
		fi
	:: else ->
		hear(stamp[o]);
		if
		:: running != 0 ->
			printf("Order %d finds the terminal busy: 503.\n", o);
			if
			:: waits[owner(o)] == o && answer[owner(o)] == NONE -> reply(owner(o), BUSY)
			:: else
			fi
		:: else ->
			printf("Order %d arrives, and runs.\n", o);
			running = o;
			taken[o] = 1
		fi
	fi
}

inline be_asked(t) {
	if
	:: stale(question_stamp[t]) -> reply(t, STALE)
	:: else ->
		hear(question_stamp[t]);
		if
		:: question[t] == ACTIVITY -> reply(t, (running != 0 -> BUSY : IDLE))
		:: question[t] == LATEST -> told[t] = slot; reply(t, (slot_paid -> APPROVED : DECLINED))
		:: question[t] == RECALL -> told[t] = captured; told_witness[t] = witness; reply(t, TOLD)
#if ABORTS_LOST
		:: question[t] == ABORT -> be_aborted(); reply(t, TOLD)
#endif
		fi
	fi;
	if
	:: answer[t] == STALE -> printf("A question of till %d is refused: 401.\n", t)
	:: answer[t] != STALE && question[t] == ACTIVITY -> printf("The terminal tells till %d whether anything runs: %d.\n", t, running != 0)
	:: answer[t] != STALE && question[t] != ACTIVITY -> printf("The terminal tells till %d what it remembers.\n", t)
	fi;
	question[t] = NONE
}

/* Whoever runs is ended, if his PIN is still to come; or the abort is accepted, and comes too late. */
inline be_aborted() {
	if
	:: running != 0 -> finish(0)
	:: true
	fi
}

inline restart(stands) {
	reboots_left--;
	printf("The terminal restarts.\n");
	if
	:: running != 0 && stands == 1 -> charge(running)  /* the bank had answered, and no slot tells of it */
	:: else
	fi;
	running = 0;
	slot = EMPTY;
	slot_paid = 0;
	captured = EMPTY;
	witness = witness && !WIPES_WHOLE;
	last = (STAMPS_SURVIVE -> last : 0);
	i = 1;
	do
	:: i <= LAST_OP ->
		if
		:: SLOW_RESTART && stamp[i] != 0 && age[i] == YOUNG -> age[i] = MIDDLE
		:: else
		fi;
		if
		:: COPIES_DIE && taken[i] -> copies[i] = 0
		:: else
		fi;
		i++
	:: else -> break
	od;
	i = 0
}

/* A capture empties slots, at once; which ones is not known. */
inline close_day() {
	strangers_left--;
	printf("Somebody else closes the day.\n");
	captures++;
	captured = captures;
	if
	:: slot = EMPTY; slot_paid = 0
	:: witness = 0
	:: slot = EMPTY; slot_paid = 0; witness = 0
	fi
}

inline pay_as_stranger() {
	printf("Somebody else pays here.\n");
	draw(last);
	slot = STRANGER;
	slot_paid = 1
}

#define left(n) (stamp[n] != 0 && (out[n] || !LEAVES_PROMPTLY))

/* What can become of order n, and of the questions of till t. */
#define ORDER(n) \
	:: atomic { copies[n] > 0 -> arrive(n) } \
	:: atomic { copies[n] > 0 && copies_left > 0 -> copies_left--; copies[n]++; printf("The network copies order %d.\n", n) } \
	:: atomic { copies[n] > 0 && (copies[n] > 1 || waits[owner(n)] != n) -> copies[n]--; printf("Order %d is lost on its way.\n", n) } \
	:: atomic { left(n) && age[n] == YOUNG -> age[n] = MIDDLE } \
	:: atomic { left(n) && age[n] == MIDDLE && ((running != n && copies[n] == 0) || !GRACE_HOLDS) -> age[n] = OVER }
#define QUESTIONS(t) \
	:: atomic { question[t] != NONE -> be_asked(t) } \
	:: atomic { stray[t] != 0 -> if :: stale(stray[t]) :: else -> hear(stray[t]) fi; stray[t] = 0 }
#define ABORTS(t) \
	:: atomic { stray_abort[t] != 0 -> if :: stale(stray_abort[t]) :: else -> hear(stray_abort[t]); be_aborted() fi; stray_abort[t] = 0 }

proctype World() {
	byte i;
	bit yes;
end:
	do
	ORDER(1)
#if TILLS * EACH > 1
	ORDER(2)
#endif
#if TILLS * EACH > 2
	ORDER(3)
#endif
#if TILLS * EACH > 3
	ORDER(4)
#endif
	QUESTIONS(0)
#if ABORTS_LOST
	ABORTS(0)
#endif
#if TILLS > 1
	QUESTIONS(1)
#endif
	:: atomic { running != 0 -> if :: yes = 1 :: yes = 0 fi; finish(yes); yes = 0 }
	:: atomic { reboots_left > 0 -> if :: yes = 1 :: yes = 0 fi; restart(yes); yes = 0 }
	:: atomic { strangers_left > 0 && running == 0 -> strangers_left--; pay_as_stranger() }
	:: atomic { strangers_left > 0 && running == 0 -> close_day() }
	od
}

inline hang_up() {
	if
	:: question[t] == ABORT -> stray_abort[t] = question_stamp[t]
	:: question[t] != NONE && question[t] != ABORT -> stray[t] = question_stamp[t]
	:: true
	fi;
	question[t] = NONE;
	question_stamp[t] = 0;
	waits[t] = 0;
	answer[t] = NONE;
	told[t] = 0;
	told_witness[t] = 0
}

/* Ask over the faulty line: `heard` is NONE where no authentic answer came. */
inline ask(what) {
	atomic {
		waits[t] = NOBODY;
		question[t] = what;
		draw(question_stamp[t])
	}
	atomic {
		if
		:: answer[t] != NONE -> heard = answer[t]; value = told[t]; value_witness = told_witness[t]
		:: heard = NONE; printf("Till %d hears no answer.\n", t)
		:: crashes_left > 0 -> goto crash
		fi;
		hang_up()
	}
}

/* `ends` is what the till says from now on; it must be true. */
inline say(ends) {
	says[o] = ends;
	if
	:: ends == APPROVED -> printf("Till %d says of order %d: approved.\n", t, o)
	:: ends == DECLINED -> printf("Till %d says of order %d: declined.\n", t, o)
	:: ends == NOT_PERFORMED -> printf("Till %d says of order %d: not performed.\n", t, o)
	:: else -> printf("Till %d gives order %d to a person.\n", t, o)
	fi;
	paid_and_said_not = ((ends == NOT_PERFORMED || ends == DECLINED) && charged[o] > 0);
	assert(!paid_and_said_not);
	said_paid_and_not = (ends == APPROVED && charged[o] == 0);
	assert(!said_paid_and_not)
}

#ifdef ABSENCE_WITHOUT_IDLE
#define shows_busy(x) 0
#define shows_idle(x) 1
#else
#define shows_busy(x) (IDLE_BY_DIALOGS && (x) == BUSY)
#define shows_idle(x) (IDLE_BY_DIALOGS && (x) == IDLE)
#endif
#if defined(NO_GRACE)
#define passed(x) 1
#elif defined(NEVER_OVER)
#define passed(x) 0
#else
#define passed(x) ((x) == OVER)
#endif

#ifdef ANY_PAYMENT_IS_OURS
#define ours(x) ((x) != EMPTY)
#else
#define ours(x) ((x) == o)
#endif

/* PROSPECTS of recovery/table.py: whether it can no longer happen. */
#define prospect_over(activity, over) (!shows_busy(activity) && ((shows_idle(activity) && FENCE) || over))

/* VERDICTS, where the slot does not show ours: 0 is "not yet". */
#ifdef NO_SLOT_GUARD
#define unchanged(x) 1
#else
#define unchanged(x) ((x) == before)
#endif
#ifdef NO_CAPTURE_GUARD
#define no_capture(x) 1
#else
#define no_capture(x) ((x) == before_captured)
#endif
#define recalls(young, cap, wit) (no_capture(cap) && (young || (WIPED_WHOLE && before_witness && wit)))

/* Settling, after recovery/settling.py: the order of the questions is part of the proof. */
inline look() {
	over = passed(age[o]);
	ask(LATEST);
	if
	:: IDLE_BY_DIALOGS && (heard == APPROVED || heard == DECLINED) && !ours(value) ->
		ask(ACTIVITY);
		activity = heard;
		if
		:: activity == IDLE || activity == BUSY -> ask(LATEST)
		:: else -> heard = NONE
		fi
	:: else
	fi;
	if
	:: (heard == APPROVED || heard == DECLINED) && ours(value) -> ends = heard
	:: (heard == APPROVED || heard == DECLINED) && !ours(value) ->
		if
		:: !prospect_over(activity, over) -> ends = 0
		:: prospect_over(activity, over) && unchanged(value) && before != EMPTY -> ends = NOT_PERFORMED
		:: prospect_over(activity, over) && unchanged(value) && before == EMPTY ->
			ask(RECALL);
			if
			:: atomic { heard == TOLD && recalls(age[o] == YOUNG, value, value_witness) -> ends = NOT_PERFORMED }
			:: atomic { heard == TOLD && !recalls(age[o] == YOUNG, value, value_witness) -> ends = PERSON }
			:: heard != TOLD -> ends = 0
			fi
		:: prospect_over(activity, over) && !unchanged(value) -> ends = PERSON
		fi
	:: else -> ends = 0
	fi;
#if ABORTS_LOST
	if
	:: ends == 0 && activity == BUSY && !cut -> cut = 1; ask(ABORT)
	:: else
	fi;
#endif
	heard = 0; value = 0; value_witness = 0; activity = 0; over = 0
}

/* One round over a sound line, when nothing lives any longer: it must know. */
inline last_look() {
	draw(last);
	activity = IDLE;
	if
	:: ours(slot) -> ends = (slot_paid -> APPROVED : DECLINED)
	:: !ours(slot) && !prospect_over(activity, passed(age[o])) -> ends = 0
	:: !ours(slot) && prospect_over(activity, passed(age[o])) && !unchanged(slot) -> ends = PERSON
	:: !ours(slot) && prospect_over(activity, passed(age[o])) && unchanged(slot) ->
		ends = ((before != EMPTY || recalls(0, captured, witness)) -> NOT_PERFORMED : PERSON)
	fi;
	stuck = (ends == 0);
	assert(!stuck);
	activity = 0
}

proctype Till(byte t) {
	byte o, round, ends, heard, value, activity, before, before_captured, known;
	bit over, value_witness, before_witness, cut, sent_again;
	o = 1 + t * EACH;
	do
	:: o <= (t + 1) * EACH ->
		/* Clear the road: what the slot holds, read, or known from our own answers. */
		atomic {
			if
			:: SHARED || !known -> draw(last); before = slot; before_witness = witness; before_captured = captured; known = 1
			:: else
			fi
		}
		/* Intended and Dispatched are durable; the stamp is drawn. */
		atomic { draw(stamp[o]); printf("Till %d dispatches order %d, stamp %d.\n", t, o, stamp[o]) }
		if
		:: atomic { copies[o] = 1; out[o] = 1; waits[t] = o; printf("Order %d is on its way.\n", o) }
		:: atomic { ends = NOT_PERFORMED; printf("The connection is refused, nothing leaves.\n"); goto ended }
		:: atomic { crashes_left > 0 -> out[o] = 1; goto crash }
		fi;
await:
		atomic {
			if
			:: answer[t] == APPROVED || answer[t] == DECLINED -> ends = answer[t]
			:: answer[t] == BUSY -> ends = NOT_PERFORMED; known = 0
#ifdef TRUST_401
			:: answer[t] == STALE -> ends = NOT_PERFORMED; known = 0
#else
			:: answer[t] == STALE -> printf("Till %d hears a 401, which proves nothing.\n", t)
#endif
			:: answer[t] == NONE -> printf("Till %d loses track of order %d.\n", t, o)
			:: crashes_left > 0 -> goto crash
			fi;
			hang_up();
			if
			:: ends != 0 -> goto ended
			:: else
			fi
		}
#ifdef RESEND
		if
		:: atomic { !sent_again -> sent_again = 1; draw(stamp[o]); copies[o] = 1; waits[t] = o;
			printf("Till %d sends order %d once more.\n", t, o); goto await }
		:: sent_again
		fi;
#endif
settle:
		do
		:: round < rounds(t) && ends == 0 -> look(); round++
		:: round == rounds(t) || ends != 0 -> break
		od;
		if
		:: atomic { ends == 0 && running == 0 && age[o] == OVER -> last_look() }
		:: ends != 0
		fi;
ended:
		atomic {
			say(ends);
			if
			:: ends == APPROVED || ends == DECLINED -> before = o; before_witness = 0; before_captured = 0
			:: ends == PERSON -> known = 0
			:: ends == NOT_PERFORMED
			fi;
			o++;
			if
			:: o <= (t + 1) * EACH && (ends == NOT_PERFORMED || ends == DECLINED) -> again[o] = 1
			:: else
			fi;
			ends = 0; round = 0; cut = 0; sent_again = 0
		}
	:: else -> break
	od;
	goto done;
crash:
	/* The journal stays: the dispatch, what the slot held, and the witness. */
	atomic {
		hang_up();
		crashes_left--;
		printf("Till %d crashes, and starts anew.\n", t);
		round = 0; ends = 0; heard = 0; value = 0; value_witness = 0; activity = 0; over = 0; cut = 0; known = 0;
		goto settle
	}
done:
	skip
}

init {
	atomic {
		if
		:: slot = EMPTY
		:: slot = OLD; slot_paid = 1
		fi;
		if
		:: witness = 0
		:: witness = 1
		fi;
		run World();
		byte n = 0;
		do
		:: n < TILLS -> run Till(n); n++
		:: else -> break
		od
	}
}
