# SPDX-License-Identifier: Apache-2.0
# t79_openapi.py: what schemathesis has to be told: how our media types are written, and ids that exist, so that answers
# with something in them are held against their schema and not only refusals.
import json
import os
import random
import uuid

import schemathesis

KEPT = dict(line.strip().split("=", 1) for line in open(os.path.join(os.environ["DEMO"], "played")) if "=" in line)
# The object of the told story a path is about; of a path that is not here the generated id stands.
OBJECTS = {
    "/v1/receivables/": ["castings-1", "bearings-2", "castings-3"],
    "/v1/parties/": ["castings", "anchor", "bank_a"],
    "/v1/audit/": ["anchor", "packaging", "castings"],
    "/v1/assets/": ["castings-1", "stock", "receipt"],
    "/v1/inventories/": ["stock"],
    "/v1/prepayments/": ["order"],
    "/v1/warehouse-receipts/": ["receipt"],
    "/v1/sites/": ["yard7"],
    "/v1/bills/": ["bill"],
    "/v1/pools/": ["pool"],
    "/v1/vouchers/": ["voucher", "coin"],
    "/v1/prices/": ["steel"],
    "/v1/findings/": ["double"],
    "/v1/objections/": ["objection"],
    "/v1/encumbrances/": ["assignment"],
    "/v1/anchors/": ["trusted"],
}


@schemathesis.hook
def map_path_parameters(ctx, path_parameters):
    names = next((names for path, names in OBJECTS.items() if ctx.operation.path.startswith(path)), None)
    there = [KEPT[n] for n in names or [] if n in KEPT]
    given = (path_parameters or {}).get("id")
    if there and isinstance(given, str):
        try:
            # one in four stays what was generated: an id nobody knows
            if uuid.UUID(given).int % 4:
                path_parameters["id"] = there[uuid.UUID(given).int % len(there)]
        except ValueError:
            pass
    return path_parameters


@schemathesis.serializer("application/jose")
def jose(ctx, value):
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


@schemathesis.serializer("application/x-ndjson")
def lines(ctx, value):
    return value.encode() if isinstance(value, str) else json.dumps(value).encode()


@schemathesis.deserializer("application/x-ndjson")
def read_lines(ctx, response):
    return [json.loads(line) for line in response.content.decode().splitlines()]
