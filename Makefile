# SPDX-License-Identifier: MIT
#
#	make            build/migrate		make check	what needs no server, in seconds
#	make install    PREFIX=, DESTDIR=	make test	everything that a change must pass
#	make demo       see it work		make deps	install what is missing (Debian)
#
# Variants have build folders of their own: SAN=1 (sanitizers), COV=1 (coverage), CC=clang BUILD=...

VERSION = 0.1.0
PREFIX ?= /usr/local
PYTHON ?= /usr/bin/python3
FUZZ_SECONDS ?= 60
MAKEFLAGS += --no-print-directory
# A finding's exit status is not 1, which is an answer of the program too.
export ASAN_OPTIONS = exitcode=99
export LSAN_OPTIONS = suppressions=$(CURDIR)/tests/lsan.supp:print_suppressions=0
CFLAGS ?= -O2 -g

ifdef SAN
BUILD ?= build/san
VARIANT = -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
else ifdef COV
BUILD ?= build/cov
VARIANT = -O0 --coverage
endif
BUILD ?= build

WARNINGS = -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wpointer-arith -Wwrite-strings -Wvla -Wundef
# pkg-config is asked only when something is compiled, so that "make deps" works without it.
COMPILE = $(CC) -std=c11 -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 -Iinclude -I$(BUILD) \
	-DMIGRATE_VERSION='"$(VERSION)"' $(CPPFLAGS) $(CFLAGS) $(WARNINGS) $(VARIANT) \
	$(shell pkg-config --cflags libpq yaml-0.1 jansson zlib libprotobuf-c) -MMD -MP
LINK = $(CC) $(CFLAGS) $(VARIANT) $(LDFLAGS)
LIBS = $(shell pkg-config --libs libpq yaml-0.1 jansson zlib) $(GRAMMAR) $(IN_BETWEEN)
# Debian has no shared library of the grammar that others could rely on: 2 MB, linked in.
GRAMMAR ?= -Wl,-Bstatic -lpg_query -lprotobuf-c -Wl,-Bdynamic
# Its tree is read before it is packed (src/sql/parse.c, linked in wherever the grammar is).
IN_BETWEEN = -Wl,-u,__wrap_pg_query__parse_result__pack \
	-Wl,--wrap=pg_query__parse_result__pack,--wrap=pg_query__parse_result__get_packed_size

