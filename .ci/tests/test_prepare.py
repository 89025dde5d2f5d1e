import pathlib
import shutil
import subprocess
import tempfile
import unittest

from load import SCRIPTS

GOOD_SWIFT = "echo 'Swift version 6.3.1 (swift-6.3.1-RELEASE)'"


class Prepare(unittest.TestCase):
    """Runs the script with a PATH that holds only what a case gives it."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="apus prepare ")
        self.addCleanup(holder.cleanup)
        self.bin = pathlib.Path(holder.name)
        for name in ("sh", "sed", "head", "cat", "env"):
            (self.bin / name).symlink_to(shutil.which(name))

    def give(self, name, body):
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    def give_all(self, root=True):
        self.give("swift", GOOD_SWIFT)
        self.give("pkg-config", "exit 0")
        self.give("python3", "exit 0")
        self.give("id", "echo 0" if root else "echo 1000")
        (self.bin / "Random123").mkdir()
        (self.bin / "Random123/philox.h").touch()
        (self.bin / "libopenblas.so.0").touch()

    def give_apt(self):
        self.give("apt-get", f'echo "$DEBIAN_FRONTEND: $*" >>"{self.bin}/apt.log"')

    def apt_calls(self):
        log = self.bin / "apt.log"
        return log.read_text().splitlines() if log.exists() else []

    def prepare(self):
        return subprocess.run(
            [self.bin / "sh", SCRIPTS / "prepare"], capture_output=True, text=True, timeout=60,
            env={"PATH": str(self.bin), "CPATH": str(self.bin), "LD_LIBRARY_PATH": str(self.bin)},
            check=False)

    def test_no_swift(self):
        done = self.prepare()
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no swift", done.stderr)
        self.assertIn("https://www.swift.org/install", done.stderr)
        self.assertIn("swiftly install", done.stderr)

    def test_old_and_strange_swift(self):
        for text, found in [
            ("Swift version 6.2.4 (x)", "this is swift 6.2"),
            ("Apple Swift version 5.10 (x)", "this is swift 5.10"), ("nonsense", "no version"),
        ]:
            with self.subTest(text=text):
                self.give("swift", f"echo '{text}'")
                done = self.prepare()
                self.assertEqual(done.returncode, 1)
                self.assertIn(found, done.stderr)

    def test_newer_swift_is_welcome(self):
        self.give_all()
        for version in ("6.3", "6.10.1", "7.0"):
            self.give("swift", f"echo 'Swift version {version} (x)'")
            self.assertNotIn("Apus needs", self.prepare().stderr)

    def test_missing_packages_are_named_and_installed(self):
        self.give_all()
        self.give_apt()
        self.give("pkg-config", '[ "$2" != hdf5-serial ]')
        self.give("python3", '[ "$1" != -c ]')
        done = self.prepare()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("libhdf5-dev is missing: stores and results are HDF5 files", done.stdout)
        calls = self.apt_calls()
        self.assertEqual(len(calls), 2)
        self.assertTrue(calls[0].endswith("update -q"))
        self.assertTrue(calls[1].startswith("noninteractive: install"))
        self.assertIn("--no-install-recommends", calls[1])
        self.assertIn("libhdf5-dev", calls[1])
        self.assertIn("python3-venv", calls[1])
        self.assertNotIn("zlib1g-dev", calls[1])

    def test_without_root_it_asks_sudo(self):
        self.give_all(root=False)
        self.give_apt()
        self.give("pkg-config", "exit 1")
        done = self.prepare()
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no sudo", done.stderr)
        self.assertEqual(self.apt_calls(), [])
        self.give("sudo", f'echo sudo >>"{self.bin}/sudo.log"; exec "$@"')
        self.assertEqual(self.prepare().returncode, 0)
        self.assertEqual(len((self.bin / "sudo.log").read_text().splitlines()), 2)
        self.assertEqual(len(self.apt_calls()), 2)

    def test_without_apt_it_says_what_to_install(self):
        self.give_all()
        self.give("pkg-config", "exit 1")
        done = self.prepare()
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no apt-get here", done.stderr)
        self.assertIn("libhdf5-dev zlib1g-dev libssl-dev", done.stderr)

    def test_nothing_missing_nothing_done(self):
        self.give_all()
        self.give_apt()
        done = self.prepare()
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))
        self.assertEqual(self.apt_calls(), [])


if __name__ == "__main__":
    unittest.main()
