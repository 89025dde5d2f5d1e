#!/usr/bin/env python3
"""Covariances of the 20 names of datasets/us_equity_20_adjusted by other libraries: writes covariance.txt beside this file.

    python3 Tests/RiskTests/Golden/make_covariance.py

Needs numpy, pandas, scikit-learn, skfolio and PyPortfolioOpt; their versions are in the file. A line is a case: panel, name
of our estimator, shrinkage or nan, Frobenius norm, and the lower triangle of the first eight symbols. Where no library
has the estimator the formula of its source is written out here in numpy.
"""

import importlib.metadata
import pathlib
import warnings

import numpy as np
import pandas as pd
from pypfopt import risk_models
from sklearn.covariance import OAS, LedoitWolf
from skfolio.moments import DenoiseCovariance, EWCovariance, GerberCovariance

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).resolve().parent
CLOSES = HERE.parents[2] / "datasets" / "us_equity_20_adjusted" / "closes.csv"


def ledoit_wolf(x):
    """covCor of Ledoit and Wolf, with divisors T - 1."""
    y = x - x.mean(0)
    n, p = len(y) - 1, y.shape[1]
    sample = y.T @ y / n
    variance = np.diag(sample)
    root = np.sqrt(variance)
    mean = (np.sum(sample / np.outer(root, root)) - p) / (p * (p - 1))
    target = mean * np.outer(root, root)
    np.fill_diagonal(target, variance)
    pi = (y**2).T @ y**2 / n - sample**2
    theta = (y**3).T @ y / n - variance[:, None] * sample
    np.fill_diagonal(theta, 0)
    rho = np.trace(pi) + mean * np.sum(np.outer(1 / root, root) * theta)
    shrinkage = max(0.0, min(1.0, (pi.sum() - rho) / np.linalg.norm(sample - target) ** 2 / n))
    theirs = risk_models.CovarianceShrinkage(pd.DataFrame(x), returns_data=True, frequency=1)
    theirs.ledoit_wolf("constant_correlation")
    # PyPortfolioOpt mixes divisors T and T - 1.
    assert abs(theirs.delta - shrinkage) < 3 / n, (theirs.delta, shrinkage)
    return shrinkage * target + (1 - shrinkage) * sample, shrinkage


def ewma(x, decay):
    """The last of RiskMetrics' recursion over a mean of 0, over its sum of weights; for pairs, over theirs."""
    weights = decay ** np.arange(len(x))[::-1]
    there = np.isfinite(x).astype(float)
    filled = np.nan_to_num(x)
    total = (there * weights[:, None]).T @ there
    return (filled * weights[:, None]).T @ filled / total


def factors(x, count):
    sample = np.cov(x.T)
    root = np.sqrt(np.diag(sample))
    values, vectors = np.linalg.eigh(sample / np.outer(root, root))
    if count == 0:
        count = int(np.sum(values > (1 + np.sqrt(x.shape[1] / len(x))) ** 2))
    common = vectors[:, -count:] * values[-count:] @ vectors[:, -count:].T
    np.fill_diagonal(common, 1)
    return common * np.outer(root, root)


def gerber_pairs(x, threshold):
    there = np.isfinite(x)
    deviation = np.nanstd(x, axis=0)
    up, down = x >= threshold * deviation, x <= -threshold * deviation
    size = x.shape[1]
    result = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            both = there[:, i] & there[:, j]
            agree = np.sum(both & (up[:, i] & up[:, j] | down[:, i] & down[:, j]))
            against = np.sum(both & (up[:, i] & down[:, j] | down[:, i] & up[:, j]))
            moved = np.sum(both & (up[:, i] | down[:, i] | up[:, j] | down[:, j]))
            result[i, j] = 1 if i == j else (agree - against) / moved
    return result * np.outer(deviation, deviation)


def shrunk(model, x):
    model.fit(x)
    return model.covariance_, model.shrinkage_


def semi_pairs(x, threshold):
    """Over each pair's own bars; pypfopt divides by all bars."""
    there = np.isfinite(x).astype(float)
    losses = np.minimum(np.nan_to_num(x, nan=np.inf) - threshold, 0)
    return losses.T @ losses / (there.T @ there)


def whole(x):
    frame = pd.DataFrame(x)
    half_life = lambda decay: np.log(0.5) / np.log(decay)
    yield "sample", np.cov(x.T), np.nan
    for decay in (0.94, 0.97):
        ours = ewma(x, decay)
        theirs = EWCovariance(half_life=half_life(decay), min_observations=1, nearest=False).fit(x).covariance_
        assert np.allclose(ours, theirs, rtol=1e-11, atol=1e-16)
        yield f"ewma({decay})", theirs, np.nan
    yield "ledoit_wolf", *ledoit_wolf(x)
    yield "ledoit_wolf_identity", *shrunk(LedoitWolf(), x)
    yield "oas", *shrunk(OAS(), x)
    if len(x) > 2 * x.shape[1]:
        yield "pca_factor(3)", factors(x, 3), np.nan
        yield "pca_factor", factors(x, 0), np.nan
        yield "denoised", DenoiseCovariance().fit(x).covariance_, np.nan
        for threshold in (0.5, 0.75):
            yield f"gerber({threshold})", GerberCovariance(threshold=threshold).fit(x).covariance_, np.nan
    for threshold in (0, 0.001):
        yield f"semicovariance({threshold})", risk_models.semicovariance(
            frame, returns_data=True, benchmark=threshold, frequency=1).values, np.nan


def gaps(x):
    frame = pd.DataFrame(x)
    yield "sample(pairwise)", frame.cov().values, np.nan
    yield "ewma(0.97, pairwise)", ewma(x, 0.97), np.nan
    yield "semicovariance(0, pairwise)", semi_pairs(x, 0), np.nan
    yield "gerber(0.5, pairwise)", gerber_pairs(x, 0.5), np.nan
    rows = x[np.isfinite(x).all(1)]
    yield "sample", np.cov(rows.T), np.nan
    yield "ledoit_wolf", *ledoit_wolf(rows)


def with_gaps(x):
    """Symbol j starts at bar 4 j, and misses every 41st bar or so."""
    x = x.copy()
    bars, symbols = np.indices(x.shape)
    x[(bars < 4 * symbols) | ((7 * bars + 13 * symbols) % 41 == 0)] = np.nan
    return x


def main():
    returns = pd.read_csv(CLOSES, index_col="date").pct_change().to_numpy()[1:]
    packages = ("numpy", "pandas", "scikit-learn", "skfolio", "PyPortfolioOpt")
    lines = ["# " + ", ".join(f"{name} {importlib.metadata.version(name)}" for name in packages)]
    for panel, cases in (
        ("whole", whole(returns)), ("few", whole(returns[:15])), ("gaps", gaps(with_gaps(returns))),
    ):
        for name, matrix, shrinkage in cases:
            least = np.linalg.eigvalsh(matrix / np.sqrt(np.outer(np.diag(matrix), np.diag(matrix))))[0]
            assert panel == "few" or least > 1e-3, (panel, name, least)
            triangle = [matrix[i, j] for i in range(8) for j in range(i + 1)]
            numbers = [shrinkage, np.linalg.norm(matrix), *triangle]
            lines.append(";".join([panel, name, *(repr(float(number)) for number in numbers)]))
    (HERE / "covariance.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
