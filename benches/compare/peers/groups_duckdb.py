"""Usage: groups_duckdb.py FILE

Mean and standard error of both costs of every group, as CSV. Labels 0 and 1 alone.
"""

import os
import sys

import duckdb

connection = duckdb.connect(config={"threads": os.cpu_count()})
connection.execute("SET preserve_insertion_order = false")
connection.execute(
    f"""
    COPY (
        SELECT "group", count(*) AS n,
            avg(q) AS quadratic_mean, stddev_samp(q) / sqrt(count(*)) AS quadratic_error,
            avg(x) AS cross_entropy_mean, stddev_samp(x) / sqrt(count(*)) AS cross_entropy_error
        FROM (
            SELECT
                "group",
                (y - yhat) * (y - yhat) AS q,
                -ln(CASE WHEN y = 1 THEN yhat ELSE 1 - yhat END) AS x
            FROM read_csv(
                '{sys.argv[1]}',
                columns = {{'group': 'UINTEGER', 'y': 'UTINYINT', 'yhat': 'DOUBLE'}},
                auto_detect = false, header = true, delim = ',', quote = '', escape = ''
            )
        )
        GROUP BY "group"
    ) TO '/dev/stdout' (FORMAT csv)
    """
)
