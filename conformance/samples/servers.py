"""The two servers that a sample meets: the service, whose request log is the witness, and one that gives fixed answers."""

import http.server
import json
import pathlib
import signal
import subprocess
import threading
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent


class Service:
    """`tcsms serve` with the account of the samples, its data in memory."""

    def __init__(self, program, log):
        self._log = open(log, "wb")
        command = [program, "serve", "--listen", "127.0.0.1:0", "--database", "memory", "--config", HERE / "service.toml"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self._log)
        line = self._process.stdout.readline()
        if not line:
            self._process.wait()
            raise RuntimeError(f"the service did not start: {pathlib.Path(log).read_text(errors='replace')}")
        self.address = json.loads(line)["api"]

    def requests(self):
        """Every call that arrived, with its text on the wire, the oldest first."""
        listed = self._ask("requests")["requests"]
        return [self._ask("requests/" + urllib.parse.quote(call["id"], safe="")) for call in listed]

    def refuse(self, code):
        """Lets every further call be refused with this code, as a rule of the service would."""
        self._ask("faults", "PUT", {"faults": [{"id": "refused", "do": {"error": {"code": code}}}]})

    def _ask(self, path, method="GET", body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.address}/_tcsms/v1/{path}", data, {"Content-Type": "application/json"}, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            text = answer.read()
            return json.loads(text) if text else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(timeout=30)
        self._process.stdout.close()
        self._log.close()


class Fixed:
    """A server that gives each action one fixed answer, whatever the request asks for."""

    def __init__(self, answers):
        self.heard = []
        heard, lock = self.heard, threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode(errors="replace")
                action = self.headers.get("X-TC-Action") or form(self.path.partition("?")[2] or body).get("Action")
                with lock:
                    heard.append(action)
                told = answers.get(action, {"Error": {"Code": "InvalidAction", "Message": "no fixed answer"}, "RequestId": "0"})
                # No blank that JSON does not need, names in the order of the table.
                text = json.dumps({"Response": told}, ensure_ascii=False, separators=(",", ":")).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()


def form(text):
    """The parameters of a query or form by name."""
    return dict(urllib.parse.parse_qsl(text, keep_blank_values=True))
