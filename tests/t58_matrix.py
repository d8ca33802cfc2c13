# SPDX-License-Identifier: Apache-2.0
# t58_matrix.py SERVER DEMO TABLE ROUTES [--print]: every path x every actor x every object of the table, asked of the
# real server. What must come of it stands in the table (tests/t58_matrix.def), whose head says what the letters mean.
#
# Beyond the letters, of every answer:
#   what is not yours and what is not there are the same bytes, headers and all, but for the request's own id
#   what another party's data is read for must be said, and what is one's own needs no reason
#   no answer to a lender holds another lender's id, but where it asked for that one by name
#   no list says how many there are beyond what it shows
import http.client
import json
import pathlib
import re
import subprocess
import sys
import urllib.parse
import uuid

server, demo, table_file, routes_file = sys.argv[1:5]
show = "--print" in sys.argv
cli = sys.argv[5]
where = urllib.parse.urlparse(server)
bad = 0
n = 0


def say(good, what, why=""):
    global n, bad
    n += 1
    bad += not good
    if not good or not why:
        print(f"{'ok' if good else 'not ok'} {n} {what}{': ' + why if why else ''}")


names = dict(line.split("=", 1) for line in (pathlib.Path(demo) / "played").read_text().splitlines() if "=" in line)
for extra in pathlib.Path(demo).glob("*.party"):
    names.setdefault(extra.stem, extra.read_text().strip())
for more in sys.argv[6:]:
    if "=" in more:
        names.update([more.split("=", 1)])
ACTORS = None  # the columns of the table


def token(actor):
    if actor == "anyone":
        return None
    key = f"{demo}/../operator.jwk" if actor == "operator" else f"{demo}/{actor}.jwk"
    return subprocess.run([cli, "token", "--server", server, "--key", key], check=True, capture_output=True, text=True).stdout.strip()


PURPOSE = {"operator": "operations", "regulator": "supervision", "court": "proceedings", "investor": "investment", "investor_2": "investment"}
LENDERS = ["bank_a", "bank_b", "bank_c"]


class Answer:
    def __init__(self, r, body):
        self.status = r.status
        self.text = body.decode("utf-8", "replace")
        head = sorted((k.lower(), v) for k, v in r.getheaders() if k.lower() not in ("date", "x-request-id", "ratelimit", "etag"))
        instance = r.getheader("x-request-id") or "?"
        self.whole = (r.status, tuple(head), self.text.replace(instance, ""))

    @property
    def code(self):
        try:
            return json.loads(self.text).get("code", "")
        except ValueError:
            return ""


line = http.client.HTTPConnection(where.hostname, where.port, timeout=60)


def ask(method, path, actor=None, purpose=None, body=None, kind=None):
    head = {}
    if actor and tokens[actor]:
        head["Authorization"] = "Bearer " + tokens[actor]
    if purpose:
        head["Counterfoil-Purpose"] = purpose
    if kind:
        head["Content-Type"] = kind
    line.request(method, path, body=body, headers=head)
    r = line.getresponse()
    return Answer(r, r.read())


# --- the table ---

rows = []
for text in pathlib.Path(table_file).read_text().splitlines():
    text = text.split("#")[0].rstrip()
    if not text:
        continue
    if ACTORS is None:
        ACTORS = text.split()[3:]
        continue
    method, path, what, *cells = text.split()
    rows.append((method, path, what, "".join(cells)))
tokens = {a: token(a) for a in ACTORS}

# Every path of the API has a row, and every row is a path of the API.
routes = re.findall(r'^ROUTE\((\w+),\s*"([^"]+)"', pathlib.Path(routes_file).read_text(), re.M)
have = {(m, p) for m, p, _, _ in rows}
missing = [f"{m} {p}" for m, p in routes if (m, p) not in have]
say(not missing, "every path of routes.def has a row", ", ".join(missing))
gone = sorted(f"{m} {p}" for m, p in have if (m, p) not in set(routes))
say(not gone, "and every row is a path", ", ".join(gone))

# --- asking ---


def fill(path, value):
    path = re.sub(r"\{[^}]*\}", lambda m: urllib.parse.quote(value, safe="/"), path, count=1)
    return path


def none_like(value):
    if re.fullmatch(r"[0-9a-f]{64}", value):
        return "ab" * 32
    if value.isdigit():
        return str(2**40)
    return str(uuid.UUID(int=(0x0193 << 112) | (7 << 76) | (2 << 62) | 0x2A))


def letter(method, path, actor, purpose, body, kind, public):
    """What came of it, as a letter; and the answer. `public` is what comes without a token."""
    told = ask(method, path, actor, purpose, body, kind)
    if told.status in (200, 201):
        if public.status == told.status and (public.text == told.text or path == "/metrics"):
            return "p", told
        if method != "GET":
            return "o", told
        bare = ask(method, path, actor, None, body, kind)
        return ("o" if bare.status == told.status else "d" if bare.code == "purpose-required" else "?"), told
    return {401: "1", 403: "3", 404: "4", 400: "0", 409: "9", 422: "2", 415: "5"}.get(told.status, "?"), told


