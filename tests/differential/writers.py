"""Writes a table as pandas, NumPy, R and Polars write theirs, in many dialects.

A writer takes a table, a random number generator and the path without an ending. It
returns the path and the options that the file needs, or None where the format cannot
hold the table. What a format rounds is rounded in the table, too.
"""

import csv
import gzip
import json
import math

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

ALIEN = {" ", ",", ";", "\t", "|", '"', "\n", "#"}


def drop_extra(table, good):
    """Drops columns that are not used and not good; returns whether all the rest are."""
    for name in [c for c in table.columns if c not in table.names()]:
        if not good(name, table.columns[name]):
            del table.columns[name]
    return all(good(name, values) for name, values in table.columns.items())


def plain(name, values):
    """Returns whether a column has no byte that must be quoted, and no empty text."""
    return not any(set(str(v)) & ALIEN for v in [name, *values])


def numeric(name, values):
    """Returns whether a column is one of numbers."""
    return not any(isinstance(v, str | bool) or v is None for v in values)


def places(table, first=1):
    """Returns the position of each column."""
    return {name: i for i, name in enumerate(table.columns, first)}


def pack(path, data, rng):
    """Writes bytes, compressed or not, and returns the path."""
    how = rng.choice(["", "", "", ".gz", ".zst"])
    if how == ".gz":
        data = gzip.compress(data)
    elif how == ".zst":
        data = pa.Codec("zstd").compress(data, asbytes=True)
    path = path.with_name(path.name + how)
    path.write_bytes(data)
    return path


def frame(table):
    """Returns the table as pandas has it: integers and booleans with gaps are nullable."""
    made = {}
    for name, values in table.columns.items():
        kinds = {type(v) for v in values if v is not None}
        dtype = {int: "Int64", bool: "boolean"}.get(*kinds) if len(kinds) == 1 and None in values else None
        made[name] = pd.Series(values, dtype=dtype or (object if kinds == {str} else None))
    return pd.DataFrame(made)


def headerless(table, rng, sep, first=1):
    """Returns the options for a file without a header, and what they cannot be told by."""
    words = any(isinstance(values[0], str | bool) for values in table.columns.values())
    options = table.select(places(table, first)) + ["--no-header"] * (words or rng.random() < 0.5)
    return options + ["-d", "tab" if sep == "\t" else sep] * words


