#!/usr/bin/env python3
"""Runs the same sweeps through Apus, C, Numba, vectorbt, raptorbt and backtesting.py, checks that the answers agree,
and prints a table for each. make bench-peers runs it with everything it needs; Benchmarks/README.md explains it.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import time

import numpy as np

import engine_c
import imports
import startup
import tiny
from answers import agreement, differences
from process import BIN, BUILD, PAUSE_SECONDS, WAIT_LIMIT, Engine, Failure
from stores import store
from workloads import WORKLOADS, Workload

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


def text_of(seconds):
    for unit, size in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size or unit == "µs":
            return f"{seconds / size:.3g} {unit}" if seconds < 1000 * size else f"{seconds / size:,.0f} {unit}"


def number(value):
    """Three digits, or all of a whole number."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


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
        checked = {engine.name: agreement(engine.name, differences(engine.answers(), expected, engine.run))
                   for engine in running[1:]}
    finally:
        for engine in running:
            engine.close()
    kernels = [engine for engine in running if engine.name in ("c", "c-events")]
    best = min(kernels, key=lambda engine: ratio(engine.rounds, kernels[0].rounds), default=None)
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
            engine.name, part + text_of(median), f"{number(median / lane_bars * 1e9)} ns", number(by_c),
            number(by_apus), said, notes))
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
        print(f"  {what}: {number(value)}, {'at most' if side == 'most' else 'at least'} {bar:,g} is wanted: "
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


def main():
    parser = argparse.ArgumentParser(description=" ".join(__doc__.split()))
    parser.add_argument("--only", metavar="TEXT", help="workloads whose name holds this; also: import, startup, scaling")
    parser.add_argument("--engines", metavar="LIST", help="of the engines, these and apus only, as in c,numba")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="rounds, at least 5, which is the default")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), metavar="N", help="threads of every engine; one a processor unless given")
    parser.add_argument("--quick", action="store_true", help="only what is fast: apus, C and Numba, fewer lanes")
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="write the numbers here too")
    parser.add_argument("--tiny", action="store_true", help="check answers on small grids; needs numpy and h5py only")
    options = parser.parse_args()
    if options.rounds < 5:
        parser.error(f"--rounds: {options.rounds} is too few for a median to mean anything; give at least 5")
    names = [*WORKLOADS, *imports.LAYOUTS, "startup", "scaling"]
    if options.only and not any(options.only in name for name in names):
        parser.error(f"--only: '{options.only}' is in no name; there are: {', '.join(names)}")
    known = {engine for engines in ENGINES.values() for engine in engines} | set(startup.PYTHON) | set(imports.READERS)
    for engine in options.engines.split(",") if options.engines else []:
        if engine not in known:
            parser.error(f"--engines: there is no '{engine}'; there are: {', '.join(sorted(known))}")
    for program in ("apus", "apus-bench"):
        if not (BIN / program).exists():
            raise Failure(f"{BIN / program} is not there; build it: swift build -c release --product {program}")
    BUILD.mkdir(parents=True, exist_ok=True)
    if options.tiny:
        return 1 if tiny.check(options) else 0

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
        elif name in imports.LAYOUTS:
            if not options.quick:
                report.setdefault("imports", []).append(imports.compare(name, options, table, text_of, number))
        elif name == "startup":
            report["startup"] = startup.compare(options, has_c, table, text_of, number)
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
    wrong += [reader for layout in report.get("imports", []) for reader in layout["readers"] if not reader["agrees"]]
    return 1 if wrong or not all(row["agrees"] for row in report.get("startup", [])) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        sys.exit(3)
    except KeyboardInterrupt:
        sys.exit(130)
