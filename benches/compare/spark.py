#!/usr/bin/env python3
"""Measures costs inside Spark, by itself, and the same computation in Spark SQL.

    target/spark/bin/python benches/compare/spark.py PROGRAM [ROWS]

Needs PySpark with PyArrow and pandas (PyPI) and Java 17. Ten CSV shards of uniform
predictions, both costs and the statistics of the summary; Spark runs in one process
with a thread for each core. Times are of the whole work after a session has started
and has done it once; the start of the session is printed apart.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
from statistics import median

HERE = os.path.dirname(os.path.abspath(__file__))
SHARDS = 10
ROUNDS = 5


def write_shards(folder, rows):
    """Writes the shards; returns their paths."""
    rng = random.Random(8)
    paths = []
    for shard in range(SHARDS):
        paths.append(f"{folder}/part-{shard}.csv")
        with open(paths[-1], "w") as file:
            file.write("id,y,yhat\n")
            for row in range(rows // SHARDS):
                yhat = max(rng.random(), 2.0**-53)
                file.write(f"{row},{int(rng.random() < yhat)},{yhat!r}\n")
    return paths


def spark_sql(spark, folder):
    """Computes the sums of the summary by Spark's own reader and functions."""
    schema = "id bigint, y double, yhat double"
    spark.read.schema(schema).option("header", True).csv(folder).createOrReplaceTempView("p")
    query = """
        SELECT count(*), avg(y), avg(q), stddev_samp(q), avg(x), stddev_samp(x)
        FROM (SELECT y, (y - yhat) * (y - yhat) AS q,
                     -ln(CASE WHEN y = 1 THEN yhat ELSE 1 - yhat END) AS x FROM p)
    """
    return spark.sql(query).collect()[0][2::2]


def costs_in_spark(spark, job, program, folder):
    """Computes the states of all files on the workers, and merges them here."""
    files = spark.read.format("binaryFile").load(folder).select("path", "content")
    states = files.mapInArrow(
        job.states_of_partition(os.path.basename(program), []), "state string"
    )
    lines = "".join(row.state + "\n" for row in states.collect())
    merged = job.run([program, "merge", "--format", "value"], lines.encode())
    return tuple(map(float, merged.stdout.split()))


def costs_alone(program, paths):
    """Computes the same on this machine, with all cores."""
    run = subprocess.run([program, "--format", "value", *paths], capture_output=True, check=True)
    return tuple(map(float, run.stdout.split()))


def main():
    program = os.path.abspath(sys.argv[1])
    rows = int(sys.argv[2]) if len(sys.argv) > 2 else 10_000_000
    sys.path.insert(0, f"{HERE}/../../examples/spark")
    sys.dont_write_bytecode = True
    import costs_spark as job

    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    cores = os.cpu_count()
    start = time.perf_counter()
    builder = SparkSession.builder.master(f"local[{cores}]")
    builder = builder.config("spark.ui.enabled", False).config("spark.ui.showConsoleProgress", False)
    spark = builder.config("spark.driver.memory", "4g").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    spark.sparkContext.addFile(program)
    spark.sparkContext.addPyFile(job.__file__)
    started = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        paths = write_shards(folder, rows)
        ways = {
            "costs": lambda: costs_alone(program, paths),
            "costs in Spark": lambda: costs_in_spark(spark, job, program, folder),
            "Spark SQL": lambda: spark_sql(spark, folder),
        }
        exact = ways["costs"]()
        times = {name: [] for name in ways}
        for turn in range(1 + ROUNDS):
            for name, way in ways.items():
                start = time.perf_counter()
                answer = way()
                taken = time.perf_counter() - start
                assert all(abs(a - b) < 1e-12 * b for a, b in zip(answer, exact)), (name, answer)
                if turn > 0:
                    times[name].append(taken)
    print(f"{rows:,} rows in {SHARDS} files, {cores} cores; the session started in {started:.1f} s\n")
    print("| | wall | rows per second and core |")
    print("|---|--:|--:|")
    for name, taken in times.items():
        wall = median(taken)
        print(f"| {name} | {wall:.2f} s | {rows / wall / cores / 1e6:.1f} M |")
    spark.stop()


main()
