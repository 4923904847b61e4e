"""Makes a Parquet file of the predictions in large.csv.

Usage: data_parquet.py DIR

Writes DIR/large.parquet with the defaults of PyArrow: snappy, dictionaries where
they help, row groups of 1 Mi rows.
"""

import sys
from pathlib import Path

import pyarrow.csv
import pyarrow.parquet


def main():
    directory = Path(sys.argv[1])
    part = directory / "large.parquet.part"
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(directory / "large.csv"), part)
    # An interrupted run leaves no file that looks whole.
    part.rename(directory / "large.parquet")


if __name__ == "__main__":
    main()