SOURCES := $(wildcard src/*/*.c)
QUERIES := $(wildcard src/query/*.sql)
OBJECTS := $(SOURCES:src/%.c=$(BUILD)/%.o) $(BUILD)/query.o
ROOMS := $(filter-out $(BUILD)/cli/main.o,$(OBJECTS))
UNITS := $(patsubst tests/unit/%.c,$(BUILD)/tests/%,$(wildcard tests/unit/check_*.c))
TOOLS := $(patsubst tests/tools/%.c,$(BUILD)/tests/%,$(wildcard tests/tools/*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

# Says what it makes; V=1 shows the commands.
ifndef V
.SILENT:
endif

all: $(BUILD)/migrate

$(BUILD)/migrate: $(OBJECTS)
	@echo $@
	$(LINK) -o $@ $^ $(LIBS)

$(BUILD)/%.o: src/%.c $(BUILD)/query.h
	@mkdir -p $(@D) && echo $@
	$(COMPILE) -c -o $@ $<

# C promises strings of 4095 bytes only; every compiler takes longer ones.
$(BUILD)/query.o: $(BUILD)/query.c $(BUILD)/query.h
	@echo $@
	$(COMPILE) -Wno-overlength-strings -c -o $@ $<

$(BUILD)/query.h: $(QUERIES) src/query/embed.awk
	@mkdir -p $(@D)
	awk -v header=1 -f src/query/embed.awk $(QUERIES) > $@

$(BUILD)/query.c: $(QUERIES) src/query/embed.awk
	@mkdir -p $(@D)
	awk -v header=0 -f src/query/embed.awk $(QUERIES) > $@

# Tests link an archive, and so only the rooms that they enter.
$(BUILD)/rooms.a: $(ROOMS)
	@rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/tests/%.o: tests/unit/%.c
	@mkdir -p $(@D) && echo $@
	$(COMPILE) $(shell pkg-config --cflags check) -c -o $@ $<

$(BUILD)/tests/%.o: tests/tools/%.c
	@mkdir -p $(@D) && echo $@
	$(COMPILE) -c -o $@ $<

$(BUILD)/tests/%.o: tests/fuzz/%.c
	@mkdir -p $(@D) && echo $@
	$(COMPILE) -c -o $@ $<

$(UNITS): %: %.o $(BUILD)/rooms.a
	@echo $@
	$(LINK) -o $@ $^ $(shell pkg-config --libs check) $(LIBS)

$(TOOLS): %: %.o $(BUILD)/rooms.a
	@echo $@
	$(LINK) -o $@ $^ $(LIBS)

$(FUZZERS:%=$(BUILD)/tests/%): %: %.o $(BUILD)/tests/replay.o $(BUILD)/rooms.a
	@echo $@
	$(LINK) -o $@ $^ $(LIBS)

# The program whose n-th event, allocation or call of libpq goes wrong (tests/faults/faulty.h).
FAULTY = $(patsubst tests/faults/%.c,$(BUILD)/tests/%.o,$(wildcard tests/faults/*.c))
WRAPS = $(shell sed -n 's/^WRAP.\(PQ[A-Za-z]*\),.*/-Wl,--wrap=\1/p' tests/faults/faulty_libpq.c)

$(BUILD)/tests/%.o: tests/faults/%.c
	@mkdir -p $(@D) && echo $@
	$(COMPILE) -c -o $@ $<

$(BUILD)/tests/faulty_arena.o: $(BUILD)/base/arena.o
	objcopy --redefine-sym malloc=fault_malloc --redefine-sym calloc=fault_calloc \
		--redefine-sym open_memstream=fault_open_memstream $< $@

$(BUILD)/tests/faulty: $(FAULTY) $(BUILD)/tests/faulty_arena.o \
		$(filter-out $(BUILD)/base/arena.o,$(ROOMS))
	@echo $@
	$(LINK) $(WRAPS) -o $@ $^ $(LIBS)

install: all
	BUILD=$(BUILD) PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) sh tests/lib/install.sh

# --- checks and tests ---

# A busy machine may need longer than the usual four seconds.
units: $(UNITS)
	@for unit in $(UNITS); do CK_DEFAULT_TIMEOUT=60 $$unit || exit 1; done

house: $(OBJECTS) $(UNITS:%=%.o) $(TOOLS:%=%.o)
	@bash tests/check/all.sh $^

check: house units

