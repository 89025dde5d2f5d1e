#!/usr/bin/env python3
"""Writes value_at_risk_closes.txt and value_at_risk.txt: VaR, fits and backtests by other libraries.

    python3 Tests/RiskTests/Golden/make_value_at_risk.py

Closes are of datasets/us_equity_1d; their simple returns are used as they are. The first line of each file names the versions that
wrote it: arch 8.0.0, scipy 1.17, numpy 2.4.
"""

import csv
import gzip
import pathlib
import random
import warnings

import numpy as np
import scipy
from arch import __version__ as arch_version
from arch import arch_model
from arch.univariate import EWMAVariance, ZeroMean
from scipy import integrate, stats

warnings.simplefilter("ignore")
HERE = pathlib.Path(__file__).parent
SYMBOLS = ["AAPL", "BA", "CHK", "DUK"]
LEVELS = [0.9, 0.95, 0.975, 0.99]
VERSIONS = f"# arch {arch_version}, scipy {scipy.__version__}, numpy {np.__version__}"


def closes():
    found = {symbol: [] for symbol in SYMBOLS}
    with gzip.open(HERE.parents[2] / "datasets/us_equity_1d/prices.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            if row["symbol"] in found and row["close"]:
                found[row["symbol"]].append(row["close"])
    return found


def historical(returns, level):
    losses = np.sort(-returns)[::-1]
    tail = round((1 - level) * len(losses), 9)
    rank = int(np.ceil(tail))
    var = losses[rank - 1]
    return var, (losses[: rank - 1].sum() + (tail - rank + 1) * var) / tail


def by_quantile(quantile, level):
    """VaR, and ES as the mean of all quantiles beyond it: for any model with a quantile function of returns."""
    tail = 1 - level
    integral = integrate.quad(
        lambda y: quantile(np.exp(y)) * np.exp(y), -60, np.log(tail), limit=500, epsabs=0, epsrel=1e-12)[0]
    return -quantile(tail), -integral / tail


def cornish_fisher(returns, p):
    skew, excess = stats.skew(returns), stats.kurtosis(returns)
    z = stats.norm.ppf(p)
    w = (z + (z**2 - 1) * skew / 6 + (z**3 - 3 * z) * excess / 24
         - (2 * z**3 - 5 * z) * skew**2 / 36)
    return returns.mean() + returns.std(ddof=1) * w


def coverage(hits, tail):
    """Kupiec and Christoffersen by scipy's binomial likelihoods."""
    hits = np.asarray(hits, dtype=int)
    n, x = len(hits), hits.sum()
    pairs = list(zip(hits[:-1], hits[1:]))
    count = [[pairs.count((i, j)) for j in (0, 1)] for i in (0, 1)]

    def log(k, m, p):
        return stats.binom.logpmf(k, m, p) if m else 0.0

    uc = 2 * (log(x, n, x / n) - log(x, n, tail))
    ones, all_ = count[0][1] + count[1][1], len(pairs)
    pi = ones / all_
    ind = 0.0
    for row in count:
        m = sum(row)
        if m:
            ind += 2 * (log(row[1], m, row[1] / m) - log(row[1], m, pi))
    return uc, stats.chi2.sf(uc, 1), ind, stats.chi2.sf(ind, 1), uc + ind, stats.chi2.sf(uc + ind, 2)


def main():
    series = closes()
    with open(HERE / "value_at_risk_closes.txt", "w") as file:
        print("# closes of datasets/us_equity_1d, made by make_value_at_risk.py", file=file)
        for symbol, prices in series.items():
            print(symbol, *prices, file=file)
    with open(HERE / "value_at_risk.txt", "w") as file:
        print(VERSIONS, file=file)

        def put(*fields):
            print(*[repr(float(f)) if isinstance(f, (float, np.floating)) else f for f in fields],
                  file=file)

        for symbol, prices in series.items():
            p = np.array([float(x) for x in prices])
            r = p[1:] / p[:-1] - 1
            n, e = len(r), r - r.mean()
            fit = arch_model(100 * e, mean="Zero", vol="GARCH", p=1, q=1, rescale=False).fit(
                disp="off", options={"ftol": 1e-13, "maxiter": 1000})
            omega, alpha, beta = fit.params
            put("garch", symbol, omega / 1e4, alpha, beta, fit.loglikelihood + n * np.log(100))
            ahead = fit.forecast(horizon=10).variance.values[-1] / 1e4
            put("garch_variance", symbol, ahead[0], ahead.sum())
            freedom, location, scale = stats.t.fit(r)
            put("student_t", symbol, location, scale, freedom,
                stats.t.logpdf(r, freedom, location, scale).sum())
            model = ZeroMean(100 * r, volatility=EWMAVariance(0.94), rescale=False)
            ewma = model.fit(disp="off").forecast(horizon=1).variance.values[-1, 0] / 1e4
            put("ewma_variance", symbol, ewma)
            last = r[-250:]
            for level in LEVELS:
                put("historical", symbol, level, *historical(r, level))
                put("gaussian", symbol, level, *by_quantile(
                    lambda q: stats.norm.ppf(q, r.mean(), r.std(ddof=1)), level))
                put("student_t_at", symbol, level, *by_quantile(
                    lambda q: stats.t.ppf(q, freedom, location, scale), level))
                windows = np.array([np.prod(1 + r[i:i + 10]) - 1 for i in range(n - 9)])
                put("historical_10", symbol, level, *historical(windows, level))
                sigma = fit.conditional_volatility / 100
                z = e / sigma
                scaled = r.mean() + z * np.sqrt(ahead[0])
                put("filtered_historical", symbol, level, *historical(scaled, level))
            skew, excess = stats.skew(last), stats.kurtosis(last)
            put("moments_250", symbol, skew, excess)
            for level in LEVELS:
                put("cornish_fisher_250", symbol, level, *by_quantile(
                    lambda q: cornish_fisher(last, q), level))
        rng = random.Random(7)
        for size, rate, sticky in [(250, 0.01, 0), (500, 0.02, 0.4), (1000, 0.05, 0.2),
                                   (60, 0.1, 0.5), (250, 0.0, 0), (30, 1.0, 1.0), (400, 0.03, 0.9)]:
            hits, last_hit = [], 0
            for _ in range(size):
                last_hit = int(rng.random() < (sticky if last_hit else rate))
                hits.append(last_hit)
            for tail in (0.01, 0.05):
                put("coverage", "".join(map(str, hits)), tail, *coverage(hits, tail))


main()
