"""Usage: summary_duckdb.py plain|quoted|jsonl|parquet FILE...

The reader gets every option that saves work: types, dialect, no sniffing, no order to
keep. Labels 0 and 1 alone.
"""

import os
import sys

import duckdb
import summary

kind, *files = sys.argv[1:]
quote = '"' if kind == "quoted" else ""
csv = f"""
    read_csv(
        {files!r},
        columns = {{'id': 'VARCHAR', 'y': 'UTINYINT', 'yhat': 'DOUBLE'}},
        auto_detect = false,
        header = true,
        delim = ',',
        quote = '{quote}',
        escape = '{quote}',
        buffer_size = 8000000
    )
"""
# Columns that are not selected have no type here, so that the reader skips them.
lines = "columns = {'y': 'UTINYINT', 'yhat': 'DOUBLE'}, format = 'newline_delimited'"
others = {"parquet": f"read_parquet({files!r})", "jsonl": f"read_json({files!r}, {lines})"}
table = others.get(kind, csv)
connection = duckdb.connect(config={"threads": os.cpu_count()})
connection.execute("SET preserve_insertion_order = false")
n, y_sum, q_sum, q_squares, x_sum, x_squares = connection.execute(
    f"""
    SELECT count(*), sum(y), sum(q), sum(q * q), sum(x), sum(x * x)
    FROM (
        SELECT
            y,
            (y - yhat) * (y - yhat) AS q,
            -ln(CASE WHEN y = 1 THEN yhat ELSE 1 - yhat END) AS x
        FROM {table}
    )
    """
).fetchone()
summary.report(
    n,
    y_sum,
    (q_sum, summary.variance(n, q_sum, q_squares)),
    (x_sum, summary.variance(n, x_sum, x_squares)),
)
