"""Whole processes, from the shell to a result: one crossover of averages of 20 and 50 bars over 2,520 bars.

    startup.py ENGINE CLOSES.npy    prints the total return, by one of the engines below
"""

import json
import os
import statistics
import subprocess
import sys
import time

FEE = 0.001
FAST, SLOW = 20, 50


# ---- What is started: nothing is imported that the engine does not need.

def run_numpy(close):
    import numpy as np
    total = np.concatenate([[0], np.cumsum(close)])
    fast, slow = ((total[SLOW:] - total[SLOW - n : len(total) - n]) / n for n in (FAST, SLOW))
    value, held, armed = 1.0, False, False
    for t, (x, y) in enumerate(zip(fast.tolist(), slow.tolist()), SLOW - 1):
        factor = close[t] / close[t - 1] if held else 1.0
        if x > y and armed and not held:
            held, factor = True, 1 / (1 + FEE)
        elif x < y:
            armed = True
            if held:
                held, factor = False, factor * (1 - FEE)
        value *= factor
    return value - 1


def run_raptorbt(close):
    import numpy as np
    import raptorbt
    fast, slow = (np.asarray(raptorbt.sma(close, n)) for n in (FAST, SLOW))
    with np.errstate(invalid="ignore"):
        above, below = fast > slow, fast < slow
    entry, leave = np.zeros(len(close), bool), np.zeros(len(close), bool)
    entry[1:], leave[1:] = above[1:] & below[:-1], below[1:] & above[:-1]
    stamps = np.arange(1, len(close) + 1, dtype=np.int64) * 86_400_000_000_000
    result = raptorbt.run_single_backtest(
        stamps, close, close, close, close, np.ones(len(close)), entry, leave, 1, 1.0, "X",
        raptorbt.BacktestConfig(initial_capital=100.0, fees=FEE, upon_bar_close=True))
    return result.metrics.total_return_pct / 100


def run_backtesting(close):
    import engine_backtesting
    import pandas as pd
    frame = pd.DataFrame(
        {"Open": close, "High": close, "Low": close, "Close": close, "Volume": 1.0},
        index=pd.date_range("2010-01-01", periods=len(close)))
    test = engine_backtesting.Backtest(
        frame, engine_backtesting.Crossover, cash=1e9, commission=FEE, trade_on_close=True, finalize_trades=False)
    return test.run(fast=FAST, slow=SLOW)["Return [%]"] / 100


def run_vectorbt(close, engine):
    import pandas as pd
    import vectorbt as vbt
    vbt.settings["engine"] = engine
    close = pd.Series(close)
    fast, slow = vbt.MA.run(close, FAST), vbt.MA.run(close, SLOW)
    return vbt.Portfolio.from_signals(
        close, fast.ma_crossed_above(slow), fast.ma_crossed_below(slow), fees=FEE, freq="1D").total_return()


# engine: (function, how far its return may be from Apus's)
PYTHON = {
    "numpy": (run_numpy, 1e-9),
    "raptorbt": (run_raptorbt, 1e-9),
    "backtesting": (run_backtesting, 5e-3),
    "vectorbt-rust": (lambda close: run_vectorbt(close, "rust"), 1e-9),
    "vectorbt-numba": (lambda close: run_vectorbt(close, "numba"), 1e-9),
}
WANTED_SECONDS = 0.025
WAIT_LIMIT = 0.03  # share of its time that a process may have waited for a processor
RETRY_SECONDS = 5.0  # spent on disturbed starts of one engine


# ---- Who starts them.

def compare(options, has_c, table, text_of, number):
    """Starts every engine in turn; returns a row each for the JSON file."""
    import numpy as np
    from engine_c import program
    from process import BIN, BUILD
    from stores import store
    from workloads import HERE, Workload
    print(f"startup: one crossover of {FAST} and {SLOW} bars over 2,520 bars, from the shell to the result")
    close = Workload("sma-1", store("daily")).data["close"][0]
    closes, raw = BUILD / "closes.npy", BUILD / "closes.f64"
    np.save(closes, close)
    close.tofile(raw)
    commands = {"apus": [
        BIN / "apus", "backtest", HERE / "specs" / "sma-daily.json5", "--store", store("daily"),
        "--set", f"fast={FAST}", "--set", f"slow={SLOW}", "--set", 'data.symbols=["S0000"]', "-o",
        BUILD / "startup.h5", "--force", "--json", "--quiet"]}
    if has_c:
        commands["c"] = [program("startup"), raw]
    commands["python, nothing"] = [sys.executable, "-c", "print(0)"]
    wanted = options.engines.split(",") if options.engines else None
    for name in PYTHON:
        if (not options.quick or name == "numpy") and (wanted is None or name in wanted):
            commands[name] = [sys.executable, HERE / "startup.py", name, closes]
    environment = dict(os.environ, NUMBA_CACHE_DIR=str(BUILD / "numba"))
    times = {name: [] for name in commands}
    waits = {name: [] for name in commands}
    answers = {}
    spent = dict.fromkeys(commands, 0.0)
    for turn in range(options.rounds + 1):
        for name, command in commands.items():
            words = [str(word) for word in command]
            seconds, wait, answers[name] = start(words, environment)
            if turn == 0:  # warms the caches
                continue
            while wait > WAIT_LIMIT * seconds and spent[name] < RETRY_SECONDS:
                again, least, _ = start(words, environment)
                spent[name] += again
                if least / again < wait / seconds:
                    seconds, wait = again, least
            times[name].append(seconds)
            waits[name].append(wait / seconds)
    expected = json.loads(answers["apus"])["leaderboard"]["rows"][0]["metrics"]["total_return"]
    rows, result = [("engine", "median", "× Apus", "answer", "rounds")], []
    for name in commands:
        median = statistics.median(times[name])
        gap = 0.0
        if name not in ("apus", "python, nothing"):
            gap = abs(float(answers[name].split()[-1]) - expected) / (1 + abs(expected))
        agrees = gap <= PYTHON.get(name, (None, 1e-9))[1]
        clean = max(waits[name]) <= WAIT_LIMIT
        said = f"within {gap:.0e}" if agrees else f"DIFFERS by {gap:.1e}"
        said = "–" if name in ("apus", "python, nothing") else said
        over = statistics.median(a / b for a, b in zip(times[name], times["apus"]))
        rows.append((name, text_of(median), number(over), said,
                     f"{len(times[name])} {'clean' if clean else 'DISTURBED'}"))
        result.append({"engine": name, "seconds": times[name], "median": median, "clean": clean, "agrees": agrees})
    table(rows)
    median = statistics.median(times["apus"])
    print(f"  Apus: {text_of(median)}, at most {text_of(WANTED_SECONDS)} is wanted: "
          f"{'met' if median <= WANTED_SECONDS else 'MISSED'}\n")
    return result


def start(command, environment):
    """Seconds of a process, how long it waited for a processor, and what it printed."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    output = process.stdout.read().decode()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    seconds = time.perf_counter() - begin
    try:
        with open(f"/proc/{process.pid}/schedstat", encoding="ascii") as file:
            wait = int(file.read().split()[1]) * 1e-9
    except (OSError, IndexError):
        wait = 0.0
    if process.wait() != 0:
        raise SystemExit(f"error: {' '.join(command)} ended with status {process.returncode}")
    return seconds, wait, output


if __name__ == "__main__":
    import numpy
    print(PYTHON[sys.argv[1]][0](numpy.load(sys.argv[2])))
