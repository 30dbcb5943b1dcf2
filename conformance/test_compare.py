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
            with contextlib.redirect_stdout(io.StringIO()) as said, mock.patch.object(sys, "argv", ["compare.py", folder]):
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

    def test_one_client_is_nothing_to_compare(self):
        self.assertEqual(self.compare(rust_async=[])[0], 0)


if __name__ == "__main__":
    unittest.main()
