"""Usage: classes_duckdb.py FILE

Mean and standard error of both costs of ten classes, c0 to c9, whose probabilities are in
the columns p_c0 to p_c9.
"""

import os
import sys

import duckdb

classes = [f"c{label}" for label in range(10)]
columns = ", ".join(["'y': 'VARCHAR'", *(f"'p_{name}': 'DOUBLE'" for name in classes)])
squares = " + ".join(f"power((y = '{name}')::INT - p_{name}, 2)" for name in classes)
of_label = " ".join(f"WHEN '{name}' THEN p_{name}" for name in classes)
connection = duckdb.connect(config={"threads": os.cpu_count()})
connection.execute("SET preserve_insertion_order = false")
connection.execute(
    f"""
    COPY (
        SELECT avg(q), stddev_samp(q) / sqrt(count(*)), avg(x), stddev_samp(x) / sqrt(count(*))
        FROM (
            SELECT {squares} AS q, -ln(CASE y {of_label} END) AS x
            FROM read_csv(
                '{sys.argv[1]}', columns = {{{columns}}},
                auto_detect = false, header = true, delim = ',', quote = '', escape = ''
            )
        )
    ) TO '/dev/stdout' (FORMAT csv)
    """
)
