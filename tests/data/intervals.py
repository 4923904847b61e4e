"""Makes intervals.json: small inputs with clusters, and the 95 % intervals of means.

Run:   python3 tests/data/intervals.py > tests/data/intervals.json
Needs: Python 3.9, mpmath, SciPy, statsmodels

An array of cases, one a line:

    name     what the case is about
    input    the text of the file; it has a header, with the columns y, yhat or a, b
             and c, and perhaps w (weights), q (clusters) and g (groups)
    args     command-line arguments beside the file
    results  one object per group, model and cost: the groups as they first appear,
             the models as asked, quadratic before cross_entropy

Fields of a result:

    g                only with --by: the text of the group
    model, cost
    n                instances, those of weight 0 too
    weight           only with --weight-col: Σw
    clusters         only with --cluster-col: C, the clusters of a weight above 0
    mean             Σwc/Σw
    standard_error   sqrt(C/(C − 1) · Σ(Σw(c − mean))²)/Σw, the outer sum over the
                     clusters, the inner one over the instances of each; without
                     --cluster-col, each instance is a cluster; null for C < 2
    low, high        mean ∓ t · standard_error in f64, where t is the 97.5 % quantile
                     of Student's t with C − 1 degrees of freedom; null for C < 2
    delta, delta_standard_error, delta_low, delta_high
                     only with several models, null for the first: the same of
                     d = c − c of the first model, with d exact

A number is written with the shortest digits that read back as the same f64; null
stands for no value. Each statistic is an exact fraction of the f64 costs and
weights, rounded once to f64. A root is taken of a fraction rounded once to 53 bits,
whatever its exponent.

statsmodels computes all of it again, by a regression on a constant with robust
standard errors, and SciPy where there are neither weights nor clusters. The script
fails where they are further apart than one part in 10⁹.
"""

import csv
import io
import json
import math
import random
import sys
from fractions import Fraction

import numpy as np
import scipy.stats
import statsmodels.api

sys.dont_write_bytecode = True  # no __pycache__ among the data
from pairs import cross_entropy, nearest, quadratic  # noqa: E402
from student import quantile  # noqa: E402

SEED = 86

COSTS = {"quadratic": quadratic, "cross_entropy": cross_entropy}


# Statistics


class Sample:
    """Rows with what they have in common for all models: weights and clusters."""

    def __init__(self, rows, weight, cluster):
        self.weights = [Fraction(float(row[weight])) if weight else Fraction(1) for row in rows]
        self.clusters = [row[cluster] if cluster else i for i, row in enumerate(rows)]
        self.total = sum(self.weights)
        self.count = len({q for q, w in zip(self.clusters, self.weights) if w > 0})

    def mean(self, xs):
        """The exact weighted mean."""
        return sum(w * Fraction(x) for w, x in zip(self.weights, xs)) / self.total

    def standard_error(self, xs):
        """Of the mean; None for fewer than two clusters."""
        if self.count < 2:
            return None
        mean = self.mean(xs)
        sums = dict.fromkeys(self.clusters, Fraction(0))
        for q, w, x in zip(self.clusters, self.weights, xs):
            sums[q] += w * (Fraction(x) - mean)
        scatter = sum(of_cluster**2 for of_cluster in sums.values())
        return root(Fraction(self.count, self.count - 1) * scatter / self.total**2)

    def statistics(self, xs):
        """The mean, its standard error and both ends of its interval."""
        mean, error = nearest(self.mean(xs)), self.standard_error(xs)
        if error is None:
            return mean, None, None, None
        reach = quantile(self.count - 1) * error
        return mean, error, mean - reach, mean + reach


def root(square):
    """The root of a fraction that is rounded first."""
    if square == 0:
        return 0.0
    # Scaled by a power of 4, the square neither over- nor underflows.
    k = (square.numerator.bit_length() - square.denominator.bit_length()) // 2
    return math.ldexp(math.sqrt(nearest(square / Fraction(4) ** k)), k)


