#!/usr/bin/env python3
"""Best weights of the 20 names of datasets/us_equity_20_adjusted by other libraries: writes allocations.txt beside this file.

    python3 Tests/AllocationTests/Golden/make_allocations.py

Needs numpy, pandas, cvxpy and skfolio; their versions are in the file. A line is a case: its name, the best value of the
objective, and the weights. skfolio solves by CLARABEL with tolerances tightened; where its objective is not ours (it
regularises, annualises or has no such method) cvxpy states the problem as its source does.
"""

import importlib.metadata
import pathlib
import warnings

import cvxpy as cp
import numpy as np
import pandas as pd
from skfolio import RiskMeasure
from skfolio.moments import EmpiricalCovariance, EmpiricalMu
from skfolio.optimization import MaximumDiversification, MeanRisk, ObjectiveFunction, RiskBudgeting
from skfolio.prior import EmpiricalPrior

warnings.filterwarnings("ignore")
HERE = pathlib.Path(__file__).resolve().parent
CLOSES = HERE.parents[2] / "datasets" / "us_equity_20_adjusted" / "closes.csv"
TIGHT = dict(tol_gap_abs=1e-13, tol_gap_rel=1e-13, tol_feas=1e-13, tol_ktratio=1e-10)

closes = pd.read_csv(CLOSES, index_col=0)
x = closes.pct_change().dropna()
r = x.to_numpy()
mu, sigma = r.mean(0), np.cov(r.T)
n = len(mu)
rf = 0.02 / 252
cases = []


def skfolio(name, value, **settings):
    model = MeanRisk(
        prior_estimator=EmpiricalPrior(
            mu_estimator=EmpiricalMu(), covariance_estimator=EmpiricalCovariance(nearest=False)
        ),
        solver="CLARABEL",
        solver_params=TIGHT,
        **settings,
    ).fit(x)
    cases.append((name, value(model.weights_), model.weights_))


def variance(w):
    return w @ sigma @ w


def sharpe(w):
    return (mu @ w - rf) / np.sqrt(variance(w))


def cvar(w, level=0.95):
    losses = np.sort(-(r @ w))[::-1]
    k = (1 - level) * len(losses)
    whole = int(np.floor(k))
    return (losses[:whole].sum() + (k - whole) * losses[whole]) / k


def cdar(w, level=0.95):
    value = np.concatenate([[0], np.cumsum(r @ w)])
    depths = np.sort((np.maximum.accumulate(value) - value)[1:])[::-1]
    k = (1 - level) * len(depths)
    whole = int(np.floor(k))
    return (depths[:whole].sum() + (k - whole) * depths[whole]) / k


def stated(name, objective, constraints, w, value):
    problem = cp.Problem(objective, constraints)
    problem.solve(solver="CLARABEL", **TIGHT)
    assert problem.status in ("optimal", "optimal_inaccurate"), (name, problem.status)
    cases.append((name, value(w.value), w.value))


half = np.linalg.cholesky(sigma).T
least, sharpest = ObjectiveFunction.MINIMIZE_RISK, ObjectiveFunction.MAXIMIZE_RATIO
skfolio("min_variance", variance, objective_function=least)
skfolio("min_variance capped", variance, objective_function=least, max_weights=0.1)
skfolio(
    "min_variance short", variance, objective_function=least, min_weights=-0.2, max_weights=0.3, max_short=0.25
)
skfolio("min_variance l2", lambda w: variance(w) + 1e-4 * w @ w, objective_function=least, l2_coef=1e-4)
skfolio("max_sharpe", sharpe, objective_function=sharpest, risk_free_rate=rf)
skfolio("max_sharpe capped", sharpe, objective_function=sharpest, risk_free_rate=rf, max_weights=0.15)
skfolio("min_cvar", cvar, objective_function=least, risk_measure=RiskMeasure.CVAR, cvar_beta=0.95)
skfolio("min_cdar", cdar, objective_function=least, risk_measure=RiskMeasure.CDAR, cdar_beta=0.95)
target = 0.25 / 252
skfolio("target_return", variance, objective_function=least, min_return=target)
skfolio(
    "target_risk", lambda w: mu @ w, objective_function=ObjectiveFunction.MAXIMIZE_RETURN,
    max_standard_deviation=0.22 / np.sqrt(252),
)
w = cp.Variable(n)
long_only = [cp.sum(w) == 1, w >= 0]
first = slice(0, 8)
stated(
    "min_variance groups", cp.Minimize(cp.sum_squares(half @ w)),
    long_only + [cp.sum(w[first]) >= 0.6, cp.sum(w[8:14]) <= 0.1], w, variance,
)
stated(
    "min_variance gross", cp.Minimize(cp.sum_squares(half @ w)),
    [cp.sum(w) == 1, w >= -0.3, w <= 0.3, cp.norm1(w) <= 1.3, cp.norm1(w - 1 / n) <= 0.9], w, variance,
)
stated(
    "max_sharpe gross", cp.Minimize(cp.sum_squares(half @ w)),
    [(mu - rf) @ w == 1e-3, w >= -0.3 * cp.sum(w), w <= 0.3 * cp.sum(w), cp.norm1(w) <= 1.4 * cp.sum(w),
     cp.norm1(w - cp.sum(w) / n) <= 0.9 * cp.sum(w)], w, lambda y: sharpe(y / y.sum()),
)
cases[-1] = (*cases[-1][:2], cases[-1][2] / cases[-1][2].sum())
stated(
    "max_utility", cp.Maximize(mu @ w - 2.5 * cp.sum_squares(half @ w)), long_only + [w <= 0.2], w,
    lambda w: mu @ w - 2.5 * variance(w),
)
stated(
    "kelly", cp.Maximize(cp.sum(cp.log(1 + r @ w)) / len(r)), long_only + [w <= 0.4], w,
    lambda w: np.log(1 + r @ w).mean(),
)
model = MaximumDiversification(
    prior_estimator=EmpiricalPrior(covariance_estimator=EmpiricalCovariance(nearest=False)),
    solver="CLARABEL", solver_params=TIGHT,
).fit(x)
cases.append(
    ("max_diversification", np.sqrt(np.diag(sigma)) @ model.weights_ / np.sqrt(variance(model.weights_)), model.weights_)
)
for name, budget in (("risk_parity", np.full(n, 1 / n)), ("risk_budget", np.arange(1, n + 1) / np.arange(1, n + 1).sum())):
    model = RiskBudgeting(
        prior_estimator=EmpiricalPrior(covariance_estimator=EmpiricalCovariance(nearest=False)),
        risk_budget=budget, solver="CLARABEL", solver_params=TIGHT,
    ).fit(x)
    cases.append((name, variance(model.weights_), model.weights_))

versions = ", ".join(f"{p} {importlib.metadata.version(p)}" for p in ("numpy", "pandas", "cvxpy", "clarabel", "skfolio"))
lines = [f"# {versions}"]
lines += [";".join([name, f"{value:.17g}"] + [f"{v:.12g}" for v in weights]) for name, value, weights in cases]
(HERE / "allocations.txt").write_text("\n".join(lines) + "\n")
