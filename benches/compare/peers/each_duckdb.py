"""Usage: each_duckdb.py FILE. Labels 0 and 1 alone; no quoted cells.

yhat is read as text, too: DuckDB prints text faster than floats.
"""

import os
import sys

import duckdb

connection = duckdb.connect(config={"threads": os.cpu_count()})
connection.execute(
    f"""
    COPY (
        SELECT
            id,
            y,
            yhat,
            (y - p) * (y - p) AS quadratic,
            -ln(CASE WHEN y = 1 THEN p ELSE 1 - p END) AS cross_entropy
        FROM (
            SELECT *, yhat::DOUBLE AS p
            FROM read_csv(
                '{sys.argv[1]}',
                columns = {{'id': 'BIGINT', 'y': 'UTINYINT', 'yhat': 'VARCHAR'}},
                auto_detect = false,
                header = true,
                delim = ',',
                quote = '',
                escape = ''
            )
        )
    ) TO '/dev/stdout' (FORMAT csv, HEADER, USE_TMP_FILE false)
    """
)
