#!/usr/bin/env python3
"""Writes factors.csv and principal.csv: regressions by statsmodels and principal components by numpy.

    python3 Tests/RiskTests/Golden/make_factors.py

Returns of datasets/us_equity_20_adjusted on the factors of datasets/us_factors_1d, 2019-01-03 to 2022-12-28.
Made with statsmodels 0.15.0, numpy 2.4.6, pandas 3.1.1.
"""

import pathlib

import numpy as np
import pandas as pd
import statsmodels.api as sm

HERE = pathlib.Path(__file__).parent
DATA = HERE.parents[2] / "datasets"
FACTORS = ["mkt_rf", "smb", "hml", "rmw", "cma", "mom"]

closes = pd.read_csv(DATA / "us_equity_20_adjusted" / "closes.csv", index_col="date")
returns = closes.pct_change().iloc[1:]
factors = pd.concat(
    [pd.read_csv(DATA / "us_factors_1d" / name, index_col="date") for name in ("ff5.csv", "momentum.csv")],
    axis=1, join="inner") / 100
factors = factors.loc[factors.index.intersection(returns.index)]
returns = returns.loc[factors.index]
design = sm.add_constant(factors[FACTORS])

rows = []
for symbol in returns:
    model = sm.OLS(returns[symbol] - factors["rf"], design)
    fit = model.fit()
    hac = {lags: model.fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": False}) for lags in (0, 6, 20)}
    numbers = [*fit.params, *fit.bse, *fit.tvalues, *fit.pvalues, *hac[0].bse, *hac[6].bse, *hac[20].bse,
               fit.rsquared, fit.rsquared_adj, np.sqrt(fit.mse_resid)]
    rows.append(",".join([symbol, str(len(returns)), *map(repr, map(float, numbers))]))
(HERE / "factors.csv").write_text("\n".join(rows) + "\n")

covariance = np.cov(returns.to_numpy(), rowvar=False)
values, vectors = np.linalg.eigh(covariance)
order = np.argsort(values)[::-1]
loadings = vectors[:, order[:3]]
loadings *= np.sign(loadings[np.abs(loadings).argmax(axis=0), range(3)])
lines = [["variances", *values[order]]]
lines += [[f"PC{k + 1}", *loadings[:, k]] for k in range(3)]
lines += [["returns", *(returns.to_numpy() @ loadings)[-1]]]
betas = np.array([sm.OLS(returns[s] - factors["rf"], design).fit().params[1:] for s in returns])
left = np.array([sm.OLS(returns[s] - factors["rf"], design).fit().resid.var(ddof=1) for s in returns])
model = betas @ np.cov(factors[FACTORS].to_numpy(), rowvar=False) @ betas.T + np.diag(left)
lines += [["model", *model[0]]]
(HERE / "principal.csv").write_text(
    "\n".join(",".join([line[0], *(repr(float(x)) for x in line[1:])]) for line in lines) + "\n")
