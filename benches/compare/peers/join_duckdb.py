"""Usage: join_duckdb.py TRUTH JOINED

Mean and standard error of both costs of labels and predictions that are joined by id.
Labels 0 and 1 alone.
"""

import os
import sys

import duckdb


def table(path, column, kind):
    return (
        f"read_csv('{path}', columns = {{'id': 'BIGINT', '{column}': '{kind}'}}, "
        "auto_detect = false, header = true, delim = ',', quote = '', escape = '')"
    )


connection = duckdb.connect(config={"threads": os.cpu_count()})
connection.execute("SET preserve_insertion_order = false")
connection.execute(
    f"""
    COPY (
        SELECT avg(q), stddev_samp(q) / sqrt(count(*)), avg(x), stddev_samp(x) / sqrt(count(*))
        FROM (
            SELECT
                (y - yhat) * (y - yhat) AS q,
                -ln(CASE WHEN y = 1 THEN yhat ELSE 1 - yhat END) AS x
            FROM {table(sys.argv[1], 'y', 'UTINYINT')}
            JOIN {table(sys.argv[2], 'yhat', 'DOUBLE')} USING (id)
        )
    ) TO '/dev/stdout' (FORMAT csv)
    """
)
