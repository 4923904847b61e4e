"""Usage: calibration_sklearn.py FILE

Prints the miscalibration of both costs. pandas reads, scikit-learn does the isotonic
regression and both means.
"""

import sys

import pandas as pd
import sklearn
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import brier_score_loss, log_loss

sklearn.set_config(assume_finite=True)
table = pd.read_csv(sys.argv[1], usecols=["y", "yhat"], dtype={"y": "int8", "yhat": "float64"})
y, yhat = table["y"].to_numpy(), table["yhat"].to_numpy()
recalibrated = IsotonicRegression(y_min=0, y_max=1).fit_transform(yhat, y)
for cost in (brier_score_loss, log_loss):
    print(cost(y, yhat, labels=[0, 1]) - cost(y, recalibrated, labels=[0, 1]))
