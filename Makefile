# SPDX-License-Identifier: Apache-2.0
# Counterfoil: one Makefile. Sources are found, not listed; a test is a file tests/tNN_name.c or .sh,
# numbered by layer, so that the first failure is the cause. `make help` lists what there is.
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
V ?= @
CC    ?= gcc
ifeq ($(origin CC),default)
CC    := gcc
endif
BUILD ?= build
PREFIX ?= /usr/local
STATE ?= var
FUZZ_SECONDS ?= 60
PARALLEL := $(MAKE) --no-print-directory -j2
comma := ,

WARN := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wstrict-prototypes \
        -Wmissing-prototypes -Wold-style-definition -Wvla -Walloca -Wformat=2 -Wcast-qual -Wcast-align \
        -Wpointer-arith -Wwrite-strings -Wundef -Wswitch-enum -Wimplicit-fallthrough -Wnull-dereference \
        -Wdouble-promotion -Wfloat-equal -Wredundant-decls -Wnested-externs -Wunused-macros
ifneq ($(findstring clang,$(CC)),clang)
WARN += -Wlogical-op -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init -Wtrampolines \
        -Warith-conversion -Wuse-after-free=3 -Wformat-overflow=2 -Wformat-truncation=2 \
        -Wstringop-overflow=4 -Wformat-signedness
HARDCC := -ftrivial-auto-var-init=zero
endif
HARD := -O2 -g -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection \
        -fno-common -fno-strict-aliasing -fno-strict-overflow -fno-delete-null-pointer-checks -fPIE $(HARDCC)
ifeq ($(shell uname -m),x86_64)
HARD += -fcf-protection
endif
LINKHARD := -pie -Wl,-z,relro,-z,now,-z,noexecstack,-z,separate-code -Wl,--as-needed
# What we did not write is fetched once, whatever is built from it.
VENDOR := $(BUILD)/vendor
# A second way of building goes to a second directory: SAN=address,undefined, SAN=thread, COVER=1, FUZZ=1.
# There the warnings have been given already; optimisers under a sanitizer invent others.
ifdef SAN
override BUILD := $(BUILD)-$(firstword $(subst $(comma), ,$(SAN)))
HARD := -O1 -g -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer -fno-common
WARN := -w
LINKHARD := -fsanitize=$(SAN)
endif
ifdef COVER
override BUILD := $(BUILD)-cover
HARD := -O0 -g --coverage
WARN := -w
LINKHARD := --coverage
endif
ifdef FUZZ
override BUILD := $(BUILD)-fuzz
override CC := clang
HARD := -O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
WARN := -w
LINKHARD := -fsanitize=address,undefined
endif
# Where the tree lies on this machine does not get into the binaries.
HARD += -ffile-prefix-map=$(CURDIR)=.

PKGS  := libmicrohttpd libpq libcrypto libsodium jansson libxml-2.0 libzip zlib libqpdf libcurl libseccomp
PKGCF := $(shell pkg-config --cflags-only-I $(PKGS) 2>/dev/null | sed 's/-I/-isystem /g')
LIBS  := -lmicrohttpd -lpq -lcrypto -lsodium -ljansson -lxml2 -lzip -lz -lqpdf -lcurl -lseccomp -lpthread -lm
CPPFLAGS_ALL = -Iinclude -Iserver -I$(BUILD) $(PKGCF) -D_GNU_SOURCE $(CPPFLAGS)
CFLAGS_ALL   = -std=c17 $(WARN) $(HARD) $(CFLAGS)

