"""Usage: classes_polars.py FILE

Mean and standard error of both costs of ten classes, c0 to c9, whose probabilities are in
the columns p_c0 to p_c9.
"""

import sys

import polars as pl

rows = pl.scan_csv(sys.argv[1], quote_char=None, infer_schema_length=100)
classes = [f"c{label}" for label in range(10)]
y = pl.col("y")
of_label = pl.coalesce([pl.when(y == name).then(pl.col(f"p_{name}")) for name in classes])
squares = [((y == name).cast(pl.Float64) - pl.col(f"p_{name}")) ** 2 for name in classes]
costs = [pl.sum_horizontal(squares).alias("quadratic"), (-of_label.log()).alias("cross_entropy")]
both = pl.all()
statistics = [both.mean().name.suffix("_mean"), both.std().name.suffix("_deviation")]
rows.select(costs).select(statistics).collect(engine="streaming").write_csv(sys.stdout.buffer)
