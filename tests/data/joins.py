"""Makes joins.json: small tables to join, and which of their rows belong together.

Run:   python3 tests/data/joins.py > tests/data/joins.json
Needs: Python 3.9, mpmath, pandas

An array of cases, one a line:

    name     what the case is about
    files    the text of each file, by its name
    args     command-line arguments beside --format jsonl
    code     the exit code: 0, or 2 for rows that do not match one to one
    results  one object per model and cost, quadratic before cross_entropy; none where
             the code is 2
    says     texts that standard error must contain: parts of the error, or of warnings

Fields of a result:

    model, cost
    n        rows of the first file with a match in every other, and no value missing
    mean     Σc/n, an exact fraction of the f64 costs, rounded once to f64
    skipped  the other rows of the first file

pandas.merge(validate="one_to_one") finds the rows: all cells are texts, and those of the
columns to join on are trimmed. Of several errors, a joined file with a key twice comes
first, and then the first file with one; then, file by file, no key in common, keys that the
file lacks, and keys that the first file lacks.
"""

import csv
import io
import json
import random
import sys
from fractions import Fraction

import pandas as pd

sys.dont_write_bytecode = True  # no __pycache__ among the data
from pairs import cross_entropy, nearest, quadratic  # noqa: E402

SEED = 87
SHOWN = 3  # keys that a message shows

COSTS = {"quadratic": quadratic, "cross_entropy": cross_entropy}


# What should come out


class Refused(Exception):
    """An error, with texts of its message."""

    def __init__(self, *says):
        self.says = list(says)


def plural(n, noun):
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def frame_of(name, text, header):
    """A file as texts; "line" is the line of each row, "at" its place among the rows."""
    if name.endswith(".jsonl"):
        rows = [json.loads(line, parse_int=str, parse_float=str) for line in text.splitlines()]
        frame = pd.DataFrame(rows, dtype=object).fillna("").astype(object)
    else:
        frame = pd.read_csv(
            io.StringIO(text), dtype=str, keep_default_na=False, header=0 if header else None
        ).astype(object)
    for column in frame.columns:
        frame[column] = frame[column].str.strip()
    first = 2 if header and not name.endswith(".jsonl") else 1
    frame["line"] = range(first, first + len(frame))
    frame["at"] = range(len(frame))
    return frame


def keys(frame, on):
    """The key of each row as a message shows it."""
    return [", ".join(cells) for cells in frame[on].itertuples(index=False)]


def shown(name, frame, on):
    """The first rows of those that a message is about."""
    each = [f"'{key}' ({name}:{line})" for key, line in zip(keys(frame, on), frame["line"])]
    return ", ".join(each[:SHOWN]) + (", …" if len(each) > SHOWN else "")


def match(names, frames, on, skip):
    """The rows of the first file with those of each other, and texts of warnings."""
    first, others = frames[0], frames[1:]
    for name, frame in zip(names[1:], others):
        again = frame[frame.duplicated(on)]
        if len(again):
            lines = frame.drop_duplicates(on)[[*on, "line"]]
            before = again[on].merge(lines, on=on, how="left")["line"]
            each = zip(keys(again, on), before, again["line"])
            text = [f"'{key}' ({name}:{line}, {name}:{twin})" for key, line, twin in each]
            more = ", …" if len(text) > SHOWN else ""
            rows = plural(len(again), "row")
            raise Refused(
                f"{name}: {rows} with a key that an earlier row has: "
                + ", ".join(text[:SHOWN])
                + more
            )
    again = first[first.duplicated(on)]
    if len(again):
        rows = plural(len(again), "row")
        what = f"{rows} of the input with a key that an earlier row has: "
        raise Refused(what + shown(names[0], again, on))

    says, whole = [], first
    for name, frame in zip(names[1:], others):
        # It raises MergeError where a key is there twice.
        outer = first.merge(
            frame, on=on, how="outer", validate="one_to_one", indicator=True, suffixes=("", "_")
        )
        lacking = first[first["at"].isin(outer[outer["_merge"] == "left_only"]["at"])]
        surplus = frame[frame["at"].isin(outer[outer["_merge"] == "right_only"]["at_"])]
        if len(lacking) == len(first):
            here, there = keys(first, on)[0], keys(frame, on)[0]
            what = f"no key of the input is in '{name}': the input has '{here}', the file '{there}'"
            raise Refused(what, "1 is not 01")
        if len(lacking) and not skip:
            rows = plural(len(lacking), "row")
            what = f"{rows} of the input with a key that '{name}' lacks: "
            raise Refused(what + shown(names[0], lacking, on), "--missing skip")
        if len(surplus) and not skip:
            rows = plural(len(surplus), "row")
            what = f"{rows} of '{name}' with a key that the input lacks: "
            raise Refused(what + shown(name, surplus, on), "--missing skip")
        if len(surplus):
            rows = plural(len(surplus), "row")
            says.append(f"{name}: {rows} with a key that the input lacks, left out")
        more = frame.add_prefix(f"{name}:").rename(columns={f"{name}:{key}": key for key in on})
        whole = whole.merge(more, on=on, how="inner", validate="one_to_one")
    return whole, says


