"""Writes clusters.json: what scipy, PyPortfolioOpt and skfolio make of datasets/us_equity_20_adjusted.

    pip install numpy==2.4.6 pandas==3.1.1 scipy==1.17.1 pyportfolioopt==1.6.0 skfolio==1.12.2
    python make_clusters.py
"""

import json
import pathlib
import warnings

import numpy as np
import pandas as pd
import scipy.cluster.hierarchy as sch
import scipy.spatial.distance as ssd
from pypfopt import DiscreteAllocation, HRPOpt, black_litterman
from pypfopt.black_litterman import BlackLittermanModel
from skfolio import RiskMeasure
from skfolio.cluster import HierarchicalClustering, LinkageMethod
from skfolio.moments import ShrunkMu, ShrunkMuMethods
from skfolio.optimization import HierarchicalEqualRiskContribution, HierarchicalRiskParity

warnings.filterwarnings("ignore")
here = pathlib.Path(__file__).resolve().parent
closes = pd.read_csv(
    here / "../../../datasets/us_equity_20_adjusted/closes.csv", index_col=0, parse_dates=True
)
returns = closes.pct_change().dropna()
symbols = list(returns.columns)
out = {}

# Trees of random distances, with ties among them.
trees = []
rng = np.random.default_rng(7)
for count in (1, 2, 3, 4, 5, 8, 13, 40):
    for ties in (False, True):
        square = rng.uniform(0.1, 1.0, (count, count))
        if ties:
            square = np.ceil(square * 4) / 4
        square = np.tril(square, -1)
        square = square + square.T
        case = {"distances": square.ravel().tolist(), "count": count, "links": {}}
        if count > 1:
            condensed = ssd.squareform(square)
            for method in ("single", "complete", "average", "ward"):
                links = sch.linkage(condensed, method)
                entry = {"merges": links.ravel().tolist(), "leaves": sch.leaves_list(links).tolist()}
                if not ties:
                    entry["ordered"] = sch.leaves_list(
                        sch.optimal_leaf_ordering(links, condensed)
                    ).tolist()
                case["links"][method] = entry
        trees.append(case)
out["trees"] = trees

# Hierarchical risk parity.
hrp = {}
for method in ("single", "complete", "average", "ward"):
    weights = HRPOpt(returns).optimize(method)
    hrp[f"pypfopt {method}"] = [float(weights[s]) for s in symbols]


def skfolio(kind, **settings):
    return [float(w) for w in kind(**settings).fit(returns).weights_]


hrp["skfolio default"] = skfolio(HierarchicalRiskParity)
hrp["skfolio deviation"] = skfolio(
    HierarchicalRiskParity, risk_measure=RiskMeasure.STANDARD_DEVIATION
)
hrp["skfolio bounded"] = skfolio(HierarchicalRiskParity, min_weights=0.03, max_weights=0.07)
# As de Prado printed it: linkage reads the square of distances as points.
square = np.sqrt((1 - returns.corr().values) / 2)
links = sch.linkage(square, "single")
order = [symbols[i] for i in sch.leaves_list(links)]
raw = HRPOpt._raw_hrp_allocation(returns.cov(), order)
hrp["de prado"] = [float(raw[s]) for s in symbols]
out["hrp"] = hrp

# Hierarchical equal risk contribution.
herc = {}
for method in LinkageMethod:
    if method.value in ("single", "complete", "average", "ward"):
        model = HierarchicalEqualRiskContribution(
            hierarchical_clustering_estimator=HierarchicalClustering(linkage_method=method)
        ).fit(returns)
        herc[method.value] = {
            "weights": [float(w) for w in model.weights_],
            "clusters": int(model.hierarchical_clustering_estimator_.n_clusters_),
        }
model = HierarchicalEqualRiskContribution(
    hierarchical_clustering_estimator=HierarchicalClustering(max_clusters=6),
    risk_measure=RiskMeasure.STANDARD_DEVIATION,
).fit(returns)
herc["ward 6 deviation"] = {"weights": [float(w) for w in model.weights_], "clusters": 6}
out["herc"] = herc

# Nested clusters: closed form within and between, without bounds.
model = HierarchicalClustering(linkage_method=LinkageMethod.WARD)
model.fit(pd.DataFrame(square, columns=symbols))
cov = returns.cov().values


def least(c):
    w = np.linalg.solve(c, np.ones(len(c)))
    return w / w.sum()


inner = np.zeros((len(symbols), model.n_clusters_))
for k in range(model.n_clusters_):
    members = np.flatnonzero(model.labels_ == k)
    inner[members, k] = least(cov[np.ix_(members, members)])
out["nco"] = (inner @ least(inner.T @ cov @ inner)).tolist()

# Black and Litterman, a bar a year so that nothing is scaled.
caps = {s: float(10 ** (11 + i / 10)) for i, s in enumerate(symbols)}
annual = returns.cov() * 252
prior = black_litterman.market_implied_prior_returns(caps, 2.5, annual, risk_free_rate=0.02)
P = np.zeros((3, len(symbols)))
P[0, 0] = 1
P[1, 3], P[1, 7] = 1, -1
P[2, 10], P[2, 11], P[2, 12] = 0.5, 0.5, -1
Q = np.array([0.12, 0.03, -0.02])
black = {"caps": list(caps.values()), "prior": prior.tolist(), "views": P.ravel().tolist(), "returns": Q.tolist()}
for name, omega in {
    "usual": dict(omega="default"),
    "idzorek": dict(omega="idzorek", view_confidences=[0.6, 0.25, 1.0]),
    "given": dict(omega=np.diag([0.01, 0.002, 0.03])),
}.items():
    model = BlackLittermanModel(annual, pi=prior, P=P, Q=Q, tau=0.05, **omega)
    black[name] = {
        "mean": model.bl_returns().tolist(),
        "covariance": model.bl_cov().values.ravel().tolist(),
    }
out["black_litterman"] = black

# Shrunk means.
out["bayes_stein"] = ShrunkMu(method=ShrunkMuMethods.BAYES_STEIN, vol_weighted_target=True).fit(
    returns
).mu_.tolist()
out["james_stein"] = ShrunkMu(method=ShrunkMuMethods.JAMES_STEIN).fit(returns).mu_.tolist()

# Whole shares.
weights = pd.Series(hrp["pypfopt single"], index=symbols)
latest = closes.iloc[-1]
shares = {}
for capital in (3_000, 10_000, 1_000_000):
    model = DiscreteAllocation(weights.to_dict(), latest, total_portfolio_value=capital)
    bought, rest = model.greedy_portfolio()
    lp, lp_rest = DiscreteAllocation(
        weights.to_dict(), latest, total_portfolio_value=capital
    ).lp_portfolio()
    shares[str(capital)] = {
        "greedy": [int(bought.get(s, 0)) for s in symbols],
        "rest": float(rest),
        "exact": [int(lp.get(s, 0)) for s in symbols],
        "exact_rest": float(lp_rest),
    }
out["shares"] = {"weights": weights.tolist(), "prices": latest.tolist(), "by_capital": shares}

(here / "clusters.json").write_text(json.dumps(out) + "\n")