obj = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)))
CORE    := $(call obj,crypto/*.c) $(call obj,server/domain/*.c) $(call obj,server/domain/detect/*.c)
SERVER  := $(call obj,server/intake/*.c) $(call obj,server/store/*.c) $(call obj,server/run/*.c) \
           $(call obj,server/service/*.c)
OUTSIDE := $(call obj,server/http/*.c) $(call obj,server/work/*.c)
MAIN    := $(call obj,server/main.c)
CEILING := $(BUILD)/tools/bench/ceiling.o
RINGS   := $(BUILD)/tools/bench/rings.o
TOOL    := $(call obj,tools/*.c) $(filter-out $(CEILING) $(RINGS),$(call obj,tools/bench/*.c)) $(call obj,tools/simulate/*.c)
ARCHIVES := $(BUILD)/libserver.a $(BUILD)/libcounterfoil.a
PROGRAMS := $(if $(MAIN),$(BUILD)/counterfoild) $(if $(TOOL),$(BUILD)/counterfoil)
TESTS   := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/t[0-9]*.c))
FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))

.PHONY: all
all: $(PROGRAMS) $(ARCHIVES)  ## the two programs, counterfoild and counterfoil (default)

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(V)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(BUILD)/libcounterfoil.a: $(CORE)
	@mkdir -p $(@D) && rm -f $@
	@echo "  AR    $@"
	$(V)ar rcsD $@ $^
$(BUILD)/libserver.a: $(SERVER) $(OUTSIDE)
	@mkdir -p $(@D) && rm -f $@
	@echo "  AR    $@"
	$(V)ar rcsD $@ $^
link = @echo "  LINK  $@"; $(CC) $(CFLAGS_ALL) -o $@ $^ $(LINKHARD) $(LIBS)
$(BUILD)/counterfoild: $(MAIN) $(ARCHIVES)
	$(link)
$(BUILD)/counterfoil: $(TOOL) $(ARCHIVES)
	$(link)

# Embedded as it is.
$(BUILD)/server/http/openapi.o: server/http/openapi_components.json

# The console: what we wrote and what vendor.def names, as one release. tools/vendor.sh fetches, and checks every hash.
$(VENDOR)/console/files: server/console/vendor.def tools/vendor.sh
	$(V)tools/vendor.sh $< $(@D)
$(BUILD)/console.def: tools/console.sh $(VENDOR)/console/files $(shell find server/console -type f)
	@mkdir -p $(@D)
	@echo "  WEB   $@"
	$(V)tools/console.sh $(BUILD) $(VENDOR)/console/files
$(BUILD)/server/http/console.o: $(BUILD)/console.def

$(BUILD)/rings: $(RINGS) $(BUILD)/libserver.a $(BUILD)/libcounterfoil.a
	$(link)
$(BUILD)/ceiling: $(CEILING) $(BUILD)/libserver.a $(BUILD)/libcounterfoil.a
	$(link)

# The queries and migrations become tables in C before anything that includes them compiles.
ifneq ($(wildcard tools/sqlgen.awk),)
$(SERVER) $(OUTSIDE) $(MAIN) $(TOOL): | $(BUILD)/queries.h $(BUILD)/migrations.h
$(BUILD)/queries.h: $(sort $(wildcard schema/queries/*.sql))
$(BUILD)/migrations.h: $(sort $(wildcard schema/*.sql))
$(BUILD)/queries.h $(BUILD)/migrations.h: $(BUILD)/%.h: tools/sqlgen.awk
	@mkdir -p $(@D)
	@echo "  SQL   $@"
	$(V)LC_ALL=C awk -v mode=$* -f tools/sqlgen.awk $(filter %.sql,$^) /dev/null > $@
endif

.PHONY: tests fuzzers
tests: $(TESTS)
$(BUILD)/tests/t%: tests/t%.c $(ARCHIVES)
	@mkdir -p $(@D)
	@echo "  TEST  $<"
	$(V)$(CC) $(CPPFLAGS_ALL) -Itests $(CFLAGS_ALL) -MMD -MP -MT $@ -o $@ $< $(filter %.o,$^) $(ARCHIVES) $(LINKHARD) -lcmocka $(LIBS)
$(BUILD)/tests/t95_simulate: CPPFLAGS_ALL += -Itools
$(BUILD)/tests/t95_simulate: $(call obj,tools/simulate/*.c)
fuzzers: $(FUZZERS)
$(BUILD)/fuzz_%: tests/fuzz/fuzz_%.c $(ARCHIVES)
	@echo "  FUZZ  $<"
	$(V)$(CC) $(CPPFLAGS_ALL) -Itests $(CFLAGS_ALL) -fsanitize=fuzzer -MMD -MP -MT $@ -o $@ $< $(ARCHIVES) $(LINKHARD) $(LIBS)

.PHONY: deps check demo run bench bench-graph evaluate fuzz tidy format asan tsan cover install clean help
deps:     ## installs the Debian/Ubuntu packages that are missing (apt-get; root or sudo)
	@tools/deps.sh run test
check:    ## packages, build, every test in order, once more under sanitizers, short fuzzing; ONLY=t3 for some
	@tools/deps.sh run test
	@BUILD=$(BUILD) CC=$(CC) MAKE="$(MAKE)" tests/run.sh $(ONLY)
demo:     ## a registry with a told story on real documents; ONCE=1 plays it and ends
	@tools/deps.sh run
	@$(PARALLEL) all
	$(BUILD)/counterfoil demo --state-dir=$(STATE) $(if $(ONCE),--once)
run:      ## the server alone, with its private PostgreSQL under var/
	@tools/deps.sh run
	@$(PARALLEL) all
	$(BUILD)/counterfoil up --state-dir=$(STATE)
bench:    ## measures this machine's ceiling and the registry against it, and the ring search; QUICK=1 without ten million entries
	@tools/deps.sh run
	@$(PARALLEL) all $(BUILD)/ceiling
	$(BUILD)/counterfoil bench $(if $(QUICK),--quick)
	@$(if $(QUICK),,$(MAKE) bench-graph)
bench-graph: ## the ring search on FIRMS=5000000 with EDGES=100000000 of half a year: time, work, memory, rings found
	@$(PARALLEL) $(BUILD)/rings
	$(BUILD)/rings $(or $(FIRMS),5000000) $(or $(EDGES),100000000)
evaluate: ## simulated economies with known frauds: what is found, what is missed; SEED=1 SEEDS=5 SIZE=S MONTHS=12 PEERS=1
	@$(PARALLEL) all $(if $(PEERS),$(BUILD)/peers/ready)
	$(BUILD)/counterfoil evaluate --seed=$(or $(SEED),1) --seeds=$(or $(SEEDS),5) --size=$(or $(SIZE),S) \
	  --months=$(or $(MONTHS),12) --out=$(BUILD)/evaluate.json --claims=$(BUILD)/claims.csv
	$(if $(PEERS),$(BUILD)/counterfoil evaluate --seed=1 --seeds=3 --claims=$(BUILD)/claims-development.csv >/dev/null)
	$(if $(PEERS),$(BUILD)/peers/bin/python tools/peers/peers.py $(BUILD)/claims-development.csv $(BUILD)/claims.csv $(BUILD)/peers.json)
# Others' programs, for comparison only: fetched once, each by its hash.
$(BUILD)/peers/ready: tools/peers/requirements.txt
	python3 -m venv $(BUILD)/peers
	$(BUILD)/peers/bin/pip install --quiet --require-hashes -r $<
	@touch $@
fuzz:     ## every parser's fuzzer for FUZZ_SECONDS=60
	@tools/deps.sh run test
	@$(PARALLEL) FUZZ=1 fuzzers
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tests/fuzz/run.sh $(BUILD)-fuzz
tidy:     ## layers, purity, format, clang-tidy, cppcheck; the longest functions
	@tools/deps.sh run test
	@$(PARALLEL) all
	@tools/tidy.sh $(BUILD)
format:   ## clang-format in place
	@tools/tidy.sh $(BUILD) format
asan:     ## all unit tests under address and undefined behaviour sanitizers
	@$(PARALLEL) SAN=address,undefined tests
	@BUILD=$(BUILD) tests/run.sh --only-programs=$(BUILD)-address $(ONLY)
tsan:     ## all unit tests under the thread sanitizer
	@$(PARALLEL) SAN=thread tests
	@BUILD=$(BUILD) tests/run.sh --only-programs=$(BUILD)-thread $(ONLY)
cover:    ## line and branch coverage of crypto/ and server/domain/ by the unit tests
	@$(PARALLEL) COVER=1 tests
	@BUILD=$(BUILD) tests/run.sh --only-programs=$(BUILD)-cover $(ONLY)
	gcovr -r . --object-directory $(BUILD)-cover -f crypto/ -f server/domain/ --print-summary
install: all  ## to $(DESTDIR)$(PREFIX)
	install -d $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(PROGRAMS) $(DESTDIR)$(PREFIX)/bin/
	install -d $(DESTDIR)$(PREFIX)/share/counterfoil/demo/documents
	install -m 644 tools/demo/documents/* $(DESTDIR)$(PREFIX)/share/counterfoil/demo/documents/
	tools/man.sh $(BUILD)
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man1 $(BUILD)/man/counterfoil.1
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/man/man8 $(BUILD)/man/counterfoild.8
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/lib/systemd/system
	$(BUILD)/counterfoil completion bash > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/counterfoil
	sed 's,@PREFIX@,$(PREFIX),' tools/counterfoild.service > $(DESTDIR)$(PREFIX)/lib/systemd/system/counterfoild.service
clean:    ## removes what was built; var/ stays
	rm -rf $(BUILD) $(BUILD)-address $(BUILD)-thread $(BUILD)-cover $(BUILD)-fuzz
help:     ## this list
	@awk -F ' *## *' '/^[a-z-]+:.*## /{ sub(/:.*/, "", $$1); printf "make %-12s%s\n", $$1, $$2 }' Makefile

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