def by_row(names, frames):
    """The rows of all files side by side."""
    for name, frame in zip(names[1:], frames[1:]):
        if len(frame) != len(frames[0]):
            here, there = (plural(len(it), "row") for it in (frames[0], frame))
            is_header = abs(len(frame) - len(frames[0])) == 1
            hint = "was a header read as data" if is_header else "--on names columns"
            raise Refused(f"the input has {here}, and '{name}' has {there}", hint)
    more = [frame.add_prefix(f"{name}:") for name, frame in zip(names[1:], frames[1:])]
    return pd.concat([frames[0], *more], axis=1), []


def expected(files, on, skip, y, models, header=True):
    """Models are pairs of a name and a column, which is FILE:COLUMN for a joined file."""
    names = list(files)
    frames = [frame_of(name, files[name], header) for name in names]
    try:
        whole, says = match(names, frames, on, skip) if on else by_row(names, frames)
    except Refused as refused:
        return {"code": 2, "results": [], "says": refused.says}
    columns = [y, *(column for _, column in models)]
    whole = whole[(whole[columns] != "").all(axis=1)]
    skipped = len(frames[0]) - len(whole)
    assert skip or skipped == 0
    if skipped:
        says.append(f"{plural(skipped, 'row')} skipped")
    results = []
    for model, column in models:
        for cost, function in COSTS.items():
            pairs = zip(whole[y], whole[column])
            costs = [Fraction(function(float(label), float(yhat))) for label, yhat in pairs]
            mean = nearest(sum(costs) / len(costs))
            found = {"model": model, "cost": cost, "n": len(costs), "mean": mean}
            results.append({**found, "skipped": skipped})
    return {"code": 0, "results": results, "says": says}


def case(name, files, on=(), more=(), y="y", models=None, header=True):
    """A case; the first file is the input, and each other one is joined to it."""
    first, *others = files
    args = [first]
    for other in others:
        args += ["--join", other]
    args += (["--on", ",".join(on)] if on else []) + list(more)
    if models is None:
        models = [(other.split(".")[0], f"{other}:p") for other in others]
    found = expected(files, list(on), "skip" in more, y, models, header)
    return {"name": name, "files": files, "args": args, **found}


# Files


def csv_of(columns, rows):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([columns, *rows])
    return text.getvalue()


def jsonl_of(columns, rows):
    """An object a line, in which numbers are numbers, but for those with a leading zero."""
    lines = []
    for row in rows:
        cell = {}
        for column, text in zip(columns, row):
            is_plain = text == "0" or text.isdigit() and text[0] != "0"
            is_fraction = text.startswith("0.") and text[2:].isdigit()
            cell[column] = float(text) if is_fraction else int(text) if is_plain else text
        lines.append(json.dumps(cell) + "\n")
    return "".join(lines)


def file_of(name, columns, rows):
    return (jsonl_of if name.endswith(".jsonl") else csv_of)(columns, rows)


