"""Tests of what surface.py makes of missing lines and exclusions."""

import contextlib
import io
import pathlib
import tempfile
import types
import unittest

import surface

ROWS = [surface.Row("m", "method", "C", f"f{number}", f"f{number}()") for number in range(20)]


class Judged(unittest.TestCase):
    def judge(self, absent, exclusions):
        with tempfile.TemporaryDirectory() as folder:
            language = types.SimpleNamespace(name="x", folder=pathlib.Path(folder))
            pathlib.Path(folder, "surface-excluded.tsv").write_text(exclusions, encoding="utf-8")
            with contextlib.redirect_stdout(io.StringIO()) as said:
                counts = surface.judge(language, ROWS, absent)
        return counts, said.getvalue()

    def test_what_is_missing_is_named_with_the_reason(self):
        counts, said = self.judge({3: "it has no f3"}, "")
        self.assertEqual(counts, (19, 0, 1, 0))
        self.assertIn("missing: m method C.f3", said)
        self.assertIn("it has no f3", said)

    def test_a_line_may_be_excluded_with_a_reason(self):
        self.assertEqual(self.judge({3: "no"}, "m\tmethod\tC\tf3\tit has no meaning here\n")[0], (19, 1, 0, 0))

    def test_exclusions_need_a_reason_a_line_and_a_need(self):
        for exclusions, fault in (
            ("m\tmethod\tC\tf3\t\n", "gives no reason"),
            ("m\tmethod\tC\tf3\twhy\nm\tmethod\tC\tf99\twhy\n", "names no line"),
            ("m\tmethod\tC\tf3\twhy\nm\tmethod\tC\tf4\twhy\n", "is not needed"),
        ):
            counts, said = self.judge({3: "no"}, exclusions)
            self.assertEqual(counts[3], 1)
            self.assertIn(fault, said)

    def test_exclusions_stay_few(self):
        counts, said = self.judge({3: "no", 4: "no"}, "m\tmethod\tC\tf3\twhy\nm\tmethod\tC\tf4\twhy\n")
        self.assertEqual(counts, (18, 2, 0, 1))
        self.assertIn("more than 6 in 100", said)


if __name__ == "__main__":
    unittest.main()
