"""Small grids on which every engine that needs no library is held to the naive one; nothing is timed."""

import pathlib
import tempfile

import engine_c
from answers import agreement, differences
from process import Engine, Failure
from stores import generate
from workloads import Workload

SETTINGS = {
    "sma-1": {"fast": [2, 3, 5, 8, 13], "slow": [3, 5, 9, 14, 21, 34, 50]},
    "sma-100": {"fast": [2, 10], "slow": [5, 10, 20]},
    "sma-minute": {"fast": [2, 5], "slow": [5, 10, 20, 40, 60, 61, 62, 63, 64, 65]},
    "rsi": {"n": [2, 3, 4, 6, 9, 14, 20, 27, 35], "floor": [20, 40], "ceiling": [52, 60, 76]},
    "bollinger": {"n": [5, 7, 10, 11, 13, 17, 20, 30, 45], "k": [1, 1.75], "stop": [0.01, 0.03, 0.14]},
    "donchian": {"entry": [45, 60, 100], "exit": [1, 2, 5, 9, 12, 20, 28, 40, 44]},
    "macd": {"fast": [3, 12], "slow": [15, 26], "trail": [0.02, 0.08, 0.4], "signal": [1, 2, 3, 4, 5, 7, 9, 12, 15]},
    "filter": {"m": [3, 14], "x": [45, 65], "k": [0.8, 1.1], "n": [2, 5, 8, 10, 13, 20, 25, 30, 50]},
}


def check(options):
    """Holds Apus, and C where it runs, to the naive engine on small grids; nothing is timed."""
    has_c = engine_c.lacking() is None
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        for volatility in ("0.25", "1.5"):
            daily, minute = (pathlib.Path(folder) / f"{kind}-{volatility}.h5" for kind in ("daily", "minute"))
            shape = ["--volatility", volatility, "--seed", "3"]
            generate(daily, "--bars", "420", "--symbols", "3", *shape)
            generate(minute, "--bars", "900", "--symbols", "1", "--frequency", "minute", *shape)
            for name, settings in SETTINGS.items():
                if options.only and options.only not in name:
                    continue
                workload = Workload(name, minute if name == "sma-minute" else daily, settings)
                engines = ["apus", "c"] if has_c else ["apus"]
                if has_c and workload.strategy == "sma":
                    engines.append("c-events")
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
                    gap = differences(tables[engine_name], tables["naive"], workload.lanes)
                    agrees, said = agreement(engine_name, gap)
                    failures += not agrees
                    print(f"{name}, volatility {volatility}: {engine_name} and naive {said} "
                          f"({len(entries)} lanes, {entries.sum():.0f} entries)")
    return failures
