"""Makes the predictions that the comparison reads.

Usage: data.py DIR ROWS

Writes, under DIR:

    large.csv    ROWS rows of id,y,yhat: yhat uniform in (0, 1) with the
                 shortest digits that read back (17 or so), y ~ Bernoulli(yhat)
    small.csv    the first tenth of large.csv
    quoted.csv   large.csv with the id as quoted text: "7, with comma"
    lines.jsonl  the first fifth of large.csv as JSON Lines, with a text field
    large.csv.gz large.csv, compressed
    groups.csv   a fifth of ROWS rows of group,y,yhat, in half as many groups at random
    ascending.csv a tenth of ROWS rows of y,yhat, each of a higher cost than the one before
    wide.csv     a fiftieth of ROWS rows of y and sixty models, m1 to m60
    truth.csv    ROWS rows of id,y, and joined.csv as many of id,yhat in any order
    classes.csv  a tenth of ROWS rows of y and the probabilities of ten classes, p_c0 to p_c9

The seed is fixed, so that two machines measure the same bytes.
"""

import gzip
import shutil
import sys
from pathlib import Path

import numpy as np

SEED = 8
CHUNK = 250_000
HEADER = "id,y,yhat\n"


def chunks(rows):
    """Yields (first id, labels, outputs) in pieces of at most CHUNK rows."""
    rng = np.random.default_rng(SEED)
    for start in range(0, rows, CHUNK):
        size = min(CHUNK, rows - start)
        # 0 would make a cost infinite, which not every peer can sum.
        yhat = np.maximum(rng.random(size), 2.0**-53)
        y = rng.random(size) < yhat
        yield start, y.astype(int).tolist(), yhat.tolist()


def write(directory, rows):
    """Writes the plain, the small and the quoted file in one pass."""
    small_rows = rows // 10
    names = ("large.csv", "small.csv", "quoted.csv")
    large, small, quoted = ((directory / f"{name}.part").open("w") for name in names)
    for out in (large, small, quoted):
        out.write(HEADER)
    for start, y, yhat in chunks(rows):
        tails = [f"{label},{output!r}\n" for label, output in zip(y, yhat)]
        plain = [f"{start + i},{tail}" for i, tail in enumerate(tails)]
        large.write("".join(plain))
        small.write("".join(plain[: max(0, small_rows - start)]))
        quoted.write("".join(f'"{start + i}, with comma",{tail}' for i, tail in enumerate(tails)))
    for out, name in zip((large, small, quoted), names):
        out.close()
        # An interrupted run leaves no file that looks whole.
        (directory / f"{name}.part").rename(directory / name)


def write_lines(directory, rows):
    """Writes the JSON Lines."""
    part = directory / "lines.jsonl.part"
    with part.open("w") as out:
        for start, y, yhat in chunks(rows // 5):
            for i, (label, output) in enumerate(zip(y, yhat), start):
                out.write(f'{{"id": {i}, "user": "user {i % 1000}", "y": {label}, "yhat": {output!r}}}\n')
    part.rename(directory / "lines.jsonl")


def write_others(directory, rows):
    """Writes the files of groups, ascending costs, many models, joins and classes."""
    rng = np.random.default_rng(SEED)

    def lines(name, header, size, columns):
        part = directory / f"{name}.part"
        with part.open("w") as out:
            out.write(header)
            for start in range(0, size, CHUNK):
                made = columns(start, min(CHUNK, size - start))
                out.write("".join(",".join(map(str, row)) + "\n" for row in zip(*made)))
        part.rename(directory / name)

    def labels(size):
        return rng.integers(0, 2, size).tolist()

    def grouped(_, size):
        group = rng.integers(0, rows // 10, size).tolist()
        return group, labels(size), np.round(rng.uniform(1e-6, 1 - 1e-6, size), 6).tolist()

    def ascending(start, size):
        yhat = 1 - (np.arange(start, start + size) + 0.5) / (rows // 10)
        return [1] * size, yhat.tolist()

    def wide(_, size):
        models = np.round(rng.uniform(1e-6, 1 - 1e-6, (60, size)), 6)
        return labels(size), *models.tolist()

    def classes(_, size):
        z = 2 * rng.standard_normal((size, 10))
        p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
        y = (p.cumsum(1) > rng.random((size, 1))).argmax(1)
        return [f"c{label}" for label in y], *np.round(p, 6).T.clip(1e-6).tolist()

    lines("groups.csv", "group,y,yhat\n", rows // 5, grouped)
    lines("ascending.csv", "y,yhat\n", rows // 10, ascending)
    names = ",".join(f"m{model}" for model in range(1, 61))
    lines("wide.csv", f"y,{names}\n", rows // 50, wide)
    order = rng.permutation(rows)
    yhat = np.round(rng.uniform(1e-6, 1 - 1e-6, rows), 6)
    lines("truth.csv", "id,y\n", rows, lambda start, size: (range(start, start + size), labels(size)))
    lines(
        "joined.csv",
        "id,yhat\n",
        rows,
        lambda start, size: (
            order[start : start + size].tolist(),
            yhat[start : start + size].tolist(),
        ),
    )
    names = ",".join(f"p_c{label}" for label in range(10))
    lines("classes.csv", f"y,{names}\n", rows // 10, classes)


def compress(path):
    """Writes PATH.gz at gzip's usual level."""
    part = path.with_name(path.name + ".gz.part")
    with path.open("rb") as plain, gzip.open(part, "wb", compresslevel=6) as packed:
        shutil.copyfileobj(plain, packed, 1 << 20)
    part.rename(path.with_name(path.name + ".gz"))


def main():
    directory, rows = Path(sys.argv[1]), int(sys.argv[2])
    directory.mkdir(parents=True, exist_ok=True)
    write(directory, rows)
    write_lines(directory, rows)
    write_others(directory, rows)
    compress(directory / "large.csv")


if __name__ == "__main__":
    main()
