#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# t80_smuggle: request smuggling, NUL, double headers and their kin, against the HTTP layer itself.
exec python3 tests/t80_smuggle.py "${BUILD:-build}/tests/t82_http"
