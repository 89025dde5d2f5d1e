import pathlib
import tempfile
import unittest

from load import script

tidy = script("tidy")


MAP = """| layer | module | what |
|---|---|---|
| 6 | `apus` | the executable, over `Kernels` |
| side | `Arguments` | flags |
| 5 | `Jobs` | |
| 4 | `Interchange` | |
| 2 | `Storage` | |
| 2 | `Simulation` | |
| 2 | `Expressions` | |
| 1 | `Market` | |
| 1 | `Metrics`, `LaneKernels` | |
| 0 | `Kernels` | |
| C | `CHDF5`, `CZlib` | |
"""


class Tidy(unittest.TestCase):
    def breaches(self, module, text):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "Sources" / module).mkdir(parents=True)
            (root / "Sources" / "README.md").write_text(MAP)
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

    def test_imports_go_down(self):
        for module, line in [
            ("Kernels", "import Market"), ("Storage", "import Simulation"), ("Jobs", "import apus"),
            ("Jobs", "import Arguments"), ("Arguments", "import Market"), ("Market", "import struct Storage.A"),
            ("Market", "@_exported import Jobs"), ("LaneKernels", "internal import Metrics"),
        ]:
            with self.subTest(module=module, line=line):
                found = self.breaches(module, line + "\n")
                self.assertEqual(found, [f"Sources/{module}/A.swift:1: an import against the layers of the map: {line}"])
        for module, line in [
            ("apus", "import Arguments"), ("apus", "import Market"), ("apus", "import apus"), ("Jobs", "@_exported import Kernels"),
            ("Storage", "import CHDF5"), ("Kernels", "import Glibc"), ("LaneKernels", "import Kernels"),
            ("Market", "// import Jobs"), ("Arguments", "import Glibc"), ("Arguments", "import Kernels"),
        ]:
            with self.subTest(module=module, line=line):
                self.assertEqual(self.breaches(module, line + "\n"), [])

    def test_the_map_names_every_folder(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "Sources" / "New").mkdir(parents=True)
            (root / "Sources" / "README.md").write_text(MAP + "and `New`")
            self.assertEqual(
                list(tidy.breaches(root)), ["Sources/README.md:1: the map gives `New` no layer"])

    def test_links_are_not_read_twice(self):
        with tempfile.TemporaryDirectory() as folder:
            sources = pathlib.Path(folder) / "Sources"
            (sources / "Kernels").mkdir(parents=True)
            (sources / "Kernels" / "A.swift").write_text("try! a()\n")
            (sources / "LaneKernels").symlink_to("Kernels")
            (sources / "README.md").write_text(MAP)
            self.assertEqual(len(list(tidy.breaches(sources.parent))), 1)


if __name__ == "__main__":
    unittest.main()
