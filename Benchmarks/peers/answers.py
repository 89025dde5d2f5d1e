"""Whether the answers of two engines agree."""

import numpy as np

from workloads import COLUMNS

# How far an answer may be from Apus's: growth relative, the others absolute; None where a library means something else.
TOLERANCES = (1e-9, 1e-8, 1e-8, 0)
OWN_TOLERANCES = {"backtesting": (5e-3, None, 5e-3, None)}  # whole units, and its own Sharpe ratio


def differences(found, expected, count):
    """Largest difference of each column over the `count` lanes that were run; infinite where one alone is undefined."""
    run = ~np.isnan(found[:, 0])
    if run.sum() != count:
        return np.full(len(COLUMNS), np.inf)
    found, expected = found[run], expected[run]
    gap = np.abs(found - expected)
    gap[:, 0] /= 1 + np.abs(expected[:, 0])
    undefined = np.isnan(found) & np.isnan(expected)
    gap[undefined] = 0
    gap[np.isnan(gap)] = np.inf
    return gap.max(axis=0)


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
