"""Files of prices into memory: 500 symbols × 2,520 days, as one long CSV file and as a file for each symbol.

    imports.py READER FOLDER [--threads N]    reads whenever a line on standard input asks, see below

`run N` reads N times and answers the seconds of each; `answers` says the number of rows and the sum of each column.
Apus gives a panel whose rows are checked and aligned to [bars, symbols]; the others give a table as it stands.
"""

import json
import math
import pathlib
import statistics
import sys
import time

SYMBOLS, BARS = 500, 2520
COLUMNS = ("open", "high", "low", "close", "volume")
LAYOUTS = {"import-long": "one file", "import-500": f"{SYMBOLS} files"}
WANTED = 1.5  # times the faster of the others


# ---- What is started: nothing is imported that the reader does not need.

def files(folder):
    return sorted(str(path) for path in pathlib.Path(folder).glob("*.csv"))


def polars(folder, threads):
    import polars
    paths = files(folder)
    if len(paths) == 1:
        return polars.__version__, lambda: polars.read_csv(paths[0], try_parse_dates=True)
    pattern = str(pathlib.Path(folder) / "*.csv")
    return polars.__version__, lambda: polars.scan_csv(pattern, try_parse_dates=True).collect()


def pyarrow(folder, threads):
    import pyarrow
    import pyarrow.csv
    pyarrow.set_cpu_count(threads)
    pyarrow.set_io_thread_count(threads)
    paths = files(folder)
    if len(paths) == 1:
        return pyarrow.__version__, lambda: pyarrow.csv.read_csv(paths[0])
    return pyarrow.__version__, lambda: pyarrow.concat_tables([pyarrow.csv.read_csv(path) for path in paths])


READERS = {"polars": polars, "pyarrow": pyarrow}


def serve(reader, folder, threads):
    answers, sys.stdout = sys.stdout, sys.stderr

    def say(**what):
        print(json.dumps(what), file=answers, flush=True)

    version, read = READERS[reader](folder, threads)
    say(version=version)
    for line in sys.stdin:
        verb, _, rest = line.strip().partition(" ")
        if verb == "run":
            seconds = []
            for _ in range(int(rest or 1)):
                begin = time.perf_counter()
                table = read()
                seconds.append(time.perf_counter() - begin)
                del table
            say(seconds=seconds)
        else:
            table = read()
            say(rows=len(table), sums={name: math.fsum(table[name].to_numpy()) for name in COLUMNS})


# ---- Who starts them.

def data(layout, generate, store):
    """A folder of CSV files, made on first use from a store of synthetic prices."""
    import h5py
    import numpy as np
    folder = store.parent / layout
    if folder.exists():
        return folder
    if not store.exists():
        generate(store, "--bars", str(BARS), "--symbols", str(SYMBOLS), "--seed", "20240229")
    with h5py.File(store, "r") as file:
        group = file["panels/us_equity_1d"]
        dates = np.datetime_as_string(group["time"][...].astype("datetime64[ns]"), unit="D")
        names = [name.decode() for name in group["symbol"][...]]
        prices = np.stack([group[name][...] for name in COLUMNS], axis=-1).round(4)
    partial = folder.with_name(folder.name + ".tmp")
    partial.mkdir(parents=True, exist_ok=True)
    header = "date," + ",".join(COLUMNS) + "\n"
    long = open(partial / "long.csv", "w", encoding="ascii") if layout == "import-long" else None
    if long:
        long.write("symbol," + header)
    for index, name in enumerate(names):
        rows = [f"{date},{','.join(map(repr, row))}\n" for date, row in zip(dates, prices[:, index].tolist())]
        if long:
            long.writelines(f"{name},{row}" for row in rows)
        else:
            (partial / f"{name}.csv").write_text(header + "".join(rows), encoding="ascii")
    if long:
        long.close()
    return partial.rename(folder)


def compare(layout, options, table, text_of, number):
    """Reads with every reader in turn; returns what goes to the JSON file."""
    from process import BIN, BUILD, PAUSE_SECONDS, WAIT_LIMIT, Server
    from stores import generate
    folder = data(layout, generate, BUILD / "import.h5")
    paths = files(folder)
    size = sum(pathlib.Path(path).stat().st_size for path in paths)
    print(f"{layout}: {SYMBOLS} symbols × {BARS:,} days in {LAYOUTS[layout]}, {size / 1e6:.1f} MB", flush=True)
    apus = [BIN / "apus-bench", "serve-import", *paths, "--threads", str(options.threads)]
    commands = {"apus": apus + ([] if len(paths) == 1 else ["--symbol-from-filename"])}
    wanted = options.engines.split(",") if options.engines else READERS
    for name in READERS:
        if name in wanted:
            commands[name] = [sys.executable, __file__, name, folder, "--threads", str(options.threads)]
    running = []
    try:
        for name, command in commands.items():
            running.append(Server(name, command, options.threads))
            running[-1].warm_up()
        for turn in range(options.rounds):
            shift = turn % len(running)
            for server in running[shift:] + running[:shift]:
                time.sleep(PAUSE_SECONDS)
                server.round()
        answers = [server.ask("answers") for server in running]
    finally:
        for server in running:
            server.close()
    expected = answers[0]
    rows, result = [("reader", "median", "a second", "× Apus", "answers", "rounds")], []
    for server, answer in zip(running, answers):
        median = statistics.median(server.rounds)
        over = statistics.median(a / b for a, b in zip(server.rounds, running[0].rounds))
        gap = max(abs(answer["sums"][name] / expected["sums"][name] - 1) for name in COLUMNS)
        # Apus adds in another order.
        agrees = answer["rows"] == expected["rows"] == SYMBOLS * BARS and gap < 1e-12
        clean = max(server.waits) <= WAIT_LIMIT
        said = "–" if server is running[0] else "equal" if agrees else f"DIFFERS: {answer['rows']:,} rows, by {gap:.0e}"
        rows.append((server.name, text_of(median), f"{size / median / 1e9:.2f} GB", number(over), said,
                     f"{len(server.rounds)} {'clean' if clean else 'DISTURBED'}"))
        result.append({"reader": server.name, "version": server.greeting.get("version", ""), "seconds": server.rounds,
                       "median": median, "over_apus": over, "agrees": agrees, "clean": clean})
    table(rows)
    if len(running) == len(READERS) + 1:
        best = min(running[1:], key=lambda server: statistics.median(server.rounds))
        value = statistics.median(a / b for a, b in zip(best.rounds, running[0].rounds))
        print(f"  {best.name} / Apus: {number(value)}, at least {WANTED:g} is wanted: "
              f"{'met' if value >= WANTED else 'MISSED'}")
    print()
    return {"workload": layout, "bytes": size, "readers": result}


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2], int(sys.argv[4]) if len(sys.argv) > 4 else 2)
