"""The kernels in C, built on first use by the system's compiler."""

import ctypes
import os
import pathlib
import subprocess

import numpy as np

from workloads import FIELDS, HERE, ROOT

LIBRARY = ROOT / "build" / "peers" / "libpeers.so"
REFERENCE = ROOT / "Benchmarks" / "reference"


def supported():
    """Whether this machine runs them."""
    try:
        flags = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    return all(flag in flags for flag in ("avx512f", "avx512dq", "avx512bw", "avx512vl"))


def library():
    sources = sorted(HERE.glob("kernels/*.c")) + [
        REFERENCE / name for name in ("sweep.c", "sweep_avx512.c", "sweep_plain.c", "pool.c")]
    headers = list(HERE.glob("kernels/*.h")) + list(REFERENCE.glob("**/*.h"))
    newest = max(path.stat().st_mtime for path in [*sources, *headers])
    if not LIBRARY.exists() or LIBRARY.stat().st_mtime < newest:
        LIBRARY.parent.mkdir(parents=True, exist_ok=True)
        built = LIBRARY.with_suffix(f".{os.getpid()}.so")
        subprocess.run(
            [os.environ.get("CC", "cc"), "-std=gnu11", "-O3", "-march=native", "-fopenmp", "-fno-math-errno",
             "-ffp-contract=off", "-w", "-shared", "-fPIC", "-I", REFERENCE / "include", "-o", built, *sources,
             "-lm", "-lpthread"], check=True)
        built.replace(LIBRARY)
    return ctypes.CDLL(str(LIBRARY))


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
        if workload.strategy == "sma":
            self.fast, self.slow = (np.ascontiguousarray(workload.points[:, i].astype(np.int32)) for i in (0, 1))
            self.run = self.events if kind == "events" else self.averages
            return
        self.kernel = getattr(self.library, f"peers_{workload.strategy}")
        self.kernel.restype = None
        self.axes = [Axis(doubles(values), len(values)) for values in workload.axes.values()]
        self.extra = [ctypes.c_double(workload.spec["strategy"]["take_profit"])] if workload.strategy == "bollinger" else []
        self.costs = Costs(workload.fee, workload.slippage)
        self.series = [
            Series(*(doubles(workload.data[field][symbol]) for field in FIELDS), workload.bars, workload.bars_per_year)
            for symbol in range(workload.symbols)]

    def run(self):
        for series, rows in zip(self.series, self.rows):
            self.kernel(
                ctypes.byref(series), *self.axes, *self.extra, self.costs, ctypes.c_int(self.threads), doubles(rows))

    def averages(self):
        done = self.library.apus_reference_sweep(*self.crossover(), ctypes.c_bool(False), doubles(self.rows))
        assert done & 0xFF

    def events(self):
        self.library.peers_sma_events(*self.crossover(), doubles(self.rows))

    def crossover(self):
        workload = self.workload
        return (
            doubles(workload.data["close"]), ctypes.c_int(workload.symbols), ctypes.c_int(workload.bars),
            self.fast.ctypes.data_as(ctypes.c_void_p), self.slow.ctypes.data_as(ctypes.c_void_p),
            ctypes.c_int(len(self.fast)), ctypes.c_double(workload.fee), ctypes.c_double(workload.bars_per_year),
            ctypes.c_int(self.threads))

    def answers(self):
        return self.rows.reshape(-1, 4)


def make(workload, threads, kind):
    return Sweep(workload, threads, kind)
