"""An engine as a process, and the measuring of its rounds."""

import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

from workloads import COLUMNS, ROOT

BUILD = ROOT / "build" / "peers"
BIN = ROOT / ".build" / "release"
WINDOW_SECONDS = 0.05  # what a round of one engine should last, by repeating short work
WAIT_LIMIT = 0.03  # share of a round that its threads may have waited for a processor
RETRY_SECONDS = 10.0  # spent on disturbed rounds of one engine
PAUSE_SECONDS = 0.03  # between engines: threads of the last one spin for a while


class Failure(Exception):
    """Something that the user must know and that ends the program."""


class Server:
    """A process that does one thing whenever it is asked to, and says how long it took."""

    scale = 1.0

    def __init__(self, name, command, threads):
        self.name = name
        environment = dict(
            os.environ, NUMBA_CACHE_DIR=str(BUILD / "numba"), RAYON_NUM_THREADS=str(threads),
            OMP_NUM_THREADS=str(threads), POLARS_MAX_THREADS=str(threads))
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
            text=True, env=environment)
        self.greeting = self.hear()
        self.rounds, self.waits, self.repeated = [], [], 0
        self.spent = 0.0

    def ask(self, line):
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # it ended; hear() says why
        return self.hear()

    def hear(self):
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {}
        if not line or "error" in answer:
            self.errors.seek(0)
            said = self.errors.read().decode("utf-8", "replace").strip().splitlines()
            raise Failure(f"{self.name}: {answer.get('error') or (said or ['it ended without a word'])[-1]}")
        return answer

    def warm_up(self):
        """Runs until caches and compilers are warm, and finds how often to repeat short work."""
        once = self.ask("run 1")["seconds"][0]
        if once < 5 or self.scale > 1:
            once = self.ask("run 1")["seconds"][0]
        self.repeats = max(1, round(WINDOW_SECONDS / max(once, 1e-6)))

    def measure(self):
        """One round: seconds of a whole sweep, and the share of the time that threads waited."""
        before, begin = self.waited(), time.perf_counter()
        seconds = self.ask(f"run {self.repeats}")["seconds"]
        wall = time.perf_counter() - begin
        return statistics.median(seconds) * self.scale, (self.waited() - before) / wall, wall

    def round(self):
        seconds, wait, _ = self.measure()
        while wait > WAIT_LIMIT and self.spent < RETRY_SECONDS:
            time.sleep(PAUSE_SECONDS)
            again, least, wall = self.measure()
            self.spent += wall
            self.repeated += 1
            if least < wait:
                seconds, wait = again, least
        self.rounds.append(seconds)
        self.waits.append(wait)

    def waited(self):
        """Seconds that threads of the process were ready to run and had to wait."""
        waits = []
        for thread in pathlib.Path(f"/proc/{self.process.pid}/task").iterdir():
            try:
                waits.append(int((thread / "schedstat").read_text().split()[1]))
            except (OSError, IndexError):
                pass  # it ended in between, or the kernel keeps no account
        # Without an account nothing can be called clean.
        return sum(waits) * 1e-9 if waits else float("nan")

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()


class Engine(Server):
    """A process that runs one sweep whenever it is asked to."""

    def __init__(self, name, workload, threads):
        python = [sys.executable, ROOT / "Benchmarks" / "peers" / "worker.py", name, workload.name]
        apus = [BIN / "apus-bench", "serve", workload.path, "--symbols", str(workload.symbols)]
        command = [*(apus if name == "apus" else python), "--store", workload.store, "--threads", str(threads)]
        for key, value in workload.settings.items():
            command += ["--set", f"{key}={json.dumps(value)}"]
        super().__init__(name, command, threads)
        if self.greeting["lanes"] != workload.lanes:
            raise Failure(f"{name}: {self.greeting['lanes']} lanes, not {workload.lanes}: it reads the spec otherwise")
        self.run = self.greeting.get("run", workload.lanes)
        self.scale = workload.lanes / self.run

    def answers(self):
        with tempfile.NamedTemporaryFile(dir=BUILD) as file:
            self.ask(f"answers {file.name}")
            return np.fromfile(file.name).reshape(-1, len(COLUMNS))
