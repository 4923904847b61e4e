#!/usr/bin/env python3
"""Scores a folder of prediction files on a Spark cluster.

The results have the same bits as those of `costs FOLDER/*` on one machine.

    python3 costs_spark.py [--costs PROGRAM] FOLDER [OPTION OF costs]...

Every task pipes its files through `costs --format state`; the exact sums are merged
by `costs merge`, first in each task, then here. Files are CSV, JSON Lines or Parquet,
compressed or not, in any storage that Spark reads. Each has a header of its own and
is read whole, so none may be larger than 2 GB. Options are those of `costs` that choose
columns, costs and the format of the output.

The program is copied to the workers, so it must be built for their system. Needs
PySpark with PyArrow (PyPI) and Java 17.
"""

import argparse
import os
import subprocess
import sys
import tempfile

from pyspark import SparkFiles
from pyspark.sql import SparkSession

# Options for the results, not for the states.
OF_RESULTS = {
    "--color",
    "--digits",
    "--explain",
    "--fail-above",
    "--fail-worse",
    "--format",
    "--json",
    "--output",
    "--sort",
    "-o",
}
WITHOUT_VALUE = {"--explain", "--json"}

# Options for states and every merge of them.
OF_ALL = {"--max-groups"}


def split_options(options):
    """Returns the options for the states, for every merge, and for the results."""
    states, merges, results = [], [], []
    rest = iter(options)
    for option in rest:
        name = option.split("=", 1)[0]
        words = [option]
        if name in (OF_RESULTS | OF_ALL) - WITHOUT_VALUE and "=" not in option:
            words.append(next(rest, ""))
        if name in OF_ALL:
            merges += words
        (results if name in OF_RESULTS else states).extend(words)
    return states, merges, results


class CostsFailed(Exception):
    """The message of costs for an input that it refuses."""


def run(command, stdin, name="<stdin>"):
    """Runs costs on bytes and returns what it prints; its messages name the file."""
    done = subprocess.run(command, input=stdin, capture_output=True)
    if done.returncode not in (0, 1):
        raise CostsFailed(done.stderr.decode().strip().replace("<stdin>", name))
    return done


def state_of_file(program, options, path, content):
    """Returns the state of one file, as bytes of JSON lines."""
    command = [program, "--format", "state", "--threads", "1", *options]
    if content[:4] != b"PAR1":
        return run([*command, "-"], content, path).stdout
    # Parquet is read from its end, so it has to be a file.
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        file.write(content)
        file.flush()
        try:
            return run([*command, file.name], b"").stdout
        except CostsFailed as failed:
            raise CostsFailed(str(failed).replace(file.name, path)) from None


def states_of_partition(program_name, options, of_merges):
    """Returns a function from batches of files to one batch of merged states."""

    def states(batches):
        import pyarrow

        program = SparkFiles.get(program_name)
        lines = []
        for batch in batches:
            for path, content in zip(batch["path"], batch["content"]):
                lines.append(state_of_file(program, options, path.as_py(), content.as_py()))
        if lines:
            merged = run([program, "merge", "--format", "state", *of_merges], b"".join(lines)).stdout
            lines = merged.decode().splitlines()
        yield pyarrow.RecordBatch.from_pydict({"state": pyarrow.array(lines, pyarrow.string())})

    return states


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--costs", default="costs", metavar="PROGRAM", help="the program [costs]")
    arguments, options = parser.parse_known_args()
    program = subprocess.check_output(["which", arguments.costs], text=True).strip()
    of_states, of_merges, of_results = split_options(options)

    spark = SparkSession.builder.appName("costs").getOrCreate()
    spark.sparkContext.addFile(program)
    files = spark.read.format("binaryFile").load(arguments.folder).select("path", "content")
    states = files.mapInArrow(
        states_of_partition(os.path.basename(program), of_states, of_merges), "state string"
    )
    lines = "".join(row.state + "\n" for row in states.collect())
    spark.stop()

    merged = run([program, "merge", *of_merges, *of_results], lines.encode())
    sys.stderr.buffer.write(merged.stderr)
    sys.stdout.buffer.write(merged.stdout)
    sys.exit(merged.returncode)


if __name__ == "__main__":
    main()
