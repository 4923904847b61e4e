"""Usage: join_polars.py TRUTH JOINED

Mean and standard error of both costs of labels and predictions that are joined by id.
Labels 0 and 1 alone.
"""

import sys

import polars as pl

truth, joined = (pl.scan_csv(path, quote_char=None, infer_schema_length=100) for path in sys.argv[1:])
y, yhat = pl.col("y"), pl.col("yhat")
costs = [
    ((y - yhat) ** 2).alias("quadratic"),
    (-pl.when(y == 1).then(yhat).otherwise(1 - yhat).log()).alias("cross_entropy"),
]
both = pl.all()
statistics = [both.mean().name.suffix("_mean"), both.std().name.suffix("_deviation")]
rows = truth.join(joined, on="id").select(costs).select(statistics)
rows.collect(engine="streaming").write_csv(sys.stdout.buffer)
