"""The kernels in C, built on first use by the system's compiler."""

import ctypes
import os
import pathlib
import shutil
import subprocess

import numpy as np

from workloads import FIELDS, HERE, ROOT

LIBRARY = ROOT / "build" / "peers" / "libpeers.so"


def compiler():
    """The system's C compiler, or None."""
    return next((found for name in (os.environ.get("CC"), "cc", "gcc") if name and (found := shutil.which(name))), None)


def lacking():
    """What this machine lacks to run them; None if nothing."""
    try:
        flags = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        flags = ""
    if not all(flag in flags for flag in ("avx512f", "avx512dq", "avx512bw", "avx512vl")):
        return "AVX-512"
    program = "#include <omp.h>\nint main(void) { return omp_get_max_threads() < 1; }"
    if not compiler() or subprocess.run(
            [compiler(), "-fopenmp", "-x", "c", "-", "-o", os.devnull], input=program, text=True,
            stderr=subprocess.DEVNULL, check=False).returncode != 0:
        return "C compiler with OpenMP"
    return None


def library():
    """The kernels, in one library."""
    return ctypes.CDLL(str(built(LIBRARY, sorted(HERE.glob("kernels/*.c")), "-fopenmp", "-shared", "-fPIC")))


def program(name):
    """A program of its own."""
    return built(LIBRARY.with_name(name), [HERE / "programs" / f"{name}.c"])


def built(target, sources, *flags):
    newest = max(path.stat().st_mtime for source in sources for path in source.parent.iterdir())
    if not target.exists() or target.stat().st_mtime < newest:
        target.parent.mkdir(parents=True, exist_ok=True)
        # Several may build at the same time; each puts a whole file in place.
        partial = target.with_name(f"{target.name}.{os.getpid()}")
        subprocess.run(
            [compiler(), "-std=gnu11", "-O3", "-march=native", "-fno-math-errno", "-ffp-contract=off",
             *flags, "-o", partial, *sources, "-lm"], check=True)
        partial.replace(target)
    return target


DOUBLES = ctypes.POINTER(ctypes.c_double)


class Series(ctypes.Structure):
    _fields_ = [(field, DOUBLES) for field in FIELDS] + [("bars", ctypes.c_int), ("bars_per_year", ctypes.c_double)]


class Axis(ctypes.Structure):
    _fields_ = [("values", DOUBLES), ("count", ctypes.c_int)]


class Costs(ctypes.Structure):
    _fields_ = [("fee", ctypes.c_double), ("slippage", ctypes.c_double)]


def doubles(array):
    return array.ctypes.data_as(DOUBLES)


class Sweep:
    """A kernel and its arguments."""

    version = "AVX-512, OpenMP"

    def __init__(self, workload, threads, kind):
        self.workload, self.threads = workload, threads
        self.rows = np.full((workload.symbols, len(workload.points), 4), np.nan)
        self.library = library()
        self.costs = Costs(workload.fee, workload.slippage)
        self.series = (Series * workload.symbols)(*(
            Series(*(doubles(workload.data[field][symbol]) for field in FIELDS), workload.bars, workload.bars_per_year)
            for symbol in range(workload.symbols)))
        if workload.strategy == "sma":
            self.kernel = getattr(self.library, "peers_sma" if kind == "lanes" else "peers_sma_events")
            self.fast, self.slow = (np.ascontiguousarray(workload.points[:, i]) for i in (0, 1))
            self.run = self.crossover
        else:
            self.kernel = getattr(self.library, f"peers_{workload.strategy}")
            self.axes = [Axis(doubles(values), len(values)) for values in workload.axes.values()]
            if workload.strategy == "bollinger":
                self.axes.append(ctypes.c_double(workload.spec["strategy"]["take_profit"]))
        self.kernel.restype = None

    def run(self):
        for series, rows in zip(self.series, self.rows):
            self.kernel(ctypes.byref(series), *self.axes, self.costs, ctypes.c_int(self.threads), doubles(rows))

    def crossover(self):
        self.kernel(
            self.series, ctypes.c_int(self.workload.symbols), doubles(self.fast), doubles(self.slow),
            ctypes.c_int(len(self.fast)), self.costs, ctypes.c_int(self.threads), doubles(self.rows))

    def answers(self):
        return self.rows.reshape(-1, 4)


def make(workload, threads, kind):
    return Sweep(workload, threads, kind)
