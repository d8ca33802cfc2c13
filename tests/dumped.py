#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# dumped.py DUMP WORD...: where in a data-only pg_dump a word stands, in clear, in hexadecimal or in base64url: one line
# each of "table.column word". What is sealed shows nothing.
import base64
import re
import sys


def texts(value):
    """What somebody would read in a column: itself, the bytes it stands for, and what is base64url inside it."""
    raw = bytes.fromhex(value[3:]) if re.fullmatch(r"\\\\x[0-9a-f]*", value) else value.encode()
    yield raw
    for run in re.findall(rb"[A-Za-z0-9_-]{16,}", raw):
        for skip in range(4):
            part = run[skip : skip + (len(run) - skip) // 4 * 4]
            yield base64.urlsafe_b64decode(part)


def main():
    words = [w.encode() for w in sys.argv[2:]]
    table, columns, found = None, [], set()
    for line in open(sys.argv[1], encoding="utf-8"):
        start = re.match(r'COPY counterfoil\."?(\w+)"? \((.*)\) FROM stdin;', line)
        if start:
            table, columns = start[1], [c.strip(' "') for c in start[2].split(",")]
        elif line.startswith("\\."):
            table = None
        elif table:
            for column, value in zip(columns, line.rstrip("\n").split("\t")):
                for text in texts(value):
                    found |= {f"{table}.{column} {w.decode()}" for w in words if w in text}
    print("".join(f + "\n" for f in sorted(found)), end="")


main()