def foreign(actor, path, text):
    """Ids of other lenders in what a lender was told; where it looked itself is no news to it."""
    if path.startswith("/v1/audit/access"):
        text = json.dumps([a for a in json.loads(text)["items"] if a.get("who") != names[actor]]) if actor in LENDERS else ""
    return [] if actor not in LENDERS else [b for b in LENDERS if b != actor and names[b] in text and names[b] not in path]


leaks, totals, differ, wrong = [], [], [], []
printed = []
for method, path, what, cells in rows:
    value, _, query = what.partition("?") if "|" not in what else (what, "", "")
    value = names.get(value, value)
    body = kind = None
    if query:
        query = "?" + re.sub(r"\$([\w-]+)", lambda m: names[m.group(1)], query)
    if method == "POST" and "|" in value:
        kind, _, body = value.partition("|")
        body = re.sub(r"\$([\w-]+)", lambda m: names[m.group(1)], body.replace("~", " ")) or None
        value = "-"
    target = fill(path, value if value != "-" else "x") + query
    got = ""
    public = ask(method, target, None, None, body, kind)
    for i, actor in enumerate(ACTORS):
        purpose = PURPOSE.get(actor, "lending" if actor.startswith("bank") else "trade") if tokens[actor] else None
        mark, told = letter(method, target, actor, purpose, body, kind, public)
        got += mark
        want = cells[i] if i < len(cells) else "-"
        if want != mark:
            wrong.append(f"{method} {target} as {actor}: '{mark}' ({told.status} {told.code}), should be '{want}'")
        leaks += [f"{method} {target} tells {actor} of {b}" for b in foreign(actor, target, told.text)]
        if told.status == 200 and re.search(r'"(total_count|count|total)"\s*:\s*\d+', told.text) and '"items"' in told.text:
            totals.append(f"{method} {target} as {actor}")
        if "{" in path and "..." not in path and method == "GET" and (mark == "4" or (path.endswith("/claims") and '"items":[]' in told.text)):
            other = ask(method, fill(path, none_like(value)) + query, actor, purpose)
            if other.whole != told.whole:
                differ.append(f"{method} {target} as {actor}: {other.whole} {told.whole}")
    printed.append(f"{method:6} {path:36} {what:24} {' '.join(got)}")

if show:
    print(f"{'method':6} {'path':36} {'object':24} {' '.join(ACTORS)}")
    print("\n".join(printed))
say(not wrong, f"{len(rows)} rows x {len(ACTORS)} actors: each gets what it may", "\n# ".join(wrong[:60]))
say(not differ, "what is not yours is not there, to the byte", "\n# ".join(differ[:10]))
say(not leaks, "no lender is told of another", "\n# ".join(leaks[:20]))
say(not totals, "no list counts what it does not show", "\n# ".join(totals[:10]))

# --- purposes ---
own = f"/v1/parties/{names['castings']}"
say(ask("GET", own, "bank_a").code == "purpose-required", "another's data without a purpose")
say(ask("GET", own, "castings").status == 200, "one's own without")
for lie in ("supervision", "curiosity", "lending;supervision", "LENDING", "\xff"):
    say(ask("GET", own, "bank_a", lie).code == "bad-purpose", f"a lender reads for {ascii(lie)}")
before = json.loads(ask("GET", "/v1/audit/access?limit=1", "castings").text)["items"][0]["number"]
ask("GET", own, "bank_a")
last = json.loads(ask("GET", "/v1/audit/access?limit=1", "castings").text)["items"][0]
say(last["number"] == before, "what was not shown is on no record")
ask("GET", own, "bank_a", "monitoring")
last = json.loads(ask("GET", "/v1/audit/access?limit=1", "castings").text)["items"][0]
say(last["who"] == names["bank_a"] and last["purpose"] == "monitoring" and last["object"] == names["castings"] and last["seq"] > 0, "what was shown is, with who, what, why and how far the log was")
mine = json.loads(ask("GET", "/v1/audit/access?limit=200", "bank_c").text)["items"]
say(all(names["bank_c"] in (a.get("who"), a.get("subject")) for a in mine), "nobody reads who looked at others")
schema = json.loads(ask("GET", "/openapi.json").text)["components"]["schemas"]["Purpose"]["enum"]
words = re.findall(r'^PURPOSE\(\d+,\s*\w+,\s*"(\w+)"', (pathlib.Path(routes_file).parents[2] / "include/purpose.def").read_text(), re.M)
say(schema == words, "the description lists the purposes there are")
sys.exit(bad != 0)
