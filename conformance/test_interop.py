"""Tests that the interop cases leave out no action and no parameter."""

import json
import pathlib
import unittest

HERE = pathlib.Path(__file__).resolve().parent


class Whole(unittest.TestCase):
    def test_every_parameter_of_every_action_is_sent_by_a_case(self):
        cases = json.loads((HERE / "cases" / "interop.json").read_text(encoding="utf-8"))["cases"]
        sent = {(call["version"], call["action"], name) for case in cases for call in case["calls"] for name in call["parameters"]}
        for facts in (HERE.parent / "api" / "facts").glob("*.json"):
            api = json.loads(facts.read_text(encoding="utf-8"))
            for action, about in api["actions"].items():
                for parameter in api["structures"][about["input"]]:
                    self.assertIn((api["version"], action, parameter["name"]), sent)


if __name__ == "__main__":
    unittest.main()
