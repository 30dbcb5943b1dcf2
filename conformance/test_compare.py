"""Tests of the comparison between languages."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

import compare


class Compared(unittest.TestCase):
    def compare(self, **clients):
        with tempfile.TemporaryDirectory() as folder:
            for name, lines in clients.items():
                text = "".join(json.dumps({"case": "c", "call": place, "outcomes": told}) + "\n" for place, told in enumerate(lines))
                pathlib.Path(folder, name.replace("_", "-") + ".jsonl").write_text(text, encoding="utf-8")
            with contextlib.redirect_stdout(io.StringIO()) as said, mock.patch.object(sys, "argv", ["compare.py", folder, "rust", "go", "php"]):
                return compare.main(), said.getvalue()

    def test_alike_but_for_ports(self):
        status, said = self.compare(rust_async=[[{"answer": {"Message": "127.0.0.1:1"}}]], go_calls=[[{"answer": {"Message": "127.0.0.1:2"}}]])
        self.assertEqual((status, said.splitlines()[-1]), (0, "1 passed, 0 failed"))

    def test_members_that_no_model_has_and_members_without_a_value_make_no_difference(self):
        status, _ = self.compare(
            rust_async=[[{"answer": {"Fee": 1, "New": 2}}]], go_calls=[[{"answer": {"Fee": 1, "Message": None}}]], php_calls=[[{"answer": {"Fee": 1}}]]
        )
        self.assertEqual(status, 0)
        self.assertEqual(self.compare(rust_async=[[{"answer": {"Fee": 1}}]], go_calls=[[{"answer": {"Fee": "1"}}]])[0], 1)

    def test_another_outcome_and_a_call_that_was_not_made(self):
        status, said = self.compare(rust_async=[[{"kind": "tls"}], [{"kind": "tls"}]], go_calls=[[{"kind": "network"}]])
        self.assertEqual((status, said.splitlines()[-1]), (1, "0 passed, 2 failed"))
        self.assertIn("not played", said)

    def sent(self, **clients):
        """Compares clients that each sent one request to one server."""
        with tempfile.TemporaryDirectory() as folder:
            for name, request in clients.items():
                line = json.dumps({"case": "c", "server": "s", "requests": [{"bytes": request}]}, ensure_ascii=False)
                pathlib.Path(folder, name + "-calls.jsonl").write_text(line + "\n", encoding="utf-8")
            with contextlib.redirect_stdout(io.StringIO()), mock.patch.object(sys, "argv", ["compare.py", folder, "rust", "go", "php"]):
                return compare.main()

    def test_requests_are_alike_but_for_sender_time_and_chance(self):
        def request(sender, time, signature, body):
            return (f"POST / HTTP/1.1\r\nhost: 127.0.0.1:{time}\r\nx-tc-timestamp: {time}\r\nx-tc-requestclient: {sender}\r\nauthorization: "
                    f"TC3-HMAC-SHA256 Credential=ID/2026-11-28/sms/tc3_request, SignedHeaders=host, Signature={signature}\r\n\r\n{body}")

        body = "{\"A\":\"\u2028\u0085\"}"
        first = request("SDK_RUST", 1, "aa", body)
        self.assertEqual(self.sent(rust=first, go=request("SDK_GO", 2, "bb", body)), 0)
        self.assertEqual(self.sent(rust=first, go=request("SDK_GO", 2, "bb", body + " ")), 1)
        self.assertEqual(self.sent(rust=first, go=first.replace("ID/", "OTHER/")), 1)
        self.assertEqual(self.sent(rust=first, go=first.replace("host:", "Host:")), 1)

    def test_forms_and_parts_are_alike_but_for_nonce_and_boundary(self):
        form = "POST / HTTP/1.1\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\nAction=A&Nonce={}&Signature={}&X=1"
        self.assertEqual(self.sent(rust=form.format(9, 1, "a"), go=form.format(10, 22, "b")), 0)
        self.assertEqual(self.sent(rust=form.format(9, 1, "a"), go=form.format(9, 1, "a").replace("X=1", "X=2")), 1)
        parts = "POST / HTTP/1.1\r\ncontent-type: multipart/form-data; boundary={0}\r\n\r\n--{0}\r\n{1}\r\n--{0}--\r\n"
        whole = {"hex": parts.format("abc", "\u00ff").encode("latin-1").hex()}
        self.assertEqual(self.sent(rust=parts.format("xyz", "\u00ff"), go=whole), 0)
        self.assertEqual(self.sent(rust=parts.format("xyz", "y"), go=whole), 1)

    def test_one_client_is_nothing_to_compare(self):
        self.assertEqual(self.compare(rust_async=[])[0], 0)


if __name__ == "__main__":
    unittest.main()
