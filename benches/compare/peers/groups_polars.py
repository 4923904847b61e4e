"""Usage: groups_polars.py errors|all FILE

Mean and standard error of both costs of every group, or all fields that costs writes, as CSV.
Labels 0 and 1 alone.
"""

import sys

import polars as pl

fields, path = sys.argv[1:]
y, yhat = pl.col("y"), pl.col("yhat")
rows = pl.scan_csv(
    path,
    schema={"group": pl.UInt32, "y": pl.UInt8, "yhat": pl.Float64},
    quote_char=None,
)
difference = y - yhat
costs = rows.select(
    "group",
    "y",
    quadratic=difference * difference,
    cross_entropy=-pl.when(y == 1).then(yhat).otherwise(1 - yhat).log(),
)
if fields == "errors":
    both = pl.col("quadratic", "cross_entropy")
    costs.group_by("group").agg(
        pl.len().alias("n"),
        both.mean().name.suffix("_mean"),
        (both.std() / pl.len().sqrt()).name.suffix("_standard_error"),
    ).sink_csv(sys.stdout.buffer)
    sys.exit()

# Only now, as it takes time.
from scipy.special import stdtrit


def sums(cost):
    c = pl.col(cost)
    return [
        c.sum().alias(f"{cost}_sum"),
        c.std().alias(f"{cost}_deviation"),
        c.is_infinite().sum().alias(f"{cost}_infinite"),
        c.filter(c.is_finite()).mean().alias(f"{cost}_finite_mean"),
    ]


groups = (
    costs.group_by("group")
    .agg(pl.len().alias("n"), y.mean().alias("p"), *sums("quadratic"), *sums("cross_entropy"))
    .collect()
)
n, p = pl.col("n"), pl.col("p")
# The 97.5 % quantile of Student's t, for each number of instances up to the largest.
quantiles = pl.Series([stdtrit(count - 1, 0.975) for count in range(groups["n"].max() + 1)])
groups = groups.with_columns(t=quantiles.gather(groups["n"]))
baselines = {
    "quadratic": p * (1 - p),
    "cross_entropy": pl.when((p > 0) & (p < 1))
    .then(-(p * p.log() + (1 - p) * (1 - p).log()))
    .otherwise(0.0),
}


def records(cost):
    total, infinite = pl.col(f"{cost}_sum"), pl.col(f"{cost}_infinite")
    error = pl.col(f"{cost}_deviation") / n.cast(pl.Float64).sqrt()
    mean, baseline = pl.col("mean"), pl.col("baseline")
    return (
        groups.lazy()
        .with_columns(mean=total / n, standard_error=error, baseline=baselines[cost])
        .select(
            "group",
            pl.lit("yhat").alias("model"),
            pl.lit(cost).alias("cost"),
            "n",
            "mean",
            "standard_error",
            (mean - pl.col("t") * pl.col("standard_error")).alias("low"),
            (mean + pl.col("t") * pl.col("standard_error")).alias("high"),
            total.alias("sum"),
            "baseline",
            pl.when(baseline > 0).then(1 - mean / baseline).alias("skill"),
            infinite.alias("infinite"),
            pl.col(f"{cost}_finite_mean").alias("finite_mean"),
            pl.lit(0).alias("skipped"),
        )
    )


pl.concat([records("quadratic"), records("cross_entropy")]).sink_csv(sys.stdout.buffer)
