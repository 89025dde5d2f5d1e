import pathlib
import tempfile
import unittest

from load import script

tidy = script("tidy")


class Tidy(unittest.TestCase):
    def breaches(self, module, text):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "Sources" / module).mkdir(parents=True)
            (root / "Sources" / "README.md").write_text(f"`{module}`")
            (root / "Sources" / module / "A.swift").write_text(text)
            return list(tidy.breaches(root))

    def test_what_is_forbidden(self):
        for module, line in [
            ("Market", "import Foundation"), ("Kernels", "import FoundationEssentials"),
            ("Metrics", "public import Foundation"), ("Arguments", "import struct Foundation.URL"),
            ("Storage", "print(1)"), ("apus", "debugPrint(1)"), ("Jobs", "try! a()"),
            ("Simulation", "let now = Date()"), ("Simulation", "ContinuousClock.now"),
            ("Metrics", "Int.random(in: 0..<3)"), ("Kernels", "a.shuffled()"),
            ("Kernels", 'getenv("A")'), ("Expressions", "ProcessInfo.processInfo"),
            ("Market", "// TO" + "DO: later"),
        ]:
            with self.subTest(module=module, line=line):
                found = self.breaches(module, f"let a = 1\n{line}\n")
                self.assertEqual(len(found), 1)
                self.assertTrue(found[0].startswith(f"Sources/{module}/A.swift:2: "))

    def test_what_is_allowed(self):
        for module, line in [
            ("Storage", "import Foundation"), ("apus", "import FoundationEssentials"),
            ("apus", "try console.print(table)"), ("apus", "func fingerprint(a: Int) {}"),
            ("apus", "package func print(_ line: String) {}"),
            ("Simulation", "// no Date() here, print( neither"),
            ("Metrics", 'let text = "print(Date())"'), ("Jobs", "let started = Date()"),
            ("Interchange", "Int.random(in: 0..<3)"),
        ]:
            with self.subTest(module=module, line=line):
                self.assertEqual(self.breaches(module, line), [])

    def test_the_map_names_every_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "Sources" / "New").mkdir(parents=True)
            (root / "Sources" / "README.md").write_text("`Old`")
            self.assertEqual(
                list(tidy.breaches(root)), ["Sources/README.md:1: the map leaves out `New`"])


if __name__ == "__main__":
    unittest.main()
