"""Usage: each_polars.py FILE. Labels 0 and 1 alone; no quoted cells."""

import sys

import polars as pl

y, yhat = pl.col("y"), pl.col("yhat")
difference = y - yhat
pl.scan_csv(
    sys.argv[1],
    schema={"id": pl.Int64, "y": pl.Int64, "yhat": pl.Float64},
    quote_char=None,
).with_columns(
    quadratic=difference * difference,
    cross_entropy=-pl.when(y == 1).then(yhat).otherwise(1 - yhat).log(),
).sink_csv("/dev/stdout", engine="streaming")
