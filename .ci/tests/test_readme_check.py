import pathlib
import tempfile
import unittest

from load import script

readme = script("readme-check")

PAGE = """# A page

```sh
false  # no console block: not run
```

```console
$ printf 'one\\ntwo\\n'
one
two
$ echo a \\
    b; echo to standard error >&2
a b
to standard error
$ true
```

Between.

```console status=3
$ echo 'done: 1,040 lanes in 0.12 s, 1.2 M lanes/s, 2 threads'; exit 3
done: 1,040 lanes in 35 ms,  890 k lanes/s, 16 threads
```
"""


class ReadmeCheck(unittest.TestCase):
    def check(self, page, update=False):
        with tempfile.TemporaryDirectory(prefix="apus readme ") as folder:
            said = []
            failures, updated = readme.check(page, pathlib.Path(folder), update, said.append)
            return failures, updated, "\n".join(said)

    def test_a_true_page_passes_unchanged(self):
        for update in (False, True):
            failures, updated, _ = self.check(PAGE, update)
            self.assertEqual(failures, 0)
            self.assertEqual(updated, PAGE)

    def test_each_untruth_is_found(self):
        for old, new, said in [
            ("one\ntwo", "one\nthree", "line 10: the output differs"),
            ("one\ntwo", "one", "now:  two"),
            ("one\ntwo", "one\ntwo\nthree", "page: three"),
            ("a b\nto", "a c\nto", "line 13: the output differs"),
            ("$ true", "$ true\nmore", "page: more"),
            ("$ true", "$ false", "exit status 1, not 0"),
            (" status=3", "", "exit status 3, not 0"),
            ("\ndone: 1,040", "\ndone: 1,041", "page: done: 1,041"),
        ]:
            with self.subTest(new=new):
                self.assertIn(old, PAGE)
                failures, _, report = self.check(PAGE.replace(old, new, 1))
                self.assertEqual(failures, 1)
                self.assertIn(said, report)

    def test_update_writes_the_truth(self):
        wrong = PAGE.replace("one\ntwo\n$", "uno\n$").replace("$ true\n", "$ true\nmore\n")
        self.assertNotEqual(wrong, PAGE)
        failures, updated, _ = self.check(wrong, update=True)
        self.assertEqual((failures, updated), (0, PAGE))

    def test_commands_share_the_folder_in_order(self):
        failures, _, _ = self.check("```console\n$ echo x > a\n$ cat a\nx\n```\n")
        self.assertEqual(failures, 0)

    def test_files_are_there_for_the_commands_after_them(self):
        page = '```console\n$ test ! -e build/a/b.txt\n```\n```text build/a/b.txt\n{ "c": 1 }\n$ false\n```\n'
        failures, _, _ = self.check(page + '```console\n$ head -n 1 build/a/b.txt\n{ "c": 1 }\n```\n')
        self.assertEqual(failures, 0)

    def test_what_the_compiler_says_is_left_out(self):
        said = "[0/1] Planning build\\nBuilding for production...\\n[3/4] Compiling A B.swift\\n"
        said += "Build of product '\"'apus'\"' complete! (0.30s)\\nafter\\n"
        page = f"```console\n$ printf \"{said}\"\nafter\n```\n".replace("'\"'", "'")
        self.assertEqual(self.check(page)[0], 0)
        failures, updated, _ = self.check(page.replace("\nafter\n```", "\nbefore\n```"), update=True)
        self.assertEqual((failures, updated), (0, page))

    def test_blocks_that_cannot_be_read(self):
        for page in (
            "```console\nno dollar\n```\n", "```console\n$ true\n", "```console stats=1\n$ true\n```\n",
            "```csv elsewhere/a.csv\na\n```\n", "```csv build/../a.csv\na\n```\n",
        ):
            with self.subTest(page=page), self.assertRaises(ValueError):
                self.check(page)

    def test_what_is_normal(self):
        for one, other in [
            ("in 0.12 s", "in 3 ms"), ("after 2 min 5 s", "after 59 s"), ("  3 s", "12 s"),
            ("8.1 k rows/s", "12 M rows/s"), ("1 worker", "8 workers"),
            ("at 2026-01-31T12:00:00Z", "at 2025-12-31T01:02:03.5Z"),
        ]:
            self.assertEqual(readme.normal([one])[0].lstrip(), readme.normal([other])[0].lstrip())
        for one, other in [
            ("46 symbols", "47 symbols"), ("sharpe 1.20", "sharpe 1.21"), ("12.3 %", "12.4 %"),
            ("2013-02-08", "2013-02-09"), ("1,259 bars", "1,260 bars"), ("a  b", "a b"),
        ]:
            self.assertNotEqual(readme.normal([one]), readme.normal([other]))


if __name__ == "__main__":
    unittest.main()