WORDS = "oak elm ash fir yew lime pine larch alder birch rowan hazel maple aspen cedar".split()
STYLES = {
    "numbers": lambda i: (str(i),),
    "leading zeros": lambda i: (f"{i:04}",),
    "words": lambda i: (WORDS[i % 15] if i < 15 else f"{WORDS[i % 15]} tree {i}",),
    "long keys": lambda i: (f"customer-{i:09}-{WORDS[i % 15]}",),
    "spaces within": lambda i: (f"{WORDS[i % 15]} {i} x",),
    "commas within": lambda i: (f"Ulm, {i}",),
    "two columns": lambda i: (WORDS[i % 3], str(i // 3)),
    "three columns": lambda i: (WORDS[i % 2], f"{i // 2 % 3:02}", f"2024-01-{i // 6 + 1:02}"),
}
COLUMNS = {1: ["id"], 2: ["shop", "day"], 3: ["store", "item", "date"]}


class Tables:
    """Random tables with keys."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def spaced(self, cells):
        """Perhaps with spaces around, which are no part of a key."""
        around = ["", "", " ", "  "]
        quoted = any("," in cell for cell in cells)
        if quoted:
            return list(cells)
        return [self.rng.choice(around) + cell + self.rng.choice(around) for cell in cells]

    def label(self):
        return self.rng.choice(["0", "1", "1", "0.25"])

    def output(self):
        return str(round(self.rng.uniform(0.001, 0.999), 4))

    def of(self, style, names, n, lack=0, surplus=0, twice=0, spaces=False, more=()):
        """A first file, and others. Only the last lacks keys, or has some that are surplus;
        a key is there twice in the first file (−1), or in the last (1)."""
        key = STYLES[style]
        ids = self.rng.sample(range(30), n + surplus)
        own, extra = ids[:n], ids[n:]
        files = {}
        for at, name in enumerate(names):
            rows = list(own)
            if at == len(names) - 1:
                rows = rows[lack:] + extra
                rows += self.rng.sample(own[lack:], twice) if twice > 0 else []
            elif at == 0 and twice < 0:
                rows += self.rng.sample(own[lack:], -twice)
            self.rng.shuffle(rows)
            cells = []
            for i in rows:
                of_key = self.spaced(key(i)) if spaces else list(key(i))
                numbers = [self.output()]
                if at == 0:
                    numbers = [self.label(), *(self.output() for _ in more)]
                cells.append([*of_key, *numbers])
            columns = [*COLUMNS[len(key(0))], *(["y", *more] if at == 0 else ["p"])]
            files[name] = file_of(name, columns, cells)
        return files


SKIP = ("--missing", "skip")
FORMATS = [
    ("truth.csv", "a.csv"),
    ("truth.csv", "a.jsonl"),
    ("truth.jsonl", "a.csv"),
    ("truth.jsonl", "a.jsonl"),
    ("truth.csv", "a.csv", "b.jsonl"),
    ("truth.jsonl", "a.jsonl", "b.csv"),
]


def on_of(style):
    return COLUMNS[len(STYLES[style](0))]


def all_match():
    tables = Tables(SEED)
    for at, style in enumerate(STYLES):
        names = FORMATS[at % len(FORMATS)]
        files = tables.of(style, names, 5 + at)
        yield case(f"{style}, {' '.join(names)}", files, on_of(style))
        names = FORMATS[(at + 3) % len(FORMATS)]
        spaces = style != "commas within"
        files = tables.of(style, names, 4 + at, spaces=spaces)
        yield case(f"{style}, spaces around, {' '.join(names)}", files, on_of(style))
    for n in [1, 2, 30]:
        files = tables.of("numbers", FORMATS[4], n)
        yield case(f"rows: {n}", files, ["id"])


def strays():
    tables = Tables(SEED + 1)
    styles = list(STYLES)
    for at, (lack, surplus) in enumerate([(1, 0), (3, 0), (5, 0), (0, 1), (0, 4), (2, 2)]):
        style, names = styles[at], FORMATS[at]
        what = f"{lack} missing, {surplus} surplus"
        files = tables.of(style, names, 9, lack, surplus)
        yield case(what, files, on_of(style))
        yield case(f"{what}, skipped", files, on_of(style), SKIP)
        style, names = styles[-1 - at], FORMATS[-1 - at]
        files = tables.of(style, names, 11, lack, surplus, spaces=True)
        yield case(f"{what}, {style}, skipped", files, on_of(style), SKIP)


def twice():
    tables = Tables(SEED + 2)
    for at, count in enumerate([1, 2, 4, -1, -2, -4]):
        style = list(STYLES)[at]
        files = tables.of(style, FORMATS[at], 8, twice=count)
        side = "joined file" if count > 0 else "first file"
        yield case(f"keys twice in the {side}: {abs(count)}", files, on_of(style))
        more = tables.of(style, FORMATS[at], 8, lack=1, surplus=1, twice=count)
        yield case(f"the same beside others, skipped: {count}", more, on_of(style), SKIP)
    thrice = "id,p\n1,0.5\n2,0.25\n1,0.75\n1,0.5\n"
    yield case("a key three times", {"truth.csv": "id,y\n1,1\n2,0\n", "a.csv": thrice}, ["id"])


def as_text():
    """Keys are equal as text alone."""
    truth = "id,y\n1,1\n2,0\n3,1\n"
    for name, there in {
        "01 is not 1": ["01", "02", "03"],
        "1.0 is not 1": ["1.0", "2.0", "3.0"],
        "case matters": ["A", "B", "C"],
    }.items():
        here = truth if there[0] != "A" else "id,y\na,1\nb,0\nc,1\n"
        rows = [[key, "0.5"] for key in there]
        files = {"truth.csv": here, "a.csv": csv_of(["id", "p"], rows)}
        yield case(name, files, ["id"])
        yield case(f"{name}, skipped", files, ["id"], SKIP)
    some = {"truth.csv": truth, "a.csv": "id,p\n01,0.5\n2,0.25\n3,0.75\n"}
    yield case("one key with a leading zero", some, ["id"])
    yield case("one key with a leading zero, skipped", some, ["id"], SKIP)
    both = {"truth.csv": "id,y\n1,1\n01,0\n", "a.csv": "id,p\n01,0.125\n1,0.75\n"}
    yield case("1 and 01 in both", both, ["id"])
    cells = {
        "truth.csv": 'shop,day,y\n"a,b",c,1\na,"b,c",0\n',
        "a.csv": 'shop,day,p\na,"b,c",0.25\n"a,b",c,0.875\n',
    }
    yield case("cells that are alike put together", cells, ["shop", "day"])


def columns():
    """Which columns are used."""
    tables = Tables(SEED + 3)
    names = FORMATS[4]
    files = tables.of("numbers", names, 7, more=["yhat"])
    pairs = [("a", "a.csv:p"), ("b", "b.jsonl:p")]
    models = [("yhat", "yhat"), *pairs]
    yield case("a prediction in the first file", files, ["id"], models=models)
    both = [("a:p", "a.csv:p"), ("b:p", "b.jsonl:p")]
    yield case("a name of both", files, ["id"], ("--yhat-col", "p"), models=both)
    last = [("b:p", "b.jsonl:p"), ("yhat", "yhat")]
    yield case("a name of one", files, ["id"], ("--yhat-col", "b:p,yhat"), models=last)
    files = {"a.csv": "id,p\n1,0.75\n2,0.25\n", "truth.csv": "id,target\n2,0\n1,1\n"}
    more = ("--yhat-col", "p")
    models = [("p", "p")]
    yield case("y in the joined file", files, ["id"], more, "truth.csv:target", models)
    files = {"truth.csv": "id,target\n1,1\n2,0\n", "sub.csv": "id,target\n2,0.25\n1,0.875\n"}
    models = [("sub", "sub.csv:target")]
    yield case("y and the prediction of one name", files, ["id"], (), "target", models)


def missing_values():
    truth = "id,y\n1,1\n2,0\n3,1\n4,\n5,0\n"
    files = {"truth.csv": truth, "a.csv": "id,p\n4,0.5\n5,\n3,0.75\n2,0.125\n1,0.875\n"}
    yield case("values missing in both", files, ["id"], SKIP)
    files = {**files, "b.jsonl": '{"id":1,"p":null}\n{"id":2,"p":0.25}\n{"id":7,"p":0.5}\n'}
    yield case("values and keys missing", files, ["id"], SKIP)


def rows():
    tables = Tables(SEED + 4)
    for n in [1, 6]:
        for names in [FORMATS[0], FORMATS[4]]:
            files = {
                name: file_of(
                    name,
                    ["p" if at else "y"],
                    [[tables.output() if at else tables.label()] for _ in range(n)],
                )
                for at, name in enumerate(names)
            }
            yield case(f"row by row: {n}, {' '.join(names)}", files)
    files = {"labels.txt": "1\n0\n1\n", "scores.txt": "0.875\n0.25\n0.5\n"}
    models = [("scores", "scores.txt:0")]
    yield case("row by row, no headers", files, (), (), 0, models, header=False)
    for more in [1, 2]:
        longer = {**files, "scores.txt": files["scores.txt"] + "0.75\n" * more}
        yield case(f"row by row, {more} too many", longer, (), (), 0, models, header=False)
        shorter = {**files, "labels.txt": files["labels.txt"] + "0\n" * more}
        yield case(f"row by row, {more} too few", shorter, (), (), 0, models, header=False)
    values = {"truth.csv": "y,n\n1,1\n,2\n0,3\n", "a.csv": "p,n\n0.75,1\n0.5,2\n0.25,3\n"}
    yield case("row by row, a value missing in the first", values, (), SKIP)
    values = {"truth.csv": "y,n\n1,1\n1,2\n0,3\n", "a.csv": "p,n\n0.75,1\n,2\n0.25,3\n"}
    yield case("row by row, a value missing in the other", values, (), SKIP)


def main():
    makers = [all_match, strays, twice, as_text, columns, missing_values, rows]
    cases = [case for maker in makers for case in maker()]
    assert len({case["name"] for case in cases}) == len(cases)
    dumped = [json.dumps(case, allow_nan=False, ensure_ascii=False) for case in cases]
    print("[\n" + ",\n".join(dumped) + "\n]")


if __name__ == "__main__":
    main()
