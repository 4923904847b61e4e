"""Usage: summary_polars.py plain|quoted|jsonl|parquet hard|soft FILE...

`hard` takes labels 0 and 1 alone, which saves one logarithm of two a row and
reads y as a byte; `soft` is Equation 8.2 as it stands, for any y in [0, 1].
"""

import sys

import polars as pl
import summary

kind, labels, *files = sys.argv[1:]
hard = labels == "hard"
y, yhat = pl.col("y"), pl.col("yhat")
if kind == "parquet":
    rows = pl.scan_parquet(files)
elif kind == "jsonl":
    # The JSON reader has no 8-bit integers.
    rows = pl.scan_ndjson(files, schema={"y": pl.Int64, "yhat": pl.Float64})
else:
    rows = pl.scan_csv(
        files,
        # id is text in both files, and is never decoded: only y and yhat are selected.
        schema={"id": pl.String, "y": pl.UInt8 if hard else pl.Float64, "yhat": pl.Float64},
        quote_char='"' if kind == "quoted" else None,
    )
difference = y - yhat
if hard:
    cross_entropy = -pl.when(y == 1).then(yhat).otherwise(1 - yhat).log()
else:
    cross_entropy = -(y * yhat.log() + (1 - y) * (-yhat).log1p())

q, x = pl.col("q"), pl.col("x")
n, y_sum, q_sum, q_squares, x_sum, x_squares = (
    rows.select(y, q=difference * difference, x=cross_entropy)
    .select(
        pl.len(),
        y.cast(pl.Float64).sum(),
        q.sum().alias("q_sum"),
        (q * q).sum().alias("q_squares"),
        x.sum().alias("x_sum"),
        (x * x).sum().alias("x_squares"),
    )
    .collect(engine="streaming")
    .row(0)
)
summary.report(
    n,
    y_sum,
    (q_sum, summary.variance(n, q_sum, q_squares)),
    (x_sum, summary.variance(n, x_sum, x_squares)),
)
