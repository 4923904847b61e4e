"""Makes the Parquet files that tests/parquet.rs reads, and the same rows as CSV.

Run:   python3 -I tests/data/parquet.py
Needs: Python 3.11 and PyArrow 26.0.1; these versions made the files

-I keeps this folder off the path: statistics.py would hide Python's own module.
Written under parquet/ beside it:

    types.parquet    60 rows in three row groups: a column of each type
    types.csv        the same rows, written as `costs --each` writes cells
    plain.parquet    the same table, without dictionaries, in pages of version 2
    CODEC.parquet    id, y and yhat of it, compressed with that codec
    faults.parquet   30 rows in three row groups, each column with a fault
    nested.parquet   columns with a list, a struct and values without a text
    empty.parquet    no rows
"""

import csv
import datetime
import decimal
import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parent / "parquet"
ROWS = 60
CODECS = ("none", "snappy", "gzip", "zstd", "brotli", "lz4")
GROUPS = ("a", "b, with comma", 'c "quoted"', "two\nlines", " d ", "")
START = datetime.datetime(1999, 12, 31, 23, 59, 58, tzinfo=datetime.timezone.utc)


def f32(x):
    """Returns the nearest 32-bit number."""
    return pa.scalar(x, pa.float32()).as_py()


def columns():
    """Returns name, type and values of each column."""
    decimal.getcontext().prec = 40
    rng = random.Random(8)
    yhat = [0.01 + 0.98 * rng.random() for _ in range(ROWS)]
    y = [int(rng.random() < p) for p in yhat]
    rows = range(ROWS)
    # Every seventh value is missing, in one way or the other.
    gaps = [None if i % 14 == 6 else float("nan") if i % 14 == 13 else yhat[i] for i in rows]
    z = [rng.uniform(-9, 9) for _ in rows]
    z[20], z[41] = float("inf"), float("-inf")
    quantum = decimal.Decimal(1).scaleb(-30)
    return [
        ("id", pa.int64(), list(rows)),
        ("y", pa.int8(), y),
        ("yhat", pa.float64(), yhat),
        ("single", pa.float32(), [f32(p) for p in yhat]),
        ("text", pa.string(), [f" {p:.3f}" if i % 9 else None for i, p in enumerate(yhat)]),
        ("small", pa.decimal128(9, 4), [decimal.Decimal(f"{9 * p:.4f}") for p in yhat]),
        ("large", pa.decimal128(38, 30), [decimal.Decimal(p).quantize(quantum) for p in yhat]),
        ("flag", pa.bool_(), [bool(label) if i % 11 else None for i, label in enumerate(y)]),
        ("label", pa.string(), ["yes" if label else "no" for label in y]),
        ("group", pa.string(), [GROUPS[i * i % len(GROUPS)] for i in rows]),
        ("gaps", pa.float64(), gaps),
        ("z", pa.float64(), z),
        ("byte", pa.uint8(), [200 + i % 50 for i in rows]),
        ("short", pa.int16(), [-i for i in rows]),
        ("int", pa.int32(), [i * 1_000_003 for i in rows]),
        ("unsigned", pa.uint32(), [2**32 - 1 - i for i in rows]),
        ("long", pa.uint64(), [2**64 - 1 - i * 2**40 for i in rows]),
        ("day", pa.date32(), [START.date() + datetime.timedelta(20 * (i // 10)) for i in rows]),
        ("time", pa.time64("us"), [(START + datetime.timedelta(milliseconds=i * 1500)).time() for i in rows]),
        ("at", pa.timestamp("us", "UTC"), [START + datetime.timedelta(milliseconds=i * 100) for i in rows]),
    ]


def cell(value):
    """Writes a value as costs does."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime.date | datetime.time):
        text = value.isoformat().removesuffix("+00:00")
        text = text.rstrip("0") if "." in text else text
        return text + "Z" if isinstance(value, datetime.datetime) else text
    if isinstance(value, float):
        return {"nan": "NaN"}.get(str(value), repr(value))
    return str(value)


def write(name, table, **options):
    """Writes a file without what changes from one PyArrow to the next."""
    schema = table.schema.remove_metadata()
    pq.write_table(table.cast(schema), HERE / f"{name}.parquet", store_schema=False, **options)


def faults():
    """Returns a table of which each column after y has a fault in the second row group."""
    good = [0.5] * 30

    def bad(row, value, kind=pa.float64(), base=good):
        return pa.array([*base[: row - 1], value, *base[row:]], kind)

    outside = bad(17, 1.2)
    later = bad(28, -0.5)
    text = bad(12, "x", pa.string(), ["0.5"] * 30)
    return pa.table(
        {
            "y": [1, 0] * 15,
            "outside": outside,
            "later": later,
            "null": bad(13, None),
            "nan": bad(14, float("nan")),
            "infinite": bad(15, float("inf")),
            "single": bad(16, 1.2, pa.float32()),
            "decimal": bad(11, decimal.Decimal("-0.10"), pa.decimal128(12, 2), [decimal.Decimal(0)] * 30),
            "text": text,
            "words": bad(11, "y", pa.string(), ["0.5"] * 30),
            "flag": [True, False] * 15,
            "certain": bad(19, 0.0, base=bad(12, 1.0, base=[1 - i % 2 for i in range(30)]).to_pylist()),
            "negative": bad(18, -1, pa.int32(), [1] * 30),
        }
    )


def main():
    HERE.mkdir(exist_ok=True)
    named = columns()
    table = pa.table({name: pa.array(values, kind) for name, kind, values in named})
    write("types", table, row_group_size=25)
    write("plain", table, row_group_size=25, use_dictionary=False, data_page_version="2.0", version="1.0")
    plain = table.select(["id", "y", "yhat"])
    plain = plain.set_column(1, "y", plain["y"].cast(pa.int64()))
    for codec in CODECS:
        write(codec, plain, row_group_size=25, compression=codec)
    write("empty", table.select(["y", "yhat"]).slice(0, 0))
    write("faults", faults(), row_group_size=10)
    nested = {
        "list": [[0.5], [0.1, 0.2], None],
        "y": [1, 0, 1],
        "struct": [{"a": 1}, {"a": 2}, None],
        "yhat": [0.5, 0.25, 0.75],
        "uuid": pa.array([b"0123456789abcdef"] * 3, pa.binary(16)),
    }
    write("nested", pa.table(nested))
    # A cell that is longer than a page may be. (greedy.parquet is a fuzzer's find.)
    long = {"y": [0, 1], "yhat": [0.5, 0.5], "g": ["a" * (1 << 28), "b"]}
    pq.write_table(pa.table(long), HERE / "long.parquet", compression="zstd")
    with open(HERE / "types.csv", "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([name for name, _, _ in named])
        writer.writerows([map(cell, row) for row in zip(*(values for _, _, values in named))])


if __name__ == "__main__":
    main()
