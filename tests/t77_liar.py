# SPDX-License-Identifier: Apache-2.0
# t77_liar.py SERVER PORT: passes everything on to the registry, and changes one bit of each receipt's leaf on its way back.
import base64
import json
import sys
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Liar(BaseHTTPRequestHandler):
    def relay(self):
        data = self.rfile.read(int(self.headers.get("Content-Length", 0))) or None
        headers = {k: v for k, v in self.headers.items() if k in ("Content-Type", "Authorization")}
        try:
            answer = urllib.request.urlopen(urllib.request.Request(sys.argv[1] + self.path, data, headers))
        except urllib.error.HTTPError as e:
            answer = e
        body = answer.read()
        if self.command == "POST" and b'"leaf"' in body:
            receipt = json.loads(body)
            leaf = bytearray(base64.b64decode(receipt["leaf"]))
            leaf[120] ^= 1  # in the decision digest: nothing but the proof shows it
            receipt["leaf"] = base64.b64encode(leaf).decode()
            body = json.dumps(receipt).encode()
        self.send_response(answer.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = relay

    def log_message(self, *args):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[2])), Liar).serve_forever()
