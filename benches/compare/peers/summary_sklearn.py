"""Usage: summary_sklearn.py FILE

pandas reads, scikit-learn gives both means, NumPy the standard errors, which
scikit-learn does not have. Its functions are fastest with bytes as labels, `labels` and
`assume_finite`.
"""

import sys

import numpy as np
import pandas as pd
import sklearn
import summary
from sklearn.metrics import brier_score_loss, log_loss

sklearn.set_config(assume_finite=True)
table = pd.read_csv(sys.argv[1], usecols=["y", "yhat"], dtype={"y": "int8", "yhat": "float64"})
y, yhat = table["y"].to_numpy(), table["yhat"].to_numpy()
n = len(y)
brier = brier_score_loss(y, yhat, labels=[0, 1], pos_label=1)
entropy = log_loss(y, yhat, labels=[0, 1])
quadratic = (y - yhat) ** 2
cross_entropy = np.log(np.where(y == 1, yhat, 1 - yhat))
summary.report(
    n,
    float(y.sum()),
    (brier * n, float(quadratic.var(ddof=1))),
    (entropy * n, float(cross_entropy.var(ddof=1))),
)
