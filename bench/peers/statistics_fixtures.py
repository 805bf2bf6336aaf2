"""Writes test/studies/fixtures/statistics.json: what scipy, statsmodels, scikit-learn and krippendorff make of the same numbers.

Run: bench/peers/.venv/bin/pip install --no-deps -r bench/peers/requirements-statistics.txt
     bench/peers/.venv/bin/python bench/peers/statistics_fixtures.py test/studies/fixtures/statistics.json
"""

import json
import sys
from importlib.metadata import version

import krippendorff
import numpy as np
import scipy
import sklearn
import statsmodels
from scipy import stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint


def ratings(generator, raters, units, categories, missing):
    """Raters who mostly agree; None where one did not rate."""
    truth = generator.integers(0, categories, units)
    rows = [[int(t) if generator.random() < 0.7 else int(generator.integers(0, categories)) for t in truth] for _ in range(raters)]
    return [[None if generator.random() < missing else value for value in row] for row in rows]


def alpha(rows, level):
    return krippendorff.alpha([[np.nan if v is None else v for v in row] for row in rows], level_of_measurement=level)


def main(path):
    generator = np.random.default_rng(16)
    quantiles = [1e-7, 1e-4, 0.005, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999]
    points = [-9.0, -3.2, -1.5, -0.1, 0.0, 0.7, 2.9, 3.1, 6.0]
    tables = [(2, 40, 2, 0.0), (2, 25, 3, 0.1), (3, 30, 3, 0.2), (5, 12, 4, 0.4)]
    rated = [ratings(generator, *table) for table in tables]
    p_values = [generator.uniform(0, 0.1, n).tolist() for n in (1, 4, 11)] + [[0.01, 0.01, 0.02, 0.9]]
    fixture = dict(
        versions=dict(scipy=scipy.__version__, statsmodels=statsmodels.__version__, krippendorff=version("krippendorff"), sklearn=sklearn.__version__),
        normal=dict(
            below=[[x, float(stats.norm.cdf(x))] for x in points],
            quantiles=[[q, float(stats.norm.ppf(q))] for q in quantiles],
        ),
        student=dict(
            below=[[x, d, float(stats.t.cdf(x, d))] for d in (1, 2, 7, 23, 200) for x in points],
            quantiles=[[q, d, float(stats.t.ppf(q, d))] for d in (2, 7, 23, 200) for q in quantiles],
        ),
        wilson=[[k, n, *map(float, proportion_confint(k, n, alpha=0.05, method="wilson"))] for k, n in ((0, 8), (5, 8), (10, 12), (24, 24))],
        holm=[dict(p=p, adjusted=multipletests(p, method="holm")[1].tolist()) for p in p_values],
        alpha=[dict(ratings=rows, nominal=alpha(rows, "nominal"), ordinal=alpha(rows, "ordinal")) for rows in rated],
        kappa=[dict(first=a, second=b, kappa=float(cohen_kappa_score(a, b))) for a, b in ([rated[0]] + [ratings(generator, 2, 30, 4, 0.0)])],
    )
    with open(path, "w") as file:
        json.dump(fixture, file)
        file.write("\n")


main(sys.argv[1])