def results_of(rows, models, weight, cluster):
    """The results of one group."""
    sample = Sample(rows, weight, cluster)
    first = {}
    for model in models:
        for cost, function in COSTS.items():
            costs = [function(float(row["y"]), float(row[model])) for row in rows]
            found = {"model": model, "cost": cost, "n": len(rows)}
            if weight:
                found["weight"] = nearest(sample.total)
            if cluster:
                found["clusters"] = sample.count
            of_costs = sample.statistics(costs)
            check(sample, costs, of_costs)
            found.update(zip(["mean", "standard_error", "low", "high"], of_costs))
            if len(models) > 1:
                of_delta = [None] * 4
                if model != models[0]:
                    deltas = [Fraction(c) - Fraction(f) for c, f in zip(costs, first[cost])]
                    of_delta = sample.statistics(deltas)
                    check(sample, costs, of_delta, first[cost])
                names = ["delta", "delta_standard_error", "delta_low", "delta_high"]
                found.update(zip(names, of_delta))
            first.setdefault(cost, costs)
            yield found


def results(text, args):
    given = dict(zip(args[::2], args[1::2]))
    models = given.get("--yhat-col", "yhat").split(",")
    by = given.get("--by")
    groups = {}
    for row in csv.DictReader(io.StringIO(text, newline=""), strict=True):
        groups.setdefault(row[by] if by else None, []).append(row)
    weight, cluster = given.get("--weight-col"), given.get("--cluster-col")
    for group, rows in groups.items():
        of_group = {by: group} if by else {}
        for found in results_of(rows, models, weight, cluster):
            yield {**of_group, **found}


# The same in statsmodels and in SciPy


def close(exact, approximate, scale):
    """Whether they are equal but for the rounding of numbers up to the scale."""
    return abs(exact - approximate) <= 1e-9 * abs(exact) + 1e-15 * scale


def check(sample, costs, found, first=None):
    """Fails unless statsmodels and SciPy find the same, of costs or of differences."""
    largest = max(sample.weights)
    kept = [i for i, w in enumerate(sample.weights) if w > 0]
    xs = np.array([costs[i] - (first[i] if first else 0) for i in kept])
    weights = np.array([nearest(sample.weights[i] / largest) for i in kept])
    clusters = [sample.clusters[i] for i in kept]
    scale = 10 * max(costs + (first or []))

    mean, error, *ends = found
    assert close(mean, np.average(xs, weights=weights), scale), found
    if sample.count < 2:
        assert [error, *ends] == [None] * 3
        return
    assert ends[0] <= mean <= ends[1]
    # Without clusters, those of one instance each correct by n/(n − 1), too.
    model = statsmodels.api.WLS(xs, np.ones(len(xs)), weights=weights)
    codes = np.unique(clusters, return_inverse=True)[1]
    how = {"groups": codes, "use_correction": True}
    fit = model.fit(cov_type="cluster", cov_kwds=how, use_t=True)
    scale *= quantile(sample.count - 1)
    assert close(error, fit.bse[0], scale), (found, fit.bse)
    assert all(map(close, ends, fit.conf_int(0.05)[0], [scale] * 2)), (found, fit.conf_int())

    if len(set(clusters)) == len(xs) and len(set(weights)) == 1:
        assert close(error, scipy.stats.sem(xs), scale), found
        if error > scale * 1e-9:  # or SciPy's interval is not a number
            again = scipy.stats.t.interval(0.95, len(xs) - 1, np.mean(xs), scipy.stats.sem(xs))
            assert all(map(close, ends, again, [scale] * 2)), (found, again)


# Cases

W = ("--weight-col", "w")
Q = ("--cluster-col", "q")
G = ("--by", "g")
A = ("--yhat-col", "a")
AB = ("--yhat-col", "a,b")
ABC = ("--yhat-col", "a,b,c")

