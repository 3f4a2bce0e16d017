/* SPDX-License-Identifier: MIT */
#ifndef FAULTS_FAULTY_H
#define FAULTS_FAULTY_H

#include <stdbool.h>

/*
 * The program with one thing going wrong, chosen by the environment: FAULT=kind:n makes the n-th
 * "event" (a signal ends or stops the program: kind:n:signal), "alloc" or "libpq" call fail, and
 * FAULT_FILE gets a line with the place when it did.
 */
bool fault_due(const char *kind, const char *place);

#endif
