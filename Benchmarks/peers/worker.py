"""One engine and one sweep, simulated whenever a line on standard input asks; bench.py starts these.

    worker.py ENGINE WORKLOAD --store STORE [--threads N] [--set KEY=JSON …]

`run N` simulates N times and answers the seconds of each; `answers FILE` writes the metrics of the last run as raw
doubles. Every answer is a line of JSON, and so is the greeting. apus-bench serve speaks the same.
"""

import argparse
import importlib
import json
import sys
import time

import numpy as np

from workloads import WORKLOADS, Workload

# engine: (module, argument); a module has make(workload, threads, argument), which gives an object with run(),
# answers() and, if it runs a part of the lanes only, `lanes`, their indexes.
ENGINES = {
    "c": ("engine_c", "lanes"),
    "c-events": ("engine_c", "events"),
    "naive": ("engine_naive", None),
    "numba": ("engine_numba", None),
    "vectorbt-numba": ("engine_vectorbt", "numba"),
    "vectorbt-rust": ("engine_vectorbt", "rust"),
    "raptorbt": ("engine_raptorbt", None),
    "backtesting": ("engine_backtesting", None),
}


def setting(text):
    key, _, value = text.partition("=")
    return key, json.loads(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("engine", choices=ENGINES)
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("--store", required=True)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--set", type=setting, action="append", default=[])
    arguments = parser.parse_args()
    # What libraries print is no answer.
    answers, sys.stdout = sys.stdout, sys.stderr

    def say(**what):
        print(json.dumps(what), file=answers, flush=True)

    workload = Workload(arguments.workload, arguments.store, dict(arguments.set))
    module, argument = ENGINES[arguments.engine]
    engine = importlib.import_module(module).make(workload, arguments.threads, argument)
    part = getattr(engine, "lanes", None)
    say(lanes=workload.lanes, run=workload.lanes if part is None else len(part), bars=workload.bars,
        version=getattr(engine, "version", ""))
    for line in sys.stdin:
        verb, _, rest = line.strip().partition(" ")
        if verb == "run":
            seconds = []
            for _ in range(int(rest or 1)):
                begin = time.perf_counter()
                engine.run()
                seconds.append(time.perf_counter() - begin)
            say(seconds=seconds)
        elif verb == "answers":
            table = np.full((workload.lanes, 4), np.nan)
            table[slice(None) if part is None else part] = engine.answers()
            table.tofile(rest)
            say(rows=workload.lanes)
        else:
            say(error=f"expected: run N or answers FILE; found: {line.strip()}")


if __name__ == "__main__":
    main()
