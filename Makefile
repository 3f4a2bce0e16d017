# SPDX-License-Identifier: MIT
CC ?= gcc
VERSION = 0.1.0
BUILD ?= build
PACKAGES = libpq yaml-0.1 jansson zlib libprotobuf-c
CFLAGS ?= -O2 -g
WARNINGS = -std=c11 -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wvla -Wundef
CPPFLAGS += -Iinclude -I$(BUILD) -D_POSIX_C_SOURCE=200809L -D_XOPEN_SOURCE=700 \
	-DMIGRATE_VERSION='"$(VERSION)"' $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
LIBS = $(shell pkg-config --libs libpq yaml-0.1 jansson zlib 2>/dev/null) \
	-Wl,-Bstatic -lpg_query -lprotobuf-c -Wl,-Bdynamic

SOURCES = $(wildcard src/*/*.c)
QUERIES = $(wildcard src/query/*.sql)
OBJECTS = $(SOURCES:src/%.c=$(BUILD)/%.o) $(BUILD)/query.o
LIBRARY = $(filter-out $(BUILD)/cli/main.o,$(OBJECTS))

all: $(BUILD)/migrate

$(BUILD)/migrate: $(OBJECTS)
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(OBJECTS) $(LIBS)

$(BUILD)/%.o: src/%.c $(BUILD)/query.h
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(WARNINGS) -MMD -MP -c -o $@ $<

$(BUILD)/query.o: $(BUILD)/query.c $(BUILD)/query.h
	$(CC) $(CPPFLAGS) $(CFLAGS) $(WARNINGS) -c -o $@ $<

$(BUILD)/query.h: $(QUERIES) src/query/embed.awk
	@mkdir -p $(BUILD)
	awk -v header=1 -f src/query/embed.awk $(QUERIES) > $@

$(BUILD)/query.c: $(QUERIES) src/query/embed.awk
	@mkdir -p $(BUILD)
	awk -v header=0 -f src/query/embed.awk $(QUERIES) > $@

clean:
	rm -rf $(BUILD)

-include $(OBJECTS:.o=.d)
.PHONY: all clean
