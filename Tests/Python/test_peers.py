"""Runs the compared sweeps on small grids and holds Apus, and the kernels in C, to a plain loop over bars.

    APUS_BIN=apus APUS_STORE_EQUITY=us_equity.h5 python3 Tests/Python/test_peers.py     with apus-bench beside apus

Seven sweeps, with stops, targets, trails, shorts and all three moments to fill, calm prices and wild ones.
"""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import support

PEERS = support.ROOT / "Benchmarks" / "peers"


class Peers(unittest.TestCase):
    def test_answers_agree(self):
        done = subprocess.run(
            [sys.executable, PEERS / "bench.py", "--tiny"], capture_output=True, text=True, timeout=600, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count("apus and naive within"), 16, done.stdout)


class Serve(unittest.TestCase):
    """apus-bench serve: a line of JSON for every line, whatever it says."""

    def talk(self, *lines):
        command = [
            support.argument("APUS_BIN").with_name("apus-bench"), "serve", PEERS / "specs" / "rsi.json5", "--store",
            support.argument("APUS_STORE_EQUITY"), "--symbols", "2", "--set", "n=[5, 14]", "--set", "ceiling=[60]"]
        done = subprocess.run(
            command, input="".join(line + "\n" for line in lines), capture_output=True, text=True, timeout=60, check=True)
        greeting, *answers = map(json.loads, done.stdout.splitlines())
        self.assertEqual((greeting["lanes"], greeting["symbols"]), (20, 2))
        self.assertEqual(len(answers), len(lines))
        return answers

    def test_runs_and_answers(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "answers of two"
            once, twice, written = self.talk("run", "run 2", f"answers {path}")
            self.assertEqual((len(once["seconds"]), len(twice["seconds"])), (1, 2))
            self.assertTrue(all(seconds > 0 for seconds in once["seconds"] + twice["seconds"]))
            self.assertEqual((written["rows"], len(written["columns"])), (20, 4))
            self.assertEqual(path.stat().st_size, 20 * 4 * 8)

    def test_mistakes_are_answered_and_end_nothing(self):
        for line in ("", "walk", "run x", "run 0", "run -1", "answers", "answers /no/such/folder/file"):
            with self.subTest(line=line):
                mistake, run = self.talk(line, "run")
                self.assertIn("error", mistake)
                self.assertIn("seconds", run)


if __name__ == "__main__":
    unittest.main()