# Every input that ever mattered to a fuzzer, once.
replay: $(FUZZERS:%=$(BUILD)/tests/%)
	@for fuzzer in $(FUZZERS); do \
		$(BUILD)/tests/$$fuzzer tests/fuzz/corpus/$${fuzzer#fuzz_} || exit 1; done
	@$(BUILD)/tests/fuzz_lint tests/lint

# The design itself: every order of events of a small model (tests/model/README.md).
model:
	@sh tests/model/check.sh

cli: all $(TOOLS)
	BUILD=$(BUILD) MIGRATE=$(CURDIR)/$(BUILD)/migrate \
		$(PYTHON) -B -m pytest -p no:cacheprovider -q tests/cli $(PYTEST)

# Flyway and we in turns on one database, from records of what it did (tests/README.md).
turns: all
	BUILD=$(BUILD) MIGRATE=$(CURDIR)/$(BUILD)/migrate \
		$(PYTHON) -B -m pytest -p no:cacheprovider -q tests/flyway $(PYTEST)

# The same with the real one (Java, Maven), which makes the records anew: about ten minutes.
test-flyway: all
	@command -v mvn >/dev/null && command -v java >/dev/null || \
		{ echo "needs Java and Maven: apt-get install maven default-jre-headless" >&2; exit 1; }
	sh tests/lib/flyway.sh
	FLYWAY_LIVE=1 $(MAKE) turns

# A sample of the faults; test-faults tries them all, which takes most of an hour.
faults: all $(BUILD)/tests/faulty
	BUILD=$(BUILD) MIGRATE=$(CURDIR)/$(BUILD)/migrate \
		$(PYTHON) -B -m pytest -p no:cacheprovider -q tests/faults $(PYTEST)

test-faults: all $(BUILD)/tests/faulty
	MIGRATE=$(CURDIR)/$(BUILD)/migrate sh tests/faults/all.sh

# One after the other: the server is not there before deps, and lines should not mix.
test: deps
	$(MAKE) all
	$(MAKE) check
	$(MAKE) replay
	$(MAKE) model
	$(MAKE) cli
	$(MAKE) turns
	$(MAKE) faults

demo: deps
	$(MAKE) all >/dev/null
	@BUILD=$(BUILD) bash tests/lib/cluster.sh with sh tests/lib/demo.sh

# The same tests against servers 13 to 18.
test-matrix: all $(TOOLS)
	BUILD=$(BUILD) PYTHON=$(PYTHON) bash tests/lib/matrix.sh $(PYTEST)

# libFuzzer needs clang.  What it finds new stays in build/fuzz/<name>; what broke something goes
# into the corpus by hand.
FUZZ_FLAGS = -fsanitize=address,undefined -fno-sanitize-recover=undefined
fuzz:
	$(MAKE) CC=clang BUILD=build/fuzz CFLAGS='-O1 -g -fsanitize=fuzzer-no-link $(FUZZ_FLAGS)' \
		build/fuzz/rooms.a $(FUZZERS:%=build/fuzz/tests/%.o)
	for f in $(FUZZERS:fuzz_%=%); do mkdir -p build/fuzz/$$f && \
		clang -fsanitize=fuzzer $(FUZZ_FLAGS) -o build/fuzz/tests/fuzz_$$f \
			build/fuzz/tests/fuzz_$$f.o build/fuzz/rooms.a $(LIBS) && \
		build/fuzz/tests/fuzz_$$f -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
			-rss_limit_mb=2048 build/fuzz/$$f tests/fuzz/corpus/$$f || exit 1; done

coverage:
	$(MAKE) COV=1 units replay cli
	gcovr --root . --filter src/ --object-directory build/cov --exclude-unreachable-branches

# Against other tools, of which some are fetched first (bench/README.md).  ROWS="3 7" measures only
# these; QUICK=1 is for trying out, small, and writes no results.
bench: all $(BUILD)/bench/spawn
	BUILD=$(BUILD) $(PYTHON) -B bench/run.py $(ROWS:%=--row %) $(if $(QUICK),--quick) $(BUILD)/migrate

$(BUILD)/bench/spawn: bench/spawn.c
	@mkdir -p $(@D) && echo $@
	$(COMPILE) -o $@ $<

readme: all
	BUILD=$(BUILD) $(PYTHON) -B tests/cli/readme.py --write

# The manual of the rules, and the list of Flyway's settings, from their tables.
manual: all
	BUILD=$(BUILD) $(PYTHON) -B tests/cli/lint_page.py --write
	$(PYTHON) -B tests/cli/flyway_page.py $(BUILD)/migrate

# --- the rest ---

deps:
	@sh tests/lib/deps.sh build test

deps-dev:
	@sh tests/lib/deps.sh build test dev

format:
	clang-format -i $(wildcard src/*/*.c include/*/*.h tests/unit/*.c tests/tools/*.c tests/fuzz/*.c \
		tests/faults/*.[ch])

clean:
	rm -rf build

-include $(OBJECTS:.o=.d) $(wildcard $(BUILD)/tests/*.d)
.SECONDARY:
.PHONY: all install units house check replay model cli turns test-flyway faults test-faults test demo test-matrix \
	fuzz coverage bench readme manual deps deps-dev format clean