BOOK = [(1, 0.9997), (1, 0.9), (1, 0.6), (1, 0.1192), (0, 0.1192), (1, 0.8808)]
WORDS = "oak elm ash fir yew lime pine larch alder birch rowan hazel maple aspen cedar".split()


def case(name, text, *args):
    return {"name": name, "input": text, "args": list(args), "results": list(results(text, args))}


def table(header, *rows):
    """A header of words and rows of cells as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header.split(), *rows])
    return text.getvalue()


class Rows:
    """Random rows of y, the outputs of some models, and more columns."""

    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.lean = {}

    def output(self, p, spread, cell):
        """An output in (0, 1); one cluster leans all its outputs the same way."""
        lean = self.lean.setdefault(cell, self.rng.uniform(-0.15, 0.15))
        return round(min(max(self.rng.gauss(p + lean, spread), 0.001), 0.999), 4)

    def of(self, n, models=1, columns=(), soft=False):
        """Each column is a list, repeated as often as it takes."""
        rows = []
        for i in range(n):
            more = [column[i % len(column)] for column in columns]
            p = self.rng.random()
            y = round(p, 3) if soft else int(self.rng.random() < p)
            cell = more[-1] if more else None
            rows.append((y, *(self.output(p, 0.1 + 0.1 * k, cell) for k in range(models)), *more))
        return rows

    def mixed(self, n, words):
        """Each of the words, and then some more of them, in any order."""
        cells = [*words, *self.rng.choices(words, k=n - len(words))]
        self.rng.shuffle(cells)
        return cells


def plain():
    rows = Rows(SEED)
    yield case("the book's table", table("y yhat", *BOOK))
    for n in [1, 2, 3, 7, 16, 32, 40]:
        yield case(f"rows: {n}", table("y yhat", *rows.of(n)))
    yield case("soft labels", table("y yhat", *rows.of(15, soft=True)))
    yield case("costs all alike", table("y yhat", *[(1, 0.3)] * 5))
    close = [(1, 0.5), (1, 0.5000000000000001), (1, 0.4999999999999999), (0, 0.5)]
    yield case("costs that hardly differ", table("y yhat", *close))
    ends = [(1, 1e-300), (0, 1 - 2.0**-53), (1, 1 - 2.0**-53), (0, 5e-324), (1, 0.5)]
    yield case("outputs near 0 and 1", table("y yhat", *ends))
    for n in [1, 2, 6, 33]:
        yield case(f"two models, rows: {n}", table("y a b", *rows.of(n, 2)), *AB)
    for n in [9, 40]:
        yield case(f"three models, rows: {n}", table("y a b c", *rows.of(n, 3)), *ABC)
    yield case("the last model first", table("y a b c", *rows.of(8, 3)), "--yhat-col", "c,a")
    equal = [(y, a, a) for y, a in rows.of(6)]
    yield case("two equal models", table("y a b", *equal), *AB)
    constant = [(1, 0.75, 0.25), (0, 0.25, 0.75), (1, 0.75, 0.25)]
    yield case("a difference that never changes", table("y a b", *constant), *AB)


def weights():
    rows = Rows(SEED + 1)
    some = [2, 0, 0.5, 3, 0, 1.25, 0.1]

    def of(name, weights, n, models=1, args=(), **how):
        header = {1: "y yhat w", 2: "y a b w", 3: "y a b c w"}[models]
        return case(name, table(header, *rows.of(n, models, [weights], **how)), *args, *W)

    yield case("the book's table, weights of 1", table("y yhat w", *((*r, 1) for r in BOOK)), *W)
    yield of("one row with a weight", [0.3], 1)
    yield of("a row beside one of weight 0", [0, 0.3], 2)
    yield of("two rows beside one of weight 0", [4, 0, 0.3], 3)
    yield of("weights, some 0", some, 21)
    yield of("weights all alike", [0.7], 12)
    yield of("soft labels with weights", some, 13, soft=True)
    yield of("weights far apart", [1e-300, 1e300, 1, 1e300, 1e280], 10)
    yield of("weights of least size", [5e-324, 1e-310, 2e-323], 6)
    yield of("two models with weights, some 0", some, 40, 2, AB)
    yield of("three models with weights", [1, 2, 0.25], 11, 3, ABC)
    yield of("two models, one row of weight", [0, 0, 2, 0], 4, 2, AB)


def clusters():
    rows = Rows(SEED + 2)

    def of(name, cells, models=1, args=(), **how):
        header = {1: "y yhat q", 2: "y a b q", 3: "y a b c q"}[models]
        return case(name, table(header, *rows.of(len(cells), models, [cells], **how)), *args, *Q)

    yield of("one row in a cluster", ["oak"])
    yield of("two rows in one cluster", ["oak", "oak"])
    yield of("two rows in two clusters", ["oak", "elm"])
    yield of("one cluster", ["oak"] * 8)
    yield of("two clusters of unlike size", rows.mixed(20, ["oak"] * 16 + ["elm"]))
    yield of("clusters in turns", WORDS[:4] * 3)
    yield of("clusters one after another", sorted(WORDS[:5] * 4))
    yield of("clusters in any order", rows.mixed(40, WORDS[:9]))
    yield of("many clusters in any order", rows.mixed(40, WORDS))
    yield of("a cluster of two rows among single ones", [*WORDS[:8], WORDS[3]])
    yield of("soft labels in clusters", rows.mixed(14, WORDS[:6]), soft=True)
    quoted = ["Ulm, Mitte", "Ulm", "Mitte", "Ulm Mitte", '"Süd"', "Süd"]
    yield of("clusters that need quotes", rows.mixed(18, quoted))
    cancelled = [(1, 0.5, q) for q in "oak elm ash".split()]
    cancelled += [(0, 0.125, q) for q in "ash oak elm".split()]
    yield case("clusters of equal means", table("y yhat q", *cancelled), *Q)
    alike = [(1, 0.5, "oak"), (1, 0.5, "elm"), (0, 0.25, "ash"), (1, 0.5, "oak"), (0, 0.25, "ash")]
    yield case("clusters of costs all alike", table("y yhat q", *alike), *Q)
    yield of("two models in clusters", rows.mixed(31, WORDS[:7]), 2, AB)
    yield of("two models in one cluster", ["oak"] * 5, 2, AB)
    yield of("three models in clusters", rows.mixed(24, WORDS[:5]), 3, ABC)
    once = rows.of(15, 3, [WORDS])
    yield case("each row its own cluster", table("y a b c q", *once), *ABC, *Q)
    yield case("the same without clusters", table("y a b c q", *once), *ABC)
    reordered = [(q, b, y, a) for y, a, b, q in rows.of(10, 2, [WORDS[:4]])]
    yield case("the column of clusters first", table("q b y a", *reordered), *Q, *AB)


def weighted_clusters():
    rows = Rows(SEED + 3)

    def of(name, cells, weights, models=1, args=(), **how):
        header = {1: "y yhat w q", 2: "y a b w q", 3: "y a b c w q"}[models]
        found = rows.of(len(cells), models, [weights, cells], **how)
        return case(name, table(header, *found), *args, *W, *Q)

    some = [2, 0, 0.5, 3, 0, 1.25, 0.1]
    cells = rows.mixed(30, WORDS[:6])
    yield of("weights and clusters", cells, [1, 2.5, 0.25, 3, 0.1])
    yield of("weights, some 0, and clusters", cells, some)
    only = [0 if q in ("elm", "yew") else 1 + i % 3 for i, q in enumerate(cells)]
    yield of("clusters of weight 0", cells, only)
    but_one = [float(q == "ash") for q in cells]
    yield of("all clusters but one of weight 0", cells, but_one)
    yield of("one cluster with weights", ["oak"] * 6, some)
    yield of("weights far apart in clusters", cells, [1e-300, 1e300, 1, 1e300, 1e280, 0, 1e299])
    yield of("soft labels with weights in clusters", cells[:17], some, soft=True)
    once = rows.of(15, 2, [some, WORDS])
    yield case("each row its own cluster, with weights", table("y a b w q", *once), *AB, *W, *Q)
    yield case("the same without clusters, with weights", table("y a b w q", *once), *AB, *W)
    yield of("two models with weights in clusters", rows.mixed(40, WORDS[:8]), some, 2, AB)
    yield of("three models, clusters of weight 0", cells, only, 3, ABC)
    ones = rows.of(20, 2, [[1], rows.mixed(20, WORDS[:5])])
    yield case("weights of 1 and clusters", table("y a b w q", *ones), *AB, *W, *Q)
    yield case("clusters without the weights of 1", table("y a b w q", *ones), *AB, *Q)


def groups():
    rows = Rows(SEED + 4)
    spread = rows.mixed(30, ["north", "south", "east"])
    cells = rows.mixed(30, WORDS[:4])
    some = [2, 0.5, 0, 3, 1.25, 0.1, 1]

    def of(name, header, columns, *args, n=30):
        models = sum(word in ("yhat", "a", "b", "c") for word in header.split())
        return case(name, table(header, *rows.of(n, models, columns)), *args, *G)

    yield of("groups", "y yhat g", [spread])
    yield of("groups of one row", "y yhat g", [["south", "north", "east"]], n=3)
    yield of("groups and weights", "y yhat w g", [some, spread], *W)
    yield of("groups and clusters in many groups", "y yhat g q", [spread, cells], *Q)
    within = [f"{g} {q}" for g, q in zip(spread, cells)]
    yield of("groups and clusters in one group each", "y yhat g q", [spread, within], *Q)
    unlike = ["oak" if g == "north" else q for g, q in zip(spread, cells)]
    yield of("a group of one cluster among others", "y yhat g q", [spread, unlike], *Q)
    yield of("groups and two models", "y a b g", [spread], *AB)
    yield of("groups, clusters and two models", "y a b g q", [spread, cells], *AB, *Q)
    everything = [some, spread, cells]
    yield of("groups, weights, clusters, three models", "y a b c w g q", everything, *ABC, *W, *Q)
    lost = [("east", "elm"), ("north", "oak")]
    columns = [[0 if of in lost else 2 for of in zip(spread, cells)], spread, cells]
    yield of("clusters of weight 0 in some groups", "y a w g q", columns, *A, *W, *Q)


# What must hold beyond each case


def check_all(cases):
    by_name = {case["name"]: case["results"] for case in cases}
    assert len(by_name) == len(cases)
    numbers = [x for results in by_name.values() for result in results for x in result.values()]
    assert not any(x == 0 and math.copysign(1, x) < 0 for x in numbers if isinstance(x, float))

    def same(one, other, but):
        found = [{k: v for k, v in r.items() if k != but} for r in by_name[one]]
        assert found == by_name[other], one

    # Clusters of one row each are as good as none, and weights of 1.
    for also in ["", ", with weights"]:
        same(f"each row its own cluster{also}", f"the same without clusters{also}", "clusters")
    same("the book's table, weights of 1", "the book's table", "weight")
    same("weights of 1 and clusters", "clusters without the weights of 1", "weight")

    # All kinds of nothing are among the cases.
    assert all(r["standard_error"] == 0 for r in by_name["clusters of equal means"])
    assert all(r["clusters"] == 4 for r in by_name["clusters of weight 0"])
    assert all(r["low"] is None for r in by_name["all clusters but one of weight 0"])
    lone = [r for r in by_name["a group of one cluster among others"] if r["g"] == "north"]
    assert lone and all(r["clusters"] == 1 and r["high"] is None for r in lone)


def main():
    makers = [plain, weights, clusters, weighted_clusters, groups]
    cases = [case for maker in makers for case in maker()]
    check_all(cases)
    print("[\n" + ",\n".join(json.dumps(case, allow_nan=False) for case in cases) + "\n]")


if __name__ == "__main__":
    main()
