"""Synthetic prices, from fixed seeds, in stores of Apus that every engine reads."""

import subprocess

from process import BIN, BUILD


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
