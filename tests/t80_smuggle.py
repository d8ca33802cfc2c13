#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""t80_smuggle: requests that two programs could read differently are not served (PLATFORM B.2).

Goal: whatever follows such a request on the connection is never answered as a
request of its own. Method: each case is sent to the real HTTP layer (over a
double of the service); a safe server answers 4xx or 5xx, or nothing, and
closes. A case marked served=True is honest and must be answered 200: a guard
that refuses everything proves nothing.

    tests/t80_smuggle.py [program]      default build/tests/t82_http
"""
import re
import socket
import subprocess
import sys

H = b"Host: x\r\n"
NEXT = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /oauth/token HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
FORM = b"grant_type=x"


def get(target=b"/livez", headers=b"", version=b"HTTP/1.1"):
    return b"GET " + target + b" " + version + b"\r\n" + H + headers + b"\r\n"


# name, bytes, served
CASES = [
    # two ways to frame a body
    ("cl_te", POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT, False),
    ("te_cl", POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + NEXT, False),
    ("get_cl_te", get(headers=b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n") + b"0\r\n\r\n" + NEXT, False),
    ("two_cl_differ", POST + b"Content-Length: 0\r\nContent-Length: 35\r\n\r\n" + NEXT, False),
    ("two_cl_same", POST + b"Content-Length: 12\r\nContent-Length: 12\r\n\r\n" + FORM, False),
    ("cl_list", POST + b"Content-Length: 12, 12\r\n\r\n" + FORM + NEXT, False),
    ("cl_plus", POST + b"Content-Length: +12\r\n\r\n" + FORM + NEXT, False),
    ("cl_minus", POST + b"Content-Length: -1\r\n\r\n" + NEXT, False),
    ("cl_hex", POST + b"Content-Length: 0xc\r\n\r\n" + FORM + NEXT, False),
    ("cl_huge", POST + b"Content-Length: 99999999999999999999\r\n\r\n" + NEXT, False),
    ("cl_empty", POST + b"Content-Length:\r\n\r\n" + NEXT, False),
    ("cl_space_before_colon", POST + b"Content-Length : 35\r\n\r\n" + NEXT, False),
    ("te_space_before_colon", POST + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n" + NEXT, False),
    ("te_twice", POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + NEXT, False),
    ("te_unknown", POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + NEXT, False),
    ("te_list", POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + NEXT, False),
    ("te_tab", POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + NEXT, False),
    ("te_http10", b"POST /oauth/token HTTP/1.0\r\n" + H + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + NEXT, False),
    ("get_with_body", get(headers=b"Content-Length: 35\r\n") + NEXT, False),
    ("chunk_size_signed", POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + NEXT, False),
    # the head itself
    ("nul_in_value", get(headers=b"A: b\0c\r\nB: d\r\n"), False),
    ("nul_in_last_value", get(headers=b"A: b\0c\r\n"), False),
    ("nul_in_name", get(headers=b"A\0B: c\r\n"), False),
    ("nul_in_path", get(b"/livez\0/x"), False),
    ("percent_nul", get(b"/livez%00"), False),
    ("control_in_value", get(headers=b"A: b\x01c\r\n"), False),
    ("bare_cr_in_value", get(headers=b"A: b\rC: d\r\n"), False),
    ("obs_fold", get(headers=b"A: b\r\n c\r\n"), False),
    ("obs_fold_cl", POST + b"Content-Length:\r\n 35\r\n\r\n" + NEXT, False),
    ("name_not_token", get(headers=b"A(b): c\r\n"), False),
    ("no_colon", get(headers=b"nocolon\r\n"), False),
    ("bare_lf_line", b"GET /livez HTTP/1.1\n" + H + b"\r\n", False),
    ("bare_lf_header", get(headers=b"A: b\nB: c\r\n"), False),
    ("bare_lf_end", b"GET /livez HTTP/1.1\r\nHost: x\n\n", False),
    # the first line
    ("two_hosts", get(headers=b"Host: y\r\n"), False),
    ("no_host", b"GET /livez HTTP/1.1\r\n\r\n", False),
    ("host_with_path", b"GET /livez HTTP/1.1\r\nHost: x/y\r\n\r\n", False),
    ("two_authorizations", get(headers=b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), False),
    ("method_not_token", b"G@T /livez HTTP/1.1\r\n" + H + b"\r\n", False),
    ("method_unknown", b"FOO /livez HTTP/1.1\r\n" + H + b"\r\n", False),
    ("version_1_9", get(version=b"HTTP/1.9"), False),
    ("version_2", get(version=b"HTTP/2.0"), False),
    ("version_none", b"GET /livez\r\n" + H + b"\r\n", False),
    ("two_spaces", b"GET  /livez HTTP/1.1\r\n" + H + b"\r\n", False),
    ("space_in_path", b"GET /livez x HTTP/1.1\r\n" + H + b"\r\n", False),
    ("absolute_form", b"GET http://x/livez HTTP/1.1\r\n" + H + b"\r\n", False),
    ("no_slash", get(b"livez"), False),
    ("long_target", get(b"/livez?" + b"a" * 3000), False),
    ("broken_escape", get(b"/livez?verbose=%zz"), False),
    ("high_byte_in_path", get(b"/livez\xff"), False),
    ("big_header", get(headers=b"A: " + b"b" * 40000 + b"\r\n"), False),
    ("many_headers", get(headers=b"".join(b"A%d: b\r\n" % i for i in range(100))), False),
    # honest ones
    ("plain", get(), True),
    ("http10", b"GET /livez HTTP/1.0\r\n\r\n", True),
    ("cl_zero", get(headers=b"Content-Length: 0\r\n"), True),
    ("spaces_around_value", get(headers=b"A:   b  \r\n"), True),
    ("empty_value", get(headers=b"A:\r\nB: \r\n"), True),
    ("cookies", get(headers=b"Cookie: a=b; c=d\r\nB: c\r\n"), True),
    ("large_honest_head", get(headers=b"".join(b"A%d: %s\r\n" % (i, b"v" * 200) for i in range(50))), True),
    ("empty_lines_before", b"\r\n\r\n" + get(), True),
    ("pipelined", get() + get(), True),
    ("form", POST + b"Content-Length: 130\r\n\r\n" + b"grant_type=client_credentials&client_assertion=bank&"
     b"client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer".ljust(130, b"&"), True),
    ("chunked_form", POST + b"Transfer-Encoding: chunked\r\n\r\n82\r\n" + b"grant_type=client_credentials&client_assertion=bank&"
     b"client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer".ljust(0x82, b"&") + b"\r\n0\r\n\r\n", True),
]


def talk(port, data, pieces):
    s = socket.create_connection(("127.0.0.1", port), timeout=2)
    got = b""
    try:
        for i in range(0, len(data), pieces):
            s.sendall(data[i:i + pieces])
        s.settimeout(0.5)
        while True:
            part = s.recv(65536)
            if not part:
                return got, True
            got += part
    except (socket.timeout, TimeoutError):
        return got, False
    except OSError:
        return got, True
    finally:
        s.close()


def statuses(got):
    return [int(x) for x in re.findall(rb"HTTP/1\.[01] ([0-9]{3}) ", got)]


def judge(got, closed, served):
    st = statuses(got)
    if served:
        return st and all(x == 200 for x in st)
    # Nothing served, and the connection cannot be used any more. 0.9.75 sends the head of its own refusals twice when
    # it finds the fault after the last header line (a wrong Content-Length, no Host); that is still one answer.
    one = len(st) <= 1 or (len(st) == 2 and st[0] == st[1] and got.count(b"<html>") == 1)
    return one and all(x >= 400 for x in st) and (closed or st == [405])


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "build/tests/t82_http"
    server = subprocess.Popen([program, "serve"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    bad = 0
    try:
        port = int(server.stdout.readline().split()[1])
        for name, data, served in CASES:
            for pieces in (1 << 20, 7):
                if pieces == 7 and len(data) > 4000:
                    continue
                got, closed = talk(port, data, pieces)
                if not judge(got, closed, served):
                    bad += 1
                    print("not ok %s pieces=%d statuses=%s closed=%s" % (name, pieces, statuses(got), closed))
                    break
            else:
                print("ok %s %s" % (name, statuses(got)))
    finally:
        server.terminate()
        if server.wait(20) != 0:
            bad += 1
            print("not ok server_ends_cleanly status=%d" % server.returncode)
    print("%d cases, %d bad" % (len(CASES), bad))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
