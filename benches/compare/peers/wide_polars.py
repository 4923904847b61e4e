"""Usage: wide_polars.py FILE

Mean and standard error of both costs of each model, whose columns are m1, m2 and so on.
Labels 0 and 1 alone.
"""

import sys

import polars as pl

rows = pl.scan_csv(sys.argv[1], quote_char=None, infer_schema_length=100)
y = pl.col("y")
models = [name for name in rows.collect_schema().names() if name.startswith("m")]
costs = [
    cost
    for model in models
    for cost in (
        ((y - pl.col(model)) ** 2).alias(f"{model}_quadratic"),
        (-pl.when(y == 1).then(pl.col(model)).otherwise(1 - pl.col(model)).log()).alias(
            f"{model}_cross_entropy"
        ),
    )
]
both = pl.all()
statistics = [both.mean().name.suffix("_mean"), both.std().name.suffix("_deviation")]
rows.select(costs).select(statistics).collect(engine="streaming").write_csv(sys.stdout.buffer)
