# SPDX-License-Identifier: Apache-2.0
# Counterfoil: one Makefile. Sources are found, not listed; a test is a file tests/tNN_name.c,
# numbered by layer, so that the first failure is the cause.
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
V ?= @
CC    ?= gcc
ifeq ($(origin CC),default)
CC    := gcc
endif
BUILD ?= build

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
# SAN=address,undefined or SAN=thread builds everything a second time under build-<san>.
ifdef SAN
BUILD := build-$(firstword $(subst $(comma), ,$(SAN)))
HARD := -O1 -g -fsanitize=$(SAN) -fno-sanitize-recover=all -fno-omit-frame-pointer -fno-common
LINKHARD := -fsanitize=$(SAN)
endif
comma := ,

PKGS  := libmicrohttpd libpq libcrypto libsodium jansson libxml-2.0 libzip libcurl libseccomp
PKGCF  = $(shell pkg-config --cflags-only-I $(PKGS) | sed 's/-I/-isystem /g')
LIBS  := -lmicrohttpd -lpq -lcrypto -lsodium -ljansson -lxml2 -lzip -lcurl -lseccomp -lpthread
CPPFLAGS_ALL = -Iinclude -Iserver -I$(BUILD) $(PKGCF) -D_GNU_SOURCE $(CPPFLAGS)
CFLAGS_ALL   = -std=c17 $(WARN) $(HARD) $(CFLAGS)

obj = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)))
CORE    := $(call obj,crypto/*.c) $(call obj,server/domain/*.c)
SERVER  := $(call obj,server/intake/*.c) $(call obj,server/store/*.c) $(call obj,server/run/*.c) \
           $(call obj,server/service/*.c)
OUTSIDE := $(call obj,server/http/*.c) $(call obj,server/work/*.c)
TOOL    := $(call obj,tools/*.c)
TESTS   := $(patsubst tests/%.c,$(BUILD)/tests/%,$(wildcard tests/t[0-9]*.c))

.PHONY: all
all: $(BUILD)/counterfoild $(BUILD)/counterfoil

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC    $<"
	$(V)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
$(BUILD)/libcounterfoil.a: $(CORE)
	@rm -f $@
	@echo "  AR    $@"
	$(V)ar rcs $@ $^
$(BUILD)/libserver.a: $(SERVER) $(OUTSIDE)
	@rm -f $@
	@echo "  AR    $@"
	$(V)ar rcs $@ $^

$(BUILD)/tests/t%: tests/t%.c $(BUILD)/libserver.a $(BUILD)/libcounterfoil.a
	@mkdir -p $(@D)
	@echo "  TEST  $<"
	$(V)$(CC) $(CPPFLAGS_ALL) -Itests $(CFLAGS_ALL) -MMD -MP -o $@ $< $(BUILD)/libserver.a $(BUILD)/libcounterfoil.a $(LINKHARD) -lcmocka $(LIBS)

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
