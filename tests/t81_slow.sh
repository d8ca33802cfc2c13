#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# t81_slow: clients that send a byte now and then, and a thousand of them beside one that is in a hurry.
exec python3 tests/t81_slow.py "${BUILD:-build}/tests/t82_http"
