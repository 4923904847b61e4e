"""Usage: groups_polars.py FILE

Mean and standard error of both costs of every group, as CSV. Labels 0 and 1 alone.
"""

import sys

import polars as pl

y, yhat = pl.col("y"), pl.col("yhat")
rows = pl.scan_csv(
    sys.argv[1],
    schema={"group": pl.UInt32, "y": pl.UInt8, "yhat": pl.Float64},
    quote_char=None,
)
difference = y - yhat
costs = rows.select(
    "group",
    quadratic=difference * difference,
    cross_entropy=-pl.when(y == 1).then(yhat).otherwise(1 - yhat).log(),
)
both = pl.col("quadratic", "cross_entropy")
costs.group_by("group").agg(
    pl.len().alias("n"),
    both.mean().name.suffix("_mean"),
    (both.std() / pl.len().sqrt()).name.suffix("_standard_error"),
).sink_csv(sys.stdout.buffer)
