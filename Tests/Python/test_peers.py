"""Runs the compared sweeps on small grids and holds Apus, and the kernels in C, to a plain loop over bars.

    APUS_BIN=apus python3 Tests/Python/test_peers.py     with apus-bench beside apus

Seven sweeps, with stops, targets, trails, shorts and all three moments to fill, calm prices and wild ones.
"""

import subprocess
import sys
import unittest

import support

BENCH = support.ROOT / "Benchmarks" / "peers" / "bench.py"


class Peers(unittest.TestCase):
    def test_answers_agree(self):
        done = subprocess.run(
            [sys.executable, BENCH, "--tiny"], capture_output=True, text=True, timeout=600, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count("apus and naive within"), 16, done.stdout)


if __name__ == "__main__":
    unittest.main()
