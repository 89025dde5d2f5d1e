import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "Sources" / "Simulation" / "README.md"
ROW = re.compile(r"\| (\d+) \| .* \| (.*) \|$")


class Rules(unittest.TestCase):
    """The table of complaints names tests that exist, and leaves no number out."""

    def test_each_complaint_has_tests(self):
        sources = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "Tests").rglob("*.swift"))
        tests = set(re.findall(r"@Test\b.*?\bfunc (\w+)", sources, re.DOTALL))
        rows = [match for match in map(ROW.match, PAGE.read_text(encoding="utf-8").splitlines()) if match]
        self.assertEqual([int(row[1]) for row in rows], list(range(1, 24)))
        for row in rows:
            names = re.findall(r"`(\w+)`", row[2])
            self.assertTrue(names, f"complaint {row[1]} has no test")
            self.assertEqual([name for name in names if name not in tests], [], f"complaint {row[1]}")


if __name__ == "__main__":
    unittest.main()
