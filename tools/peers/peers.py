#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Peers on the same simulated claims (DETECTION 6.5), beside ours.

    peers.py DEVELOPMENT.csv TEST.csv [OUT.json]      both written by counterfoil evaluate --claims

Every peer sees the claims in order of registration and names those it would stop: the exact registry, the eight rules of
a factor, Splink for near duplicates, networkx for rings. A scheme is caught when one of its claims is named; a false
alarm is an honest claim of an honest firm that is. Splink learns its weights from the labelled doubles of the development
seeds (left alone, expectation maximisation takes rent for doubles) and its threshold from their honest claims, 0.05 % of
them, and is then applied to the test seeds; nothing else is tuned. Runs offline.
"""
import collections
import csv
import datetime
import json
import re
import sys
import time

DAY_US = 86_400_000_000
NETWORKX_SECONDS = 3600


def read(path):
    with open(path, newline="") as f:
        rows = list(csv.DictReader(f))
    for r in rows:
        for k in ("seed", "id", "at_us", "seller", "debtor", "issued", "due", "face", "refused", "level", "part",
                  "scheme", "of_crook", "base", "paid_us", "reduced", "cancelled", "ours"):
            r[k] = int(r[k])
        r["key"] = (r["seed"], r["id"])
        r["honest"] = r["scheme"] == 0 and not r["of_crook"]
    return sorted(rows, key=lambda r: (r["seed"], r["at_us"], r["id"]))


def by_seed(rows):
    seeds = collections.defaultdict(list)
    for r in rows:
        seeds[r["seed"]].append(r)
    return seeds.values()


# --- the exact registry: a hash of what the invoice says; and the same with the number's punctuation left out ---

def exact(rows, fields, plain=False):
    seen, named = set(), set()
    for r in rows:
        number = re.sub(r"[^0-9A-Z]", "", r["number"].upper()) if plain else r["number"]
        k = (r["seed"], number) + tuple(r[f] for f in fields)
        if k in seen:
            named.add(r["key"])
        seen.add(k)
    return named


# --- a factor's eight rules ---

def factor_rules(rows):
    """How many of the eight speak against each claim."""
    hits = collections.Counter()
    for seed in by_seed(rows):
        seller, pair, numbers = collections.defaultdict(list), collections.defaultdict(list), set()
        for r in seed:
            past, with_debtor = seller[r["seller"]], pair[r["seller"], r["debtor"]]
            year = [p for p in past if p["at_us"] > r["at_us"] - 365 * DAY_US]
            old = [p for p in year if p["at_us"] < r["at_us"] - 60 * DAY_US]
            faces = [p["base"] for p in with_debtor]
            mean = sum(faces) / len(faces) if faces else 0
            sigma = (sum((x - mean) ** 2 for x in faces) / (len(faces) - 1)) ** 0.5 if len(faces) > 1 else 0
            sold = sum(p["base"] for p in year) + r["base"]
            owed = sum(p["base"] for p in year if p["debtor"] == r["debtor"]) + r["base"]
            weekday = datetime.datetime.fromtimestamp(r["at_us"] / 1e6, datetime.timezone.utc).weekday()
            hits[r["key"]] += sum((
                (r["seller"], r["number"]) in numbers,                           # the number again
                r["face"] % 1_000_000 == 0,                                      # a round sum
                len(faces) >= 5 and sigma > 0 and r["base"] > mean + 3 * sigma,  # far above what is usual
                r["due"] - r["issued"] > 90,                                     # long terms
                len(year) >= 5 and owed > 0.5 * sold,                            # one debtor owes most
                len(past) >= 5 and not with_debtor,                              # a new debtor
                bool(old) and sum(p["reduced"] for p in old) > 0.1 * sum(p["face"] for p in old),  # credit notes
                weekday >= 5))                                                   # at the weekend
            numbers.add((r["seller"], r["number"]))
            past.append(r)
            with_debtor.append(r)
    return hits


# --- Splink: Fellegi and Sunter in DuckDB, its weights learnt from the development seeds' known doubles ---

def splink_table(db, rows):
    import pyarrow

    names = ("unique_id", "seller", "debtor", "number", "suffix", "face", "base", "issued", "orders", "lines", "waybill",
             "label")
    table = {n: [] for n in names}
    for i, r in enumerate(rows):
        number = re.sub(r"[^0-9A-Z]", "", r["number"].upper())
        double = r["recipe"] in ("R01", "R02", "R03", "R06")
        for n, v in zip(names, (i, f"{r['seed']}-{r['seller']}", f"{r['seed']}-{r['debtor']}", number, number[-6:],
                                r["face"], r["base"], r["issued"], None if r["order"] == "0" else r["order"],
                                None if r["lines"] == "0" else r["lines"],
                                None if r["waybill"] == "0" else r["waybill"],
                                f"{r['seed']} {r['scheme']}" if double else f"claim {i}")):
            table[n].append(v)
    return db.register(pyarrow.table({**table, "face": pyarrow.array(table["face"], pyarrow.int64()),
                                      "base": pyarrow.array(table["base"], pyarrow.int64())}))


def splink_settings():
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl
    from splink import SettingsCreator

    def level(sql, label, **more):
        return dict(sql_condition=sql, label_for_charts=label, **more)

    far = "greatest(base_l, base_r) <= least(base_l, base_r) * "
    return SettingsCreator(
        link_type="dedupe_only",
        probability_two_random_records_match=1e-7,
        blocking_rules_to_generate_predictions=[
            "l.seller = r.seller and l.debtor = r.debtor and abs(l.issued - r.issued) <= 60",
            "l.debtor = r.debtor and l.face = r.face",
            "l.debtor = r.debtor and l.suffix = r.suffix"],
        comparisons=[
            cl.CustomComparison([
                cll.NullLevel("number"), level("number_l = number_r", "equal"),
                level("damerau_levenshtein(number_l, number_r) <= 1", "one slip"),
                level("damerau_levenshtein(number_l, number_r) <= 2", "two slips"),
                level("suffix_l = suffix_r", "ending equal"), cll.ElseLevel()], output_column_name="number"),
            cl.CustomComparison([
                cll.NullLevel("base"), level("face_l = face_r", "equal", tf_adjustment_column="face"),
                level(far + "1.005", "within 0.5 %"), level(far + "1.015", "within 1.5 %"), cll.ElseLevel()],
                output_column_name="amount"),
            cl.CustomComparison([
                cll.NullLevel("issued"), level("issued_l = issued_r", "same day"),
                level("abs(issued_l - issued_r) <= 3", "3 days"), level("abs(issued_l - issued_r) <= 10", "10 days"),
                level("abs(issued_l - issued_r) <= 30", "30 days"), cll.ElseLevel()], output_column_name="issued"),
            cl.ExactMatch("seller"), cl.ExactMatch("debtor"), cl.ExactMatch("orders"), cl.ExactMatch("lines"),
            cl.ExactMatch("waybill")])


def splink_weights(rows, settings=None):
    """The best match weight of each claim with an earlier one, and the model, trained here unless it is given."""
    rows = [r for r in rows if not r["cancelled"]]  # what is billed again in its place is no double
    from splink import Linker
    from splink.backends.duckdb import DuckDBAPI

    db = DuckDBAPI()
    linker = Linker(splink_table(db, rows), settings or splink_settings(), log_level=40)
    if not settings:
        linker.training.estimate_u_using_random_sampling(max_pairs=1e7, seed=1)
        linker.training.estimate_m_from_label_column("label")
    best = linker.inference.predict(threshold_match_weight=-10)
    found = db.duckdb_con.sql(f"select greatest(unique_id_l, unique_id_r) as i, max(match_weight) as w "
                              f"from {best.physical_name} group by 1").fetchall()
    return {rows[i]["key"]: w for i, w in found}, linker.misc.save_model_to_json()


def threshold_at(weights, rows, share):
    honest = sorted((weights[r["key"]] for r in rows if r["honest"] and r["key"] in weights), reverse=True)
    allowed = int(share * sum(r["honest"] for r in rows))
    return honest[allowed] if allowed < len(honest) else honest[-1]


# --- networkx: every simple cycle of up to six firms, each night, over ninety days ---

def rings(rows, limit):
    import networkx as nx

    named, named_alike, began, nights = set(), set(), time.monotonic(), 0
    for seed in by_seed(rows):
        window, at = collections.deque(), 0
        for night in range(seed[0]["at_us"] // DAY_US, seed[-1]["at_us"] // DAY_US + 1):
            fresh = set()
            while at < len(seed) and seed[at]["at_us"] // DAY_US <= night:
                window.append(seed[at])
                fresh.add((seed[at]["seller"], seed[at]["debtor"]))
                at += 1
            while window and window[0]["at_us"] // DAY_US < night - 90:
                window.popleft()
            if not fresh:
                continue
            if time.monotonic() - began > limit:
                return named, named_alike, nights, True
            nights += 1
            graph = nx.DiGraph()
            edge = collections.defaultdict(list)
            for r in window:
                graph.add_edge(r["seller"], r["debtor"])
                edge[r["seller"], r["debtor"]].append(r)
            for part in nx.strongly_connected_components(graph):
                if len(part) < 2:
                    continue
                for cycle in nx.simple_cycles(graph.subgraph(part), length_bound=6):
                    steps = list(zip(cycle, cycle[1:] + cycle[:1]))
                    if fresh.isdisjoint(steps):
                        continue
                    claims = [r for s in steps for r in edge[s]]
                    named.update(r["key"] for r in claims)
                    newest = [edge[s][-1]["base"] for s in steps]
                    if max(newest) <= 1.25 * min(newest):
                        named_alike.update(edge[s][-1]["key"] for s in steps)
    return named, named_alike, nights, False


# --- beside each other ---

def judge(rows, named, refused=False):
    def hit(r):
        return r["key"] in named or (refused and r["refused"])
    schemes = collections.defaultdict(dict)
    for r in rows:
        if r["scheme"] and r["part"] == 1:
            s = schemes[r["recipe"], r["level"]]
            s[r["seed"], r["scheme"]] = s.get((r["seed"], r["scheme"]), False) or hit(r)
    honest = [r for r in rows if r["honest"] and not r["refused"]]
    alarmed = [r for r in rows if hit(r)]
    return dict(recall={f"{k[0]} L{k[1]}": (sum(v.values()), len(v)) for k, v in sorted(schemes.items())},
                alarms=(sum(hit(r) for r in honest), len(honest)),
                precision=(sum(r["scheme"] > 0 for r in alarmed), len(alarmed)))


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    development, test = read(sys.argv[1]), read(sys.argv[2])
    said = []
    hits = factor_rules(test)
    weights, model = splink_weights(development)
    bar, low_bar = (threshold_at(weights, development, share) for share in (0.0005, 0.002))
    tested, _ = splink_weights(test, model)
    said.append(f"Splink: above {bar:.1f} bits, what 0.05 % of honest development claims reach; above {low_bar:.1f}, 0.2 %")
    ring, ring_alike, nights, late = rings(test, NETWORKX_SECONDS)
    said.append(f"networkx: {nights} nights" + (", then its hour was over" if late else ""))
    columns = {
        "exact": judge(test, exact(test, ("seller", "issued", "face", "ccy"))),
        "plain number": judge(test, exact(test, ("seller",), plain=True)),
        "factor, 1 rule": judge(test, {k for k, n in hits.items() if n >= 1}),
        "factor, 2 rules": judge(test, {k for k, n in hits.items() if n >= 2}),
        "Splink, 0.05 %": judge(test, {k for k, w in tested.items() if w > bar}),
        "Splink, 0.2 %": judge(test, {k for k, w in tested.items() if w > low_bar}),
        "networkx": judge(test, ring),
        "networkx, alike": judge(test, ring_alike),
        "Counterfoil": judge(test, {r["key"] for r in test if r["ours"] >= 3}, refused=True),
    }
    show(columns, said)
    if len(sys.argv) == 4:
        with open(sys.argv[3], "w") as f:
            json.dump(dict(peers=columns, notes=said), f, indent=1)


def show(columns, said):
    keys = sorted({k for c in columns.values() for k in c["recall"]})
    print("schemes with a claim that is stopped, %".ljust(40) + "".join(n.rjust(17) for n in columns))
    for k in keys:
        cells = [c["recall"].get(k, (0, 0)) for c in columns.values()]
        print(f"{k} ({cells[0][1]})".ljust(40) + "".join(f"{100 * a / b if b else 0:17.1f}" for a, b in cells))
    for name, what in (("honest claims stopped, %", "alarms"), ("precision of what is stopped, %", "precision")):
        cells = [c[what] for c in columns.values()]
        print(name.ljust(40) + "".join(f"{100 * a / b if b else 0:17.3f}" for a, b in cells))
    print(*said, sep="\n")


if __name__ == "__main__":
    main()
