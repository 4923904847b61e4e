"""Usage: summary_duckdb.py plain|quoted|jsonl FILE...

Every option of the reader that saves it work is given: types, dialect, no
sniffing, no order to keep. Labels 0 and 1 alone.
"""

import os
import sys

import duckdb
import summary

quoting, *files = sys.argv[1:]
quote = '"' if quoting == "quoted" else ""
connection = duckdb.connect(config={"threads": os.cpu_count()})
connection.execute("SET preserve_insertion_order = false")
types = "columns = {'id': 'VARCHAR', 'y': 'UTINYINT', 'yhat': 'DOUBLE'}"
if quoting == "jsonl":
    # No type for what is not selected, so that it is passed over.
    lines = "columns = {'y': 'UTINYINT', 'yhat': 'DOUBLE'}, format = 'newline_delimited'"
    source = f"read_json({files!r}, {lines})"
else:
    source = f"""read_csv(
        {files!r},
        {types},
        auto_detect = false,
        header = true,
        delim = ',',
        quote = '{quote}',
        escape = '{quote}',
        buffer_size = 8000000
    )"""
n, y_sum, q_sum, q_squares, x_sum, x_squares = connection.execute(
    f"""
    SELECT count(*), sum(y), sum(q), sum(q * q), sum(x), sum(x * x)
    FROM (
        SELECT
            y,
            (y - yhat) * (y - yhat) AS q,
            -ln(CASE WHEN y = 1 THEN yhat ELSE 1 - yhat END) AS x
        FROM {source}
    )
    """
).fetchone()
summary.report(
    n,
    y_sum,
    (q_sum, summary.variance(n, q_sum, q_squares)),
    (x_sum, summary.variance(n, x_sum, x_squares)),
)
