#!/usr/bin/env python3
"""Runs the same sweeps through Apus, C, Numba, vectorbt, raptorbt and backtesting.py, checks that the answers agree,
and prints a table for each. make bench-peers runs it with everything it needs; Benchmarks/README.md explains it.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np

import engine_c
import startup
from workloads import COLUMNS, ROOT, WORKLOADS, Workload

BUILD = ROOT / "build" / "peers"
BIN = ROOT / ".build" / "release"
WINDOW_SECONDS = 0.05  # what a round of one engine should last, by repeating short work
WAIT_LIMIT = 0.03  # share of a round that its threads may have waited for a processor
RETRY_SECONDS = 10.0  # spent on disturbed rounds of one engine
PAUSE_SECONDS = 0.03  # between engines: threads of the last one spin for a while

FAST = ["apus", "c", "numba"]
ENGINES = {
    "sma-1": [*FAST, "c-events", "raptorbt", "vectorbt-rust", "vectorbt-numba", "backtesting"],
    "sma-100": [*FAST, "c-events", "raptorbt", "vectorbt-rust", "vectorbt-numba"],
    "sma-minute": [*FAST, "raptorbt", "vectorbt-rust", "vectorbt-numba"],
}
# (engine, most of Apus's time over its own, least of its own time over Apus's).
BARS = {
    "sma-1": {"best c": ("most", 1.3), "numba": ("least", 5), "raptorbt": ("least", 150),
              "vectorbt-rust": ("least", 1500)},
    "sma-minute": {"best c": ("most", 1.3)},
}
BARS["sma-100"] = BARS["sma-1"]
OWN_BAR = {"best c": ("most", 1.5)}

# How far an answer may be from Apus's: growth relative, the others absolute; None where a library means something else.
TOLERANCES = (1e-9, 1e-8, 1e-8, 0)
OWN_TOLERANCES = {"backtesting": (5e-3, None, 5e-3, None)}  # whole units, and its own Sharpe ratio

TINY_SETTINGS = {
    "sma-1": {"fast": [2, 3, 5, 8, 13], "slow": [3, 5, 9, 14, 21, 34, 50]},
    "sma-100": {"fast": [2, 10], "slow": [5, 10, 20]},
    "sma-minute": {"fast": [2, 5], "slow": [5, 10, 20, 40, 60, 61, 62, 63, 64, 65]},
    "rsi": {"n": [2, 3, 4, 6, 9, 14, 20, 27, 35], "floor": [20, 40], "ceiling": [52, 60, 76]},
    "bollinger": {"n": [5, 7, 10, 11, 13, 17, 20, 30, 45], "k": [1, 1.75], "stop": [0.01, 0.03, 0.14]},
    "donchian": {"entry": [45, 60, 100], "exit": [1, 2, 5, 9, 12, 20, 28, 40, 44]},
    "macd": {"fast": [3, 12], "slow": [15, 26], "trail": [0.02, 0.08, 0.4], "signal": [1, 2, 3, 4, 5, 7, 9, 12, 15]},
    "filter": {"m": [3, 14], "x": [45, 65], "k": [0.8, 1.1], "n": [2, 5, 8, 10, 13, 20, 25, 30, 50]},
}


class Failure(Exception):
    """Something that the user must know and that ends the program."""


class Engine:
    """A process that runs one sweep whenever it is asked to."""

    def __init__(self, name, workload, threads):
        self.name = name
        python = [sys.executable, ROOT / "Benchmarks" / "peers" / "worker.py", name, workload.name]
        apus = [BIN / "apus-bench", "serve", workload.path, "--symbols", str(workload.symbols)]
        command = [*(apus if name == "apus" else python), "--store", workload.store, "--threads", str(threads)]
        for key, value in workload.settings.items():
            command += ["--set", f"{key}={json.dumps(value)}"]
        environment = dict(
            os.environ, NUMBA_CACHE_DIR=str(BUILD / "numba"), RAYON_NUM_THREADS=str(threads),
            OMP_NUM_THREADS=str(threads))
        self.errors = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True,
            env=environment)
        self.greeting = self.hear()
        if self.greeting["lanes"] != workload.lanes:
            raise Failure(f"{name}: {self.greeting['lanes']} lanes, not {workload.lanes}: it reads the spec otherwise")
        self.scale = workload.lanes / self.greeting.get("run", workload.lanes)
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
        self.ask("run 1")
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

    def answers(self):
        with tempfile.NamedTemporaryFile(dir=BUILD) as file:
            self.ask(f"answers {file.name}")
            return np.fromfile(file.name).reshape(-1, len(COLUMNS))

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.errors.close()


def differences(found, expected):
    """Largest difference of each column over the lanes that were run; infinite where one is undefined."""
    run = ~np.isnan(found[:, 0])
    found, expected = found[run], expected[run]
    gap = np.abs(found - expected)
    gap[:, 0] /= 1 + np.abs(expected[:, 0])
    undefined = np.isnan(found) & np.isnan(expected)
    gap[undefined] = 0
    gap[np.isnan(gap)] = np.inf
    return gap.max(axis=0) if len(gap) else np.full(len(COLUMNS), np.inf)


def agreement(name, gap):
    """(whether an engine's answers are Apus's, how the table says so)"""
    held = OWN_TOLERANCES.get(name, TOLERANCES)
    wrong = [
        f"{column} by {value:.1e}" for column, value, limit in zip(COLUMNS, gap, held)
        if limit is not None and not value <= limit]
    if wrong:
        return False, "DIFFERS: " + ", ".join(wrong)
    parts = [value for value, limit in zip(gap[:3], held) if limit is not None]
    entries = "entries equal" if held[3] is not None else "entries not held"
    return True, f"within {max(parts):.0e}, {entries}"


def text_of(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size or unit == "µs":
            return f"{seconds / size:.3g} {unit}" if seconds < 1000 * size else f"{seconds / size:,.0f} {unit}"


def table(rows):
    widths = [max(len(str(row[i])) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        cells = [str(cell).ljust(width) if i == 0 or i == len(row) - 1 else str(cell).rjust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        print(("  " + "  ".join(cells)).rstrip())


def ratio(a, b):
    """Median of the ratios of rounds."""
    return statistics.median(x / y for x, y in zip(a, b))


def compare(workload, engines, options):
    """Measures one workload; returns what goes to the JSON file."""
    heading = (f"{workload.name}: {len(workload.points):,} combinations × {workload.symbols} "
               f"{'symbol' if workload.symbols == 1 else 'symbols'} × {workload.bars:,} bars, {workload.fill}")
    print(heading, flush=True)
    running = []
    try:
        for name in engines:
            running.append(Engine(name, workload, options.threads))
            running[-1].warm_up()
        for turn in range(options.rounds):
            shift = turn % len(running)
            for engine in running[shift:] + running[:shift]:
                time.sleep(PAUSE_SECONDS)
                engine.round()
        apus = running[0]
        expected = apus.answers()
        checked = {engine.name: agreement(engine.name, differences(engine.answers(), expected))
                   for engine in running[1:]}
    finally:
        for engine in running:
            engine.close()
    kernels = [engine for engine in running if engine.name in ("c", "c-events")]
    best = min(kernels, key=lambda engine: statistics.median(engine.rounds)) if kernels else None
    lane_bars = workload.lanes * workload.bars
    rows = [("engine", "median", "a lane-bar", "× best C", "× Apus", "answers", "rounds")]
    result = {"workload": workload.name, "lanes": workload.lanes, "bars": workload.bars, "engines": []}
    for engine in running:
        median = statistics.median(engine.rounds)
        clean = max(engine.waits) <= WAIT_LIMIT
        by_c = ratio(engine.rounds, best.rounds) if best else float("nan")
        by_apus = ratio(engine.rounds, apus.rounds)
        part = "≈ " if engine.scale > 1 else ""
        said = "–" if engine is apus else checked[engine.name][1]
        notes = f"{len(engine.rounds)} {'clean' if clean else 'DISTURBED'}"
        notes += f", {engine.repeated} repeated" if engine.repeated else ""
        rows.append((
            engine.name, part + text_of(median), f"{median / lane_bars * 1e9:.3g} ns", f"{by_c:.3g}", f"{by_apus:.3g}",
            said, notes))
        result["engines"].append({
            "engine": engine.name, "version": engine.greeting.get("version") or engine.greeting.get("variant", ""),
            "seconds": engine.rounds, "median": median, "over_best_c": by_c, "over_apus": by_apus,
            "part_run": 1 / engine.scale, "clean": clean, "waits": engine.waits,
            "agrees": engine is apus or checked[engine.name][0], "answers": said})
    table(rows)
    by_name = {engine.name: engine for engine in running} | ({"best c": best} if best else {})
    for name, (side, bar) in BARS.get(workload.name, OWN_BAR).items():
        if name not in by_name:
            continue
        other = by_name[name].rounds
        value = ratio(apus.rounds, other) if side == "most" else ratio(other, apus.rounds)
        met = value <= bar if side == "most" else value >= bar
        what = f"Apus / {best.name}" if name == "best c" else f"{name} / Apus"
        print(f"  {what}: {value:.3g}, {'at most' if side == 'most' else 'at least'} {bar:g} is wanted: "
              f"{'met' if met else 'MISSED'}")
        result.setdefault("wanted", []).append({"what": what, "value": value, "bar": bar, "side": side, "met": met})
    print()
    return result


def scaling(options):
    """Apus alone, over ever more lanes."""
    print("scaling: Apus on rsi, 40 windows and ever more thresholds, 2,520 bars")
    sizes = [(5, 5), (10, 25), (50, 50)] + ([] if options.quick else [(100, 250), (500, 500)])
    rows = [("lanes", "1 thread", "a lane-bar", f"{options.threads} threads", "a lane-bar", "speed-up", "rounds")]
    result = []
    for floors, ceilings in sizes:
        settings = {"floor": np.linspace(20, 45, floors).tolist(), "ceiling": np.linspace(52, 76, ceilings).tolist()}
        workload = Workload("rsi", store("daily"), settings)
        running = []
        try:
            for threads in (1, options.threads):
                running.append(Engine("apus", workload, threads))
                running[-1].warm_up()
            for _ in range(options.rounds):
                for engine in running:
                    engine.round()
        finally:
            for engine in running:
                engine.close()
        one, many = (statistics.median(engine.rounds) for engine in running)
        lane_bars = workload.lanes * workload.bars
        clean = max(max(engine.waits) for engine in running) <= WAIT_LIMIT
        rows.append((
            f"{workload.lanes:,}", text_of(one), f"{one / lane_bars * 1e9:.4f} ns", text_of(many),
            f"{many / lane_bars * 1e9:.4f} ns", f"{ratio(running[0].rounds, running[1].rounds):.2f}",
            f"{options.rounds} {'clean' if clean else 'DISTURBED'}"))
        result.append({"lanes": workload.lanes, "bars": workload.bars, "one_thread": running[0].rounds,
                       "all_threads": running[1].rounds, "threads": options.threads, "clean": clean})
    table(rows)
    print()
    return result


def store(name):
    """A store of the benchmark, made on first use."""
    path = BUILD / f"{name}.h5"
    if not path.exists():
        size = ["--bars", "2520", "--symbols", "100"]
        if name == "minute":
            size = ["--bars", "1000000", "--symbols", "1", "--frequency", "minute", "--drift", "0"]
        # Unrounded prices, so that no two averages tie.
        generate(path, *size, "--seed", "20240229")
    return path


def generate(path, *options):
    path.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(
        [BIN / "apus", "generate", *options, "--decimals", "-1", "--store", path, "--quiet"], check=True)


def tiny(options):
    """Holds Apus, and C where it runs, to the naive engine on small grids; nothing is timed."""
    engines = ["apus"] if engine_c.lacking() else ["apus", "c"]
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for volatility in ("0.25", "1.5"):
            daily, minute = (pathlib.Path(folder) / f"{kind}-{volatility}.h5" for kind in ("daily", "minute"))
            shape = ["--volatility", volatility, "--seed", "3"]
            generate(daily, "--bars", "420", "--symbols", "3", *shape)
            generate(minute, "--bars", "900", "--symbols", "1", "--frequency", "minute", *shape)
            for name, settings in TINY_SETTINGS.items():
                if options.only and options.only not in name:
                    continue
                workload = Workload(name, minute if name == "sma-minute" else daily, settings)
                tables = {}
                for engine_name in [*engines, "naive"]:
                    engine = Engine(engine_name, workload, options.threads)
                    try:
                        engine.ask("run 1")
                        tables[engine_name] = engine.answers()
                    finally:
                        engine.close()
                entries = tables["naive"][:, 3]
                if not entries.sum() > len(entries):
                    raise Failure(f"{name}: too few entries to prove anything")
                for engine_name in engines:
                    agrees, said = agreement(engine_name, differences(tables[engine_name], tables["naive"]))
                    failures += not agrees
                    print(f"{name}, volatility {volatility}: {engine_name} and naive {said} "
                          f"({len(entries)} lanes, {entries.sum():.0f} entries)")
    return failures


def main():
    parser = argparse.ArgumentParser(
        description=" ".join(__doc__.split()), formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--only", metavar="TEXT", help="workloads whose name holds this; also: startup, scaling")
    parser.add_argument("--engines", metavar="LIST", help="of the engines, these and apus only, as in c,numba")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds, at least 5")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), metavar="N", help="threads of all")
    parser.add_argument("--quick", action="store_true", help="only what is fast: apus, C and Numba, fewer lanes")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="write the numbers here too")
    parser.add_argument("--tiny", action="store_true", help="check answers on small grids; needs numpy and h5py only")
    options = parser.parse_args()
    if options.rounds < 5:
        parser.error(f"--rounds: {options.rounds} is too few for a median to mean anything; give at least 5")
    names = [*WORKLOADS, "startup", "scaling"]
    if options.only and not any(options.only in name for name in names):
        parser.error(f"--only: '{options.only}' is in no name; there are: {', '.join(names)}")
    for program in ("apus", "apus-bench"):
        if not (BIN / program).exists():
            raise Failure(f"{BIN / program} is not there; build it: swift build -c release --product {program}")
    BUILD.mkdir(parents=True, exist_ok=True)
    if options.tiny:
        return 1 if tiny(options) else 0

    lacks = engine_c.lacking()
    has_c = lacks is None
    if lacks:
        print(f"This machine has no {lacks}, which the kernels in C need: they are left out.\n")
    wanted = options.engines.split(",") if options.engines else None
    report = {"threads": options.threads, "workloads": []}
    for name in names:
        if options.only and options.only not in name:
            continue
        if name == "scaling":
            report["scaling"] = scaling(options)
        elif name == "startup":
            report["startup"] = startup.compare(options, store("daily"), BIN, BUILD, has_c, table, text_of)
        else:
            engines = [
                engine for engine in ENGINES.get(name, FAST)
                if (has_c or engine not in ("c", "c-events")) and (not options.quick or engine in (*FAST, "c-events"))
                and (wanted is None or engine in (*wanted, "apus"))]
            workload = Workload(name, store("minute" if name == "sma-minute" else "daily"))
            report["workloads"].append(compare(workload, engines, options))
    if options.json:
        partial = options.json.with_name(options.json.name + ".tmp")
        partial.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
        partial.replace(options.json)
    wrong = [engine for workload in report["workloads"] for engine in workload["engines"] if not engine["agrees"]]
    return 1 if wrong or not all(row["agrees"] for row in report.get("startup", [])) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        sys.exit(3)
    except KeyboardInterrupt:
        sys.exit(130)
