"""Counts how often a 95 % interval contains the true mean.

Run:   python3 examples/coverage.py [COSTS] > coverage.md
Needs: Python 3.9, costs (on the path, or at COSTS)

A question has a probability of yes, one outcome, and forecasts by one or two
models. Each time a question is asked makes a row: the outcome and what the models
say. A set is some questions of one kind, drawn at random, as one evaluation would
see them. Each kind is a finite list, so the expected cost of a row is a finite sum.

10,000 sets of each size go through `costs --by set`. Each gives an interval,
which contains the expected cost or does not. The share that does is itself uncertain
by up to 0.5 points (one standard error), and by 0.2 points near 95 %.

The kinds:

    moderate    calibrated forecasts from 0.05 to 0.95
    confident   calibrated forecasts below 0.04 or above 0.96: one row in fifty is
                wrong, and has most of the cost
    difference  two models, one closer to the true probability; the interval is
                that of their difference
    repeated    each question is asked ten times: the outcome is the same, and the
                forecasts differ a little

Each interval is taken in two ways: by Student's t, which is low to high of the
result (or delta_low to delta_high), and as the mean ± 1.96 standard errors.
"As rows" is without --cluster-col.
"""

import csv
import math
import random
import subprocess
import sys

SEED = 2
SETS = 10_000
SIZES = (5, 10, 20, 100)  # questions in a set
NORMAL = 1.96

COSTS = {
    "quadratic": lambda y, p: (y - p) ** 2,
    "cross_entropy": lambda y, p: -math.log(p if y else 1 - p),
}


def around(q, distances):
    return [round(q + distance, 2) for distance in distances]


# The questions of each kind, which are equally likely: the probability of yes, and what the
# models may say when asked, which is equally likely, too.
MODERATE = [(k / 20, [(k / 20,)]) for k in range(1, 20, 2)]
CONFIDENT = [(p, [(p,)]) for p in (0.01, 0.03, 0.97, 0.99)]
DIFFERENCE = [
    (q, [(a, b) for a in around(q, (-0.15, 0.15)) for b in around(q, (-0.05, 0.05))])
    for q in (0.2, 0.35, 0.5, 0.65, 0.8)
]
REPEATED = [(q, [(a,) for a in around(q, (-0.1, 0.0, 0.1))]) for q in (0.2, 0.5, 0.8)]


def has_two_models(kind):
    return len(kind[0][1][0]) == 2


def true_mean(cost, kind):
    """Returns the expected cost of a row, or with two models the expected difference."""

    def of_row(y, forecasts):
        first, *second = (cost(y, p) for p in forecasts)
        return second[0] - first if second else first

    return math.fsum(
        (q * of_row(1, row) + (1 - q) * of_row(0, row)) / len(rows) / len(kind)
        for q, rows in kind
        for row in rows
    )


def sets(kind, size, repeats):
    """Yields a header, then the rows of each set, as CSV."""
    rng = random.Random(SEED)
    yield "set,question,y," + ("a,b" if has_two_models(kind) else "a") + "\n"
    texts = [(q, [",".join(map(str, row)) + "\n" for row in rows]) for q, rows in kind]
    for number in range(SETS):
        lines = []
        for question in range(size):
            q, rows = rng.choice(texts)
            start = f"{number},{question},{int(rng.random() < q)},"
            lines += [start + row for row in rng.choices(rows, k=repeats)]
        yield "".join(lines)


def results(program, options, size, chunks):
    """Yields the results of all sets for each of several lists of options."""
    command = [program, "--by", "set", "--format", "csv", "--max-groups", str(SETS * size)]
    runs = [
        subprocess.Popen(command + more, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for more in options
    ]
    for chunk in chunks:
        for run in runs:
            run.stdin.write(chunk)
    for run in runs:
        run.stdin.close()
    for run in runs:
        yield list(csv.DictReader(run.stdout))
        if run.wait() != 0:
            sys.exit(f"{program} ended with exit code {run.returncode}")


def intervals(records, cost, prefix, quantile=None):
    """Yields the interval of each set, by Student's t or by `quantile`."""
    for record in records:
        if record["cost"] != cost or not record[prefix + "low"]:
            continue  # the first model has no difference
        if quantile:
            mean = float(record[prefix.rstrip("_") or "mean"])
            half = quantile * float(record[prefix + "standard_error"])
            yield mean - half, mean + half
        else:
            yield float(record[prefix + "low"]), float(record[prefix + "high"])


def shares(kind, records):
    """Yields the share of intervals that contain the true mean, by cost and by way."""
    prefix = "delta_" if has_two_models(kind) else ""
    for name, cost in COSTS.items():
        mean = true_mean(cost, kind)
        for quantile in (None, NORMAL):
            found = intervals(records, name, prefix, quantile)
            yield sum(low <= mean <= high for low, high in found) / SETS


def rows(program, kind, names, options, repeats):
    """Prints rows of the table: for each size, one for each list of options."""
    options = [["--yhat-col", "a,b" if has_two_models(kind) else "a", *more] for more in options]
    for size in SIZES:
        runs = results(program, options, size, sets(kind, size, repeats))
        for name, records in zip(names, runs):
            cells = [f"{100 * share:.1f} %" for share in shares(kind, records)]
            print(f"| {name} | {size} |", " | ".join(cells), "|", flush=True)


def main():
    program = sys.argv[1] if len(sys.argv) > 1 else "costs"
    columns = [f"{cost.replace('_', '-')}, {way}" for cost in COSTS for way in ("t", "± 1.96")]
    print("| kind | questions |", " | ".join(columns), "|")
    print("|---|" + "--:|" * (1 + len(columns)))
    rows(program, MODERATE, ["moderate"], [[]], 1)
    rows(program, CONFIDENT, ["confident"], [[]], 1)
    rows(program, DIFFERENCE, ["difference"], [[]], 1)
    both = [["--cluster-col", "question"], []]
    rows(program, REPEATED, ["repeated", "repeated, as rows"], both, 10)


if __name__ == "__main__":
    main()
