/* SPDX-License-Identifier: MIT */
#ifndef BASE_INTERRUPT_H
#define BASE_INTERRUPT_H

/*
 * Signals that ask the program to stop.  The handler sets a flag and writes to a pipe; loops that
 * wait poll the pipe, look at the flag, clean up and return ERR_INTERRUPTED.  A second signal
 * leaves at once.  So does an alarm after six seconds, whatever we hang in by then: a name that is
 * not resolved, a server that is silent, a log that nobody reads.  SIGPIPE is ignored: a closed
 * log must not end a migration.
 */

/*
 * Installs the handlers for SIGTERM and SIGALRM, and for SIGINT, SIGHUP and SIGQUIT unless whoever
 * started us ignores these; the first thing main does.
 */
void interrupt_start(void);
/* The signal that asks to stop, or 0. */
int interrupt_signal(void);
/* Readable as soon as a signal has come; to be polled. */
int interrupt_fd(void);
/* What is written to stderr when the program leaves at once, or NULL. */
void interrupt_last_words(const char *text);

#endif
