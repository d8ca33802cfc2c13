#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""t81_slow: clients that take their time are cut, and others do not notice them.

Goal: no connection holds a place longer than its deadlines say, whatever it
sends in between; a thousand such connections at most double the latency of an
honest client; what is too large is refused before it is read.

    tests/t81_slow.py [program]      default build/tests/t82_http
"""
import os
import socket
import subprocess
import sys
import time

HEADER, BODY, SEND, IDLE = 2, 2, 2, 2
LATE = 1.0  # the sweep, and a busy machine
bad = 0


def report(name, good, note=""):
    global bad
    bad += not good
    print("%s %s %s" % ("ok" if good else "not ok", name, note), flush=True)


def connect(port, timeout=5, rcvbuf=None):
    s = socket.socket()
    if rcvbuf:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    s.settimeout(timeout)
    s.connect(("127.0.0.1", port))
    return s


def lives(s, drip, every, most):
    """Seconds until the server ends the connection while we send `drip` again and again."""
    began = time.monotonic()
    s.settimeout(every)
    while time.monotonic() - began < most:
        try:
            if drip:
                s.sendall(drip)
            if not s.recv(65536):
                break
        except (socket.timeout, TimeoutError):
            pass
        except OSError:
            break
    return time.monotonic() - began


def ask(port, request):
    s = connect(port)
    got = b""
    try:
        s.sendall(request)
        while True:
            part = s.recv(65536)
            if not part:
                break
            got += part
    except OSError:
        pass
    s.close()
    return got


def cut(port, name, start, drip, every, allowed):
    s = connect(port)
    s.sendall(start)
    took = lives(s, drip, every, allowed + 6)
    s.close()
    report(name, took <= allowed + LATE, "%.1f s of %d" % (took, allowed))


def slow_reader(port):
    """Asks for much and reads a little at a time, less than SLOWEST_BYTES_A_SECOND."""
    s = connect(port, rcvbuf=4096)
    one = b"GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
    s.sendall(one * 400)
    began, got = time.monotonic(), 0
    while time.monotonic() - began < 60:
        try:
            part = s.recv(200)
        except OSError:
            break
        if not part:
            break
        got += len(part)
        time.sleep(0.1)
        if time.monotonic() - began > SEND + 8:
            break
    # What had left before the cut is still in the kernel's buffers, so the server's side is asked: ours alone is open.
    text = ask(port, b"GET /metrics HTTP/1.0\r\n\r\n").decode()
    s.close()
    report("slow_reader", "\ncounterfoil_http_connections 1\n" in text, "%d bytes read" % got)


def latencies(port, n):
    s = connect(port)
    took = []
    for _ in range(n):
        began = time.monotonic()
        s.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        got = b""
        while not got.endswith(b"ok\n"):
            got += s.recv(65536)
        took.append(time.monotonic() - began)
    s.close()
    return sorted(took)[int(n * 0.99)]


def crowd(port):
    alone = latencies(port, 2000)
    slow = []
    for i in range(1000):
        s = connect(port)
        s.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n" if i % 2 else b"G")
        slow.append(s)
    among = latencies(port, 2000)
    report("thousand_slow_sockets", among < 2 * alone + 0.005, "p99 %.2f ms alone, %.2f ms among them" % (alone * 1e3, among * 1e3))
    time.sleep(HEADER + LATE)
    gone = 0
    for s in slow:
        s.settimeout(0.001)
        try:
            gone += not s.recv(1)
        except (socket.timeout, TimeoutError):
            pass
        except OSError:
            gone += 1
        s.close()
    report("all_of_them_cut", gone == 1000, "%d" % gone)


def oversize(port):
    head = b"POST /v1/statements HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/jose\r\n"
    got = ask(port, head + b"Content-Length: 1000000000\r\n\r\n")
    report("too_long_by_length", got.startswith(b"HTTP/1.1 413"), str(got[:20]))
    got = ask(port, head + b"Content-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n")
    report("too_long_with_expect", got.startswith(b"HTTP/1.1 413"), str(got[:20]))
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    got = ask(port, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 4 + b"0\r\n\r\n")
    report("too_long_in_chunks", got.startswith(b"HTTP/1.1 413"), str(got[:20]))
    got = ask(port, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 100 + b"0\r\n\r\n")
    report("far_too_long_in_chunks", b" 20" not in got[:20], str(got[:20]))
    got = ask(port, b"POST /v1/documents HTTP/1.1\r\nHost: x\r\nContent-Type: application/xml\r\nContent-Length: 5000000\r\n\r\n")
    report("no_token_no_body_read", got.startswith(b"HTTP/1.1 401"), str(got[:20]))


def idle(port):
    s = connect(port)
    for pause in (0, IDLE * 0.6, IDLE * 0.6):
        time.sleep(pause)
        s.sendall(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        ok = s.recv(65536).startswith(b"HTTP/1.1 200")
    report("idle_connection_is_kept", ok)
    took = lives(s, b"", 0.2, IDLE + HEADER + 6)
    report("idle_connection_ends", took <= IDLE + HEADER + LATE, "%.1f s" % took)


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "build/tests/t82_http"
    env = dict(os.environ, HEADER_SECONDS=str(HEADER), BODY_SECONDS=str(BODY), SEND_SECONDS=str(SEND),
               IDLE_SECONDS=str(IDLE))
    server = subprocess.Popen([program, "serve"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env)
    try:
        port = int(server.stdout.readline().split()[1])
        body = b"POST /v1/statements HTTP/1.1\r\nHost: x\r\nContent-Type: application/jose\r\nContent-Length: 9000\r\n\r\n"
        cut(port, "silent_from_the_start", b"", b"", 0.2, HEADER)
        cut(port, "first_line_by_bytes", b"GET /", b"a", 0.2, HEADER)
        cut(port, "headers_by_lines", b"GET /livez HTTP/1.1\r\nHost: x\r\n", b"A: b\r\n", 0.3, HEADER)
        cut(port, "body_by_bytes", body, b"a", 0.2, BODY)
        cut(port, "body_silent", body, b"", 0.2, BODY)
        cut(port, "chunks_by_bytes", body.replace(b"Content-Length: 9000", b"Transfer-Encoding: chunked"),
            b"1\r\na\r\n", 0.2, BODY)
        kept = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
        cut(port, "second_request_by_bytes", kept + b"GET /", b"a", 0.2, IDLE + HEADER)
        idle(port)
        oversize(port)
        crowd(port)
        slow_reader(port)
    finally:
        server.terminate()
        report("server_ends_cleanly", server.wait(20) == 0)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