def csv_text(table, rng, sep, **options):
    """Returns what pandas writes, and the options for it."""
    header = rng.random() < 0.7
    index = rng.random() < 0.3
    if rng.random() < 0.2:
        options["quoting"] = rng.choice([csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    text = frame(table).to_csv(
        sep=sep, index=index, header=header, na_rep=rng.choice(["", "NA", "NaN", "null", "N/A", "None", "?"]),
        lineterminator=rng.choice(["\n", "\n", "\r\n"]), **options)
    if header:
        return text, table.select()
    return text, headerless(table, rng, sep, 2 if index else 1)


def pandas_csv(table, rng, path):
    text, options = csv_text(table, rng, rng.choice([",", ",", ";", "\t", "|"]))
    bom = "\ufeff" if rng.random() < 0.1 else ""
    return pack(path.with_suffix(".csv"), (bom + text).encode(), rng), options


def sep_line(table, rng, path):
    sep = rng.choice([";", ",", "\t", "|"])
    text, options = csv_text(table, rng, sep)
    if text.startswith("#"):
        return None
    return pack(path.with_suffix(".csv"), f"sep={sep}\r\n{text}".encode(), rng), options


def comments(table, rng, path):
    text, options = csv_text(table, rng, rng.choice([",", ";", "\t"]))
    words = rng.choice(["# made by hand\n", "# a, b; c\n#\n", "#id\n\n# p = 0.5\n"])
    if text.startswith("#"):
        return None
    return pack(path.with_suffix(".csv"), (words + text).encode(), rng), options


def pandas_string(table, rng, path):
    """Columns that are padded with spaces."""
    if not drop_extra(table, plain) or any(None in v for v in table.columns.values()):
        return None
    text = frame(table).to_string(index=False, float_format=lambda x: repr(float(x)))
    return pack(path.with_suffix(".txt"), (text + "\n").encode(), rng), table.select()


def numpy_savetxt(table, rng, path):
    if not drop_extra(table, numeric) or table.group:
        return None
    sep = rng.choice([" ", ",", "\t"])
    if sep == " " and any(" " in name for name in table.columns):
        return None
    mark = rng.choice(["# ", "#", ""])
    header = sep.join(table.columns) if rng.random() < 0.7 else ""
    path = path.with_suffix(rng.choice([".txt", ".csv", ".txt.gz"]))
    np.savetxt(path, np.array(list(table.columns.values()), float).T, delimiter=sep,
               fmt=rng.choice(["%.18e", "%.17g"]), header=header, comments=mark)
    return path, table.select() if header else table.select(places(table))


def r_number(x):
    """Writes a number as R does: 15 digits at most, and the shorter notation."""
    mantissa, exponent = f"{x:.14e}".split("e")
    digits, exponent = len(mantissa.lstrip("-").replace(".", "").rstrip("0")) or 1, int(exponent)
    fixed = f"{x:.{max(0, digits - exponent - 1)}f}"
    scientific = f"{x:.{digits - 1}e}"
    return fixed if len(fixed) <= len(scientific) else scientific


def r_cell(value, double, comma):
    """Writes a cell as write.table does."""
    if value is None:
        return "NA"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return '"' + value.replace('"', '""' if double else '\\"') + '"'
    return r_number(value).replace(".", "," if comma else ".")


def r_table(table, rng, path, sep=None, double=False, comma=False):
    """R's write.table: row names, whose column has a name only in write.csv."""
    sep = sep or rng.choice([" ", " ", "\t", ","])
    if not double and any('"' in str(v) for values in table.columns.values() for v in values):
        return None
    for values in table.columns.values():
        values[:] = [float(r_number(v)) if isinstance(v, float) else v for v in values]
    names = rng.random() < 0.7
    head = [r_cell(name, double, comma) for name in table.columns]
    lines = [sep.join(['""', *head] if double and names else head)]
    for row, cells in enumerate(zip(*table.columns.values()), 1):
        named = [f'"{row}"'] if names else []
        lines.append(sep.join(named + [r_cell(cell, double, comma) for cell in cells]))
    path = path.with_suffix(rng.choice([".txt", ".csv"]))
    return pack(path, ("\n".join(lines) + "\n").encode(), rng), table.select()


def r_csv(table, rng, path):
    return r_table(table, rng, path, ",", double=True)


def r_csv2(table, rng, path):
    """Decimal commas: to be refused, unless there are none."""
    return r_table(table, rng, path, ";", double=True, comma=True)


def nested(table, rng):
    """Returns the rows as objects, and the options; at times within an object each."""
    rows = [dict(zip(table.columns, cells)) for cells in zip(*table.columns.values())]
    if rng.random() < 0.2 and not any("." in name for name in table.columns):
        return [{"id": i, "m": row} for i, row in enumerate(rows)], table.select(prefix="m.")
    return rows, table.select()


def python_json(table, rng, path):
    rows, options = nested(table, rng)
    nan = rng.random() < 0.5
    for row in rows:
        inner = row.get("m", row) if isinstance(row.get("m", row), dict) else row
        for name in [name for name, value in inner.items() if value is None]:
            if nan and name in table.models:
                inner[name] = math.nan
            elif rng.random() < 0.5 and inner is not rows[0] and inner is not rows[0].get("m"):
                del inner[name]
    ascii = rng.random() < 0.5
    if rng.random() < 0.5:
        text = "".join(json.dumps(row, ensure_ascii=ascii) + "\n" for row in rows)
        return pack(path.with_suffix(rng.choice([".jsonl", ".txt"])), text.encode(), rng), options
    text = json.dumps(rows, ensure_ascii=ascii, indent=rng.choice([None, None, 2]))
    return pack(path.with_suffix(rng.choice([".json", ".txt"])), text.encode(), rng), options


def pandas_json(table, rng, path):
    for values in table.columns.values():
        values[:] = [round(v, 9) if isinstance(v, float) else v for v in values]
    lines = rng.random() < 0.5
    text = frame(table).to_json(orient="records", lines=lines, double_precision=15)
    return pack(path.with_suffix(".jsonl" if lines else ".json"), text.encode(), rng), table.select()


def polars_frame(table):
    return pl.DataFrame({name: pl.Series(values, strict=False) for name, values in table.columns.items()})


def polars_csv(table, rng, path):
    path = path.with_suffix(".csv")
    header, sep = rng.random() < 0.7, rng.choice([",", ";", "\t", "|"])
    polars_frame(table).write_csv(
        path, include_bom=rng.random() < 0.2, include_header=header, separator=sep, null_value=rng.choice(["", "NA", "null"]),
        line_terminator=rng.choice(["\n", "\r\n"]), quote_style=rng.choice(["necessary", "always", "non_numeric"]))
    return path, table.select() if header else headerless(table, rng, sep)


def polars_json(table, rng, path):
    if rng.random() < 0.5:
        path = path.with_suffix(".jsonl")
        polars_frame(table).write_ndjson(path)
    else:
        path = path.with_suffix(".json")
        polars_frame(table).write_json(path)
    return path, table.select()


def polars_parquet(table, rng, path):
    path = path.with_suffix(".parquet")
    codec = rng.choice(["lz4", "uncompressed", "snappy", "gzip", "brotli", "zstd"])
    polars_frame(table).write_parquet(path, compression=codec, row_group_size=rng.choice([None, 7]))
    return path, table.select()


def arrow_parquet(table, rng, path):
    """Types of fewer bits, dictionaries, NaN for null, structs."""
    arrays = {}
    for name, values in table.columns.items():
        kind = None
        if name in table.models:
            kind = rng.choice([pa.float64(), pa.float64(), pa.float32(), pa.float16()])
            if kind == pa.float16():
                values[:] = [None if v is None else float(np.float16(v)) for v in values]
            elif kind == pa.float32():
                values[:] = [None if v is None else float(np.float32(v)) for v in values]
            values = [math.nan if v is None and rng.random() < 0.5 else v for v in values]
            values = [None if v is None else np.float16(v) for v in values] if kind == pa.float16() else values
        elif name == table.y and table.label == "number":
            kind = rng.choice([None, pa.int8(), pa.uint8(), pa.int32(), pa.float32(), pa.float16()])
            values = [None if v is None else np.float16(v) for v in values] if kind == pa.float16() else values
        array = pa.array(values, kind)
        arrays[name] = array.dictionary_encode() if pa.types.is_string(array.type) and rng.random() < 0.5 else array
    made, options = pa.table(arrays), table.select()
    if rng.random() < 0.2 and not any("." in name for name in arrays):
        made = pa.table({"id": range(len(made)), "m": made.to_struct_array()})
        options = table.select(prefix="m.")
    path = path.with_suffix(".parquet")
    pq.write_table(made, path, row_group_size=rng.choice([None, 5]), data_page_version=rng.choice(["1.0", "2.0"]),
                   use_dictionary=rng.random() < 0.5, store_schema=rng.random() < 0.5,
                   compression=rng.choice(["none", "snappy", "gzip", "brotli", "lz4", "zstd"]))
    return path, options


def pandas_parquet(table, rng, path):
    path = path.with_suffix(".parquet")
    frame(table).to_parquet(path, index=rng.choice([None, True]), compression=rng.choice(["snappy", "gzip", "zstd", None]))
    return path, table.select()


ALL = [pandas_csv, sep_line, comments, pandas_string, numpy_savetxt, r_table, r_csv, r_csv2, python_json,
       pandas_json, polars_csv, polars_json, polars_parquet, arrow_parquet, pandas_parquet]
