"""Writes ranks.txt and significance.txt: places by SciPy, deflated Sharpe ratios by NumPy and SciPy from their definitions.

Needs numpy and scipy; run it by hand in this folder. The tests read what it wrote.
"""
import numpy as np
from scipy import stats

random = np.random.default_rng(20170301)

with open("ranks.txt", "w") as file:
    for size in [1, 2, 3, 5, 17, 33]:
        for spread in [2, 5, 1000]:
            values = random.integers(-spread, spread, size) / 4
            places = stats.rankdata(-values, method="min").astype(int)
            print(*values, "|", *places, file=file)


def figures(returns):
    count, bars = returns.shape
    ratio = returns.mean(1) / returns.std(1, ddof=1)
    skew, kurtosis = stats.skew(returns, axis=1), stats.kurtosis(returns, axis=1, fisher=False)
    correlation = np.corrcoef(returns)
    eigenvalues = np.linalg.eigvalsh(correlation)
    participation = eigenvalues.sum() ** 2 / (eigenvalues**2).sum()
    pairs = ~np.eye(count, dtype=bool)
    squares = ((bars - 1) * correlation[pairs] ** 2 - 1) / (bars - 2)
    effective = min(count, max(1, count**2 / (count + max(0, squares.sum()))))
    deviation = ratio.std(ddof=1)
    best = deviation * (
        (1 - np.euler_gamma) * stats.norm.ppf(1 - 1 / effective)
        + np.euler_gamma * stats.norm.ppf(1 - 1 / (effective * np.e))
    ) if effective > 1 else 0

    def probability(bar):
        return stats.norm.cdf(
            (ratio - bar) * np.sqrt(bars - 1) / np.sqrt(1 - skew * ratio + (kurtosis - 1) / 4 * ratio**2))

    return [count, effective, participation, deviation, best, *probability(0), *probability(best)]


with open("significance.txt", "w") as file:
    for count, bars, common in [(3, 12, 0.2), (5, 40, 0.6), (30, 20, 0.4), (8, 9, 0.0)]:
        shared = random.standard_normal(bars)
        returns = 0.01 * (common * shared + np.sqrt(1 - common**2) * random.standard_normal((count, bars)))
        returns = np.round(returns + 0.002, 6)
        for row in returns:
            print(*row, file=file)
        print("=", *figures(returns), file=file)
