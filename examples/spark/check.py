#!/usr/bin/env python3
"""Runs costs_spark.py on a cluster of two executors and compares it with costs.

    python3 check.py PROGRAM

A dozen shards with a header each, one of them empty: the bytes must be those of one
run on this machine. A shard with a fault must fail the job with costs' own message.
"""

import csv
import os
import random
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CLUSTER = "--master local-cluster[2,1,1024] --conf spark.ui.enabled=false pyspark-shell"


def write_shards(folder):
    """Writes eleven shards of predictions of two models, and an empty one."""
    rng = random.Random(8)
    for shard in range(12):
        with open(f"{folder}/part-{shard:02}.csv", "w", newline="") as file:
            if shard == 5:
                continue
            writer = csv.writer(file)
            writer.writerow(["id", "y", "a", "b", "w"])
            for row in range(rng.randrange(1, 5000)):
                y = rng.randrange(2)
                a = abs(y - rng.random() ** 2)
                writer.writerow([row, y, a, rng.choice([a, rng.random()]), rng.randrange(100) / 10])


def costs_spark(program, *arguments):
    """Runs the job on a cluster of separate processes."""
    environment = dict(
        os.environ,
        PYSPARK_SUBMIT_ARGS=CLUSTER,
        PYSPARK_PYTHON=sys.executable,
        PYSPARK_DRIVER_PYTHON=sys.executable,
    )
    script = [sys.executable, f"{HERE}/costs_spark.py", "--costs", program]
    return subprocess.run([*script, *arguments], capture_output=True, text=True, env=environment)


def main():
    program = os.path.abspath(sys.argv[1])
    options = ["--yhat-col", "a,b", "--weight-col", "w", "--format", "csv", "--sort", "mean"]
    options += ["--max-groups", "3", "--fail-worse", "brier=1"]
    with tempfile.TemporaryDirectory() as folder:
        write_shards(folder)
        full = sorted(f"{folder}/{name}" for name in os.listdir(folder))
        full = [path for path in full if os.path.getsize(path) > 0]
        local = subprocess.run([program, *options, *full], capture_output=True, text=True)
        assert local.returncode == 0, local.stderr
        job = costs_spark(program, folder, *options)
        assert job.returncode == 0, job.stderr
        assert job.stdout == local.stdout, f"{job.stdout}\nis not\n{local.stdout}"
        print(f"Spark and one machine print the same {len(job.stdout)} bytes")

        with open(f"{folder}/part-07.csv", "a") as file:
            file.write("7,1,1.5,0.5,1\n")
        lines = sum(1 for _ in open(f"{folder}/part-07.csv"))
        job = costs_spark(program, folder, *options)
        message = f"part-07.csv:{lines}: column 'a': 1.5 is outside [0, 1]"
        assert job.returncode != 0 and job.stdout == "", job.stdout
        assert message in job.stderr, job.stderr
        print(f"a fault ends the job: {message}")


main()
