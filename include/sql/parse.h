/* SPDX-License-Identifier: MIT */
#ifndef SQL_PARSE_H
#define SQL_PARSE_H

#include "sql/statement.h"

#endif
