"""Makes classes.json: small inputs of several classes, with their statistics.

Run:   python3 tests/data/classes.py > tests/data/classes.json
Needs: Python 3.9, mpmath, SciPy, statsmodels, scikit-learn 1.8 or newer

An array of cases, one a line:

    name     what the case is about
    input    the text of the file; it has a header, with y, the name of the class, and
             a column p_CLASS for each class, or a_CLASS and so on for several models;
             perhaps w (weights), q (clusters) and g (groups)
    args     command-line arguments beside the file
    results  one object per group, model and cost: the groups as they first appear,
             the models as asked, quadratic before cross_entropy

Fields of a result:

    g                only with --by: the text of the group
    model            what stands before _* in the argument
    cost
    n                instances, those of weight 0 too
    weight           only with --weight-col: Σw
    clusters         only with --cluster-col: the clusters of a weight above 0
    mean             Σwc/Σw
    standard_error, low, high
                     as in intervals.json; null for an infinite mean
    sum              Σwc
    baseline         of always ŷ = f, the frequencies of the classes Σw[y = class]/Σw:
                     1 − Σf² and −Σf ln f; with --baseline-col, the mean of that model
    skill            1 − mean/baseline, rounded once; in f64 where the baseline is
                     −Σf ln f; null where the baseline is 0 or infinite
    infinite         instances of infinite cost and a weight above 0; with a weight of
                     0, a cost counts as 0
    finite_mean      the mean over the others; null where their Σw is 0
    delta, delta_standard_error, delta_low, delta_high
                     only with several models, null for the first: the same of
                     d = c − c of the first model, with d exact; delta is null where
                     both means are infinite, the others where one is

Costs of an instance:

    cross_entropy    −ln ŷ of the label, rounded once; --clip first puts that ŷ into
                     [ε, 1 − ε], or the logarithm to −100 at least (torch)
    quadratic        Σ(y − ŷ)² over the classes in the byte order of their names, each
                     operation in f64

Classes that are numbers are equal if they are the same f64. --classes says which
columns are classes. --normalize first divides each ŷ by their exact sum in the row,
rounded once to f64. Without it, the sum of a row is within 0.0009 of 1.

Numbers are written as in statistics.json, and rounded as in intervals.json. The entropy
is rounded once from 1,000 digits.

scikit-learn computes the means again, NumPy the entropies, and statsmodels and SciPy the
intervals. The script fails where they are further apart than one part in 10⁹.
"""

import csv
import io
import json
import math
import random
import sys
import warnings
from fractions import Fraction

# Last: statistics.py would hide Python's own module from scikit-learn.
sys.path.append(sys.path.pop(0))
sys.dont_write_bytecode = True  # no __pycache__ among the data

import intervals  # noqa: E402
import mpmath  # noqa: E402
import numpy as np  # noqa: E402
from pairs import ln, nearest, rounded  # noqa: E402
from sklearn.metrics import brier_score_loss, log_loss  # noqa: E402

SEED = 88

EPSILONS = {"sklearn": 2.0**-52, "keras": 1e-7}
LEAST_LN = -100  # of torch

INTERVAL = ["mean", "standard_error", "low", "high"]
DELTA = ["delta", "delta_standard_error", "delta_low", "delta_high"]


# Reading


def options(args):
    """The arguments as a dict: option to value, flags to None."""
    found, rest = {}, list(args)
    while rest:
        option = rest.pop(0)
        found[option] = None if option == "--normalize" else rest.pop(0)
    return found


def number(text):
    """The number that a class is; None for a word."""
    is_number = text[-1:].isdecimal() and all(c in "0123456789+-.e" for c in text)
    return float(text) if is_number else None


class Table:
    """The rows of a file, and its classes in an order."""

    def __init__(self, text, given, order):
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        self.rows = list(reader)
        self.prefixes = [pattern.removesuffix("*") for pattern in given["--yhat-col"].split(",")]
        self.baseline = given.get("--baseline-col", "").removesuffix("*")
        of_models = [
            {name.removeprefix(prefix) for name in reader.fieldnames if name.startswith(prefix)}
            for prefix in [*self.prefixes, self.baseline]
            if prefix
        ]
        classes = of_models[0]
        if "--classes" in given:
            classes = set(given["--classes"].split(","))
            of_models = [classes & found for found in of_models]
        assert all(found == classes for found in of_models)
        self.classes = sorted(classes, key=order)

    def label(self, row):
        """The index of its class."""
        text = row["y"].strip(" \t")
        if text in self.classes:
            return self.classes.index(text)
        return [number(name) for name in self.classes].index(float(text))

    def outputs(self, row, prefix, given):
        """ŷ of each class."""
        found = [float(row[prefix + name]) for name in self.classes]
        assert all(0 <= yhat <= 1 for yhat in found)
        total = sum(map(Fraction, found))
        if "--normalize" in given:
            return [yhat / nearest(total) for yhat in found]
        assert abs(total - 1) <= Fraction("0.0009"), row
        return found


# Statistics


def clipped(yhat, clip):
    """ŷ as --clip leaves it."""
    if clip in (None, "torch"):
        return yhat
    epsilon = EPSILONS[clip] if clip in EPSILONS else float(clip)
    return min(max(yhat, epsilon), 1 - epsilon)


def cross_entropy(label, outputs, clip):
    log = ln(clipped(outputs[label], clip))
    return 0.0 - (max(log, LEAST_LN) if clip == "torch" else log)


def quadratic(label, outputs, _):
    total = 0.0
    for i, yhat in enumerate(outputs):
        d = (i == label) - yhat
        total += d * d
    return total


COSTS = {"quadratic": quadratic, "cross_entropy": cross_entropy}


def weighted_mean(weights, xs):
    """Σwx/Σw, exactly."""
    return sum(w * Fraction(x) for w, x in zip(weights, xs)) / sum(weights)


class Group:
    """The rows of a group."""

    def __init__(self, table, rows, given):
        self.table, self.rows, self.given = table, rows, given
        self.sample = intervals.Sample(rows, given.get("--weight-col"), given.get("--cluster-col"))
        self.weights = self.sample.weights
        self.labels = [table.label(row) for row in rows]

    def frequencies(self):
        """Those of the classes."""
        of_class = [Fraction(0)] * len(self.table.classes)
        for label, w in zip(self.labels, self.weights):
            of_class[label] += w
        return [w / self.sample.total for w in of_class]

    def costs(self, prefix, cost):
        """The cost of each row; 0 for an infinite one of weight 0."""
        clip = self.given.get("--clip")
        outputs = [self.table.outputs(row, prefix, self.given) for row in self.rows]
        found = [COSTS[cost](*of, clip) for of in zip(self.labels, outputs)]
        check_mean(cost, self, outputs, clip, found)
        return [0.0 if w == 0 and c == math.inf else c for w, c in zip(self.weights, found)]

    def finite_mean(self, costs):
        """The exact mean of the costs that are finite, None if there is none."""
        kept = [(w, c) for w, c in zip(self.weights, costs) if c < math.inf]
        return weighted_mean(*zip(*kept)) if any(w for w, _ in kept) else None

    def mean(self, costs):
        return math.inf if math.inf in costs else self.finite_mean(costs)

    def interval(self, costs):
        """The mean, its standard error and both ends of its interval."""
        if math.inf in costs:
            return math.inf, None, None, None
        found = self.sample.statistics(costs)
        intervals.check(self.sample, costs, found)
        return found

    def difference(self, costs, first):
        """The same of the differences to the costs of the first model."""
        if math.inf in costs or math.inf in first:
            is_more, is_less = math.inf in costs, math.inf in first
            mean = None if is_more and is_less else math.inf if is_more else -math.inf
            return mean, None, None, None
        found = self.sample.statistics([Fraction(c) - Fraction(f) for c, f in zip(costs, first)])
        intervals.check(self.sample, costs, found, first)
        return found

    def baseline(self, cost):
        """An exact fraction, or the f64 nearest to the entropy, or infinite."""
        if self.table.baseline:
            return self.mean(self.costs(self.table.baseline, cost))
        frequencies = self.frequencies()
        found = entropy(frequencies)
        if cost == "quadratic":
            found = 1 - sum(f * f for f in frequencies)
        check_baseline(cost, self.table.classes, frequencies, found)
        return found


def entropy(frequencies):
    """−Σf ln f."""
    with mpmath.workdps(1000):
        parts = [mpmath.mpf(f.numerator) / f.denominator for f in frequencies if f > 0]
        return rounded(-mpmath.fsum(f * mpmath.log(f) for f in parts)) + 0.0  # never -0


def to_f64(x):
    return nearest(x) if isinstance(x, Fraction) else x


def skill(mean, baseline):
    """Exact for fractions, else that of the nearest f64."""
    if baseline in (0, math.inf):
        return None
    if mean == math.inf:
        return -math.inf
    return to_f64(1 - (mean if isinstance(baseline, Fraction) else nearest(mean)) / baseline)


def results_of(table, rows, given):
    """The results of one group."""
    group = Group(table, rows, given)
    first = {}
    for prefix in table.prefixes:
        for cost in COSTS:
            costs, baseline = group.costs(prefix, cost), group.baseline(cost)
            finite_mean = group.finite_mean(costs)
            found = {"model": prefix.removesuffix("_"), "cost": cost, "n": len(rows)}
            if "--weight-col" in given:
                found["weight"] = nearest(group.sample.total)
            if "--cluster-col" in given:
                found["clusters"] = group.sample.count
            found.update(zip(INTERVAL, group.interval(costs)))
            found["sum"] = to_f64(group.mean(costs) * group.sample.total)
            found["baseline"] = to_f64(baseline)
            found["skill"] = skill(group.mean(costs), baseline)
            found["infinite"] = costs.count(math.inf)
            found["finite_mean"] = to_f64(finite_mean)
            if len(table.prefixes) > 1:
                of_delta = [None] * 4
                if prefix != table.prefixes[0]:
                    of_delta = group.difference(costs, first[cost])
                found.update(zip(DELTA, of_delta))
            first.setdefault(cost, costs)
            yield found


def results(text, args, order=str.encode):
    given = options(args)
    table, by = Table(text, given, order), given.get("--by")
    groups = {}
    for row in table.rows:
        groups.setdefault(row[by] if by else None, []).append(row)
    for group, rows in groups.items():
        of_group = {by: group} if by else {}
        for found in results_of(table, rows, given):
            yield {**of_group, **found}


# The same in scikit-learn

# Rows that hardly miss 1 in sum.
warnings.filterwarnings("ignore", "The y_prob values do not sum to one")


def in_sklearn(cost, classes, labels, outputs, weights):
    function, how = log_loss, {}
    if cost == "quadratic":
        function, how = brier_score_loss, {"scale_by_half": False}
    names = [classes[label] for label in labels]
    order = sorted(range(len(classes)), key=lambda i: classes[i])
    how["labels"] = [classes[i] for i in order]
    return function(names, np.array(outputs)[:, order], sample_weight=weights, **how)


def close(exact, approximate):
    return abs(exact - approximate) <= 1e-9 * abs(exact) + 1e-15


def check_mean(cost, group, outputs, clip, costs):
    """Fails unless scikit-learn finds the same mean."""
    largest = max(group.weights)
    rows = []
    for label, of_row, w, c in zip(group.labels, outputs, group.weights, costs):
        of_row = list(of_row)
        if cost == "cross_entropy":
            of_row[label] = clipped(of_row[label], clip)
        # It clips what is smaller.
        if w > 0 and (cost == "quadratic" or of_row[label] >= EPSILONS["sklearn"]):
            rows.append((label, of_row, w / largest, c))
    if rows:
        labels, outputs, weights, costs = zip(*rows)
        found = in_sklearn(cost, group.table.classes, labels, outputs, [float(w) for w in weights])
        assert close(nearest(weighted_mean(weights, costs)), found), (cost, costs, found)


def check_baseline(cost, classes, frequencies, baseline):
    """Fails unless scikit-learn finds the same, or NumPy the entropy."""
    f = np.array([float(f) for f in frequencies])
    if cost == "quadratic":
        found = in_sklearn(cost, classes, range(len(f)), [f] * len(f), f)
    else:
        # Not 1 − f: of a class of nearly all the weight, that is 0.
        f = f[f > 0]
        rest = np.array([np.sum(np.delete(f, i)) for i in range(len(f))])
        found = -np.sum(f * np.where(f > 0.5, np.log1p(-np.minimum(rest, 0.5)), np.log(f)))
    assert abs(to_f64(baseline) - found) <= 1e-9 * found, (cost, frequencies, found)


# Cases

P = ("--yhat-col", "p_*")
AB = ("--yhat-col", "a_*,b_*")
ABC = ("--yhat-col", "a_*,b_*,c_*")
W = ("--weight-col", "w")
Q = ("--cluster-col", "q")
G = ("--by", "g")
BASELINE = ("--baseline-col", "c_*")
NORMALIZE = ("--normalize",)

TREES = ["oak", "elm", "ash"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def case(name, text, *args):
    return {"name": name, "input": text, "args": list(args), "results": list(results(text, args))}


def csv_of(records):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(records)
    return text.getvalue()


def table(classes, *rows, models="p", more=""):
    """Rows of a label, ŷ of the classes for each model, and cells of more columns."""
    columns = [f"{model}_{name}" for model in models for name in classes]
    return csv_of([["y", *columns, *more.split()], *rows])


class Rows:
    """Random rows."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def shares(self, sizes, digits):
        """Numbers above 0 in those proportions, whose sum is nearly 1; None if it is not."""
        found = [max(round(size / math.fsum(sizes), digits), 10**-digits) for size in sizes]
        return found if abs(sum(map(Fraction, found)) - 1) <= Fraction("0.0009") else None

    def forecast(self, chances, noise, digits):
        while True:
            sizes = [p * self.rng.uniform(1 - noise, 1 + noise) for p in chances]
            if found := self.shares(sizes, digits):
                return found

    def chances(self, k):
        while True:
            if found := self.shares([self.rng.random() ** 2 for _ in range(k)], 4):
                return found

    def of(self, n, classes, models="p", labels=None, digits=4, more="", columns=()):
        """A table; labels are of some of the classes, columns repeated as often as it takes."""
        rows = []
        for i in range(n):
            chances = self.chances(len(classes))
            allowed = [labels is None or name in labels for name in classes]
            (y,) = self.rng.choices(classes, [p * ok for p, ok in zip(chances, allowed)])
            noises = [0.4 + 0.2 * m for m in range(len(models))]
            outputs = [self.forecast(chances, noise, digits) for noise in noises]
            cells = [column[i % len(column)] for column in columns]
            rows.append([y, *(yhat for of_model in outputs for yhat in of_model), *cells])
        return table(classes, *rows, models=models, more=more)

    def mixed(self, n, words):
        """Each of the words, and then some more of them, in any order."""
        cells = [*words, *self.rng.choices(words, k=n - len(words))]
        self.rng.shuffle(cells)
        return cells

    def columns_shuffled(self, text):
        records = list(csv.reader(io.StringIO(text, newline="")))
        order = list(range(len(records[0])))
        self.rng.shuffle(order)
        return csv_of([[record[i] for i in order] for record in records])

    def rows_shuffled(self, text):
        header, *records = csv.reader(io.StringIO(text, newline=""))
        self.rng.shuffle(records)
        return csv_of([header, *records])


def sizes():
    rows = Rows(SEED)
    three = [("oak", 0.7, 0.2, 0.1), ("elm", 0.25, 0.5, 0.25), ("ash", 0.6, 0.3, 0.1)]
    yield case("three classes", table(TREES, *three), *P)
    yield case("two classes", rows.of(9, ["no", "yes"]), *P)
    for n in [1, 2, 40]:
        yield case(f"rows: {n}", rows.of(n, TREES, digits=3), *P)
    yield case("ten classes", rows.of(30, list("0123456789"), digits=5), *P)
    yield case("26 classes", rows.of(40, LETTERS), *P)
    yield case("26 classes, six digits", rows.of(12, LETTERS, digits=6), *P)
    yield case("costs all alike", table(TREES, *[("elm", 0.2, 0.5, 0.3)] * 5), *P)
    yield case("a class that no label has", rows.of(15, [*TREES, "yew"], labels=TREES), *P)
    yield case("many classes that no label has", rows.of(15, LETTERS, labels="cx"), *P)
    yield case("labels all of one class", rows.of(6, TREES, labels=["elm"]), *P)
    off = [("oak", 0.7, 0.2, 0.1008), ("elm", 0.25, 0.4992, 0.25), ("ash", 0.6006, 0.3, 0.1)]
    yield case("sums a little off 1", table(TREES, *off), *P)


def names():
    rows = Rows(SEED + 1)
    text = rows.of(20, ["1", "2", "10"])
    yield case("classes 1, 2 and 10", text, *P)
    yield case("classes 1, 2 and 10, columns shuffled", rows.columns_shuffled(text), *P)
    spelled = text.replace("\n1,", "\n1.0,", 3).replace("\n2,", "\n02,", 2)
    spelled = spelled.replace("\n10,", "\n 1e1,", 2).replace("\n10,", "\n10.00,", 2)
    yield case("classes 1, 2 and 10, labels spelled otherwise", spelled, *P)
    twelve = [str(i) for i in range(1, 13)]
    text = rows.of(30, twelve)
    yield case("classes 1 to 12", text, *P)
    yield case("classes 1 to 12, columns shuffled", rows.columns_shuffled(text), *P)
    text = rows.of(8, ["0.0", "1.0", "2.0"])
    for cell in "012":
        text = text.replace(f"\n{cell}.0,", f"\n{cell},")
    yield case("classes 0.0, 1.0 and 2.0, labels without a point", text, *P)
    yield case("classes -1, 0 and 1", rows.of(12, ["-1", "0", "1"]), *P)

    text = rows.of(14, ["pitch pine", "pine", "red oak", "red  oak"])
    yield case("names with spaces", text, *P)
    yield case("names with spaces, columns shuffled", rows.columns_shuffled(text), *P)
    text = rows.of(14, ["Ulm, Mitte", "Ulm", '"Mitte"', "Ulm; Mitte"])
    yield case("names that need quotes", text, *P)
    yield case("names that need quotes, columns shuffled", rows.columns_shuffled(text), *P)
    text = rows.of(24, ["oak", "Oak", "Elm", "elm", "OAK", "ash", "Yew"])
    yield case("names in upper and lower case", text, *P)
    yield case("names in upper and lower case, columns shuffled", rows.columns_shuffled(text), *P)
    text = rows.of(12, ["Ärger", "ｆ", "é", "e\u0301", "楓", "🌲", "z", "🍂", "￦"], digits=6)
    yield case("names in UTF-8", text, *P)
    yield case("names in UTF-8, columns shuffled", rows.columns_shuffled(text), *P)
    yield case("names with underscores", rows.of(9, ["new_york", "new", "york", "_"]), *P)
    spaced = "y,p_oak,p_elm\n oak ,0.75,0.25\n\t elm,0.5,0.5\noak , 0.125, 0.875\n"
    yield case("spaces around labels", spaced, *P)

    text = rows.of(18, TREES)
    yield case("classes not listed", text, *P)
    yield case("classes listed", text, *P, "--classes", "oak,elm,ash")
    yield case("classes listed in another order", text, "--classes", "elm,ash,oak", *P)
    yield case("rows shuffled", rows.rows_shuffled(text), *P)
    lines = text.splitlines()
    totals = ["p_total", *["1"] * 18]
    text = "".join(f"{line},{cell}\n" for line, cell in zip(lines, totals))
    yield case("a column that is no class", text, *P, "--classes", "ash,elm,oak")


def ends():
    right = [("oak", 1, 0, 0), ("elm", 0, 1, 0), ("ash", 0.25, 0.25, 0.5)]
    yield case("certain and right", table(TREES, *right), *P)
    yield case("no cost at all", table(TREES, *right[:2]), *P)
    wrong = [("oak", 0, 0.5, 0.5), ("ash", 0, 1, 0), *right, ("elm", 0.5, 0.375, 0.125)]
    yield case("certain and wrong", table(TREES, *wrong), *P)
    yield case("all certain and wrong", table(TREES, *wrong[:2]), *P)
    yield case("one row, certain and wrong", table(TREES, wrong[1]), *P)
    below_1 = 1 - 2.0**-53
    near = [("oak", 1e-300, 1, 0), ("elm", 1, 5e-324, 1e-310), ("ash", 1e-17, 0, below_1)]
    near += [("oak", 0.9999999999999998, 1e-16, 1e-16), ("elm", 0.5, 2.0**-53, 0.5)]
    yield case("outputs near 0 and 1", table(TREES, *near), *P)


def weights():
    rows = Rows(SEED + 2)
    some = [2, 0, 0.5, 3, 0, 1.25, 0.1]

    def of(name, weights, n, classes=TREES, **how):
        return case(name, rows.of(n, classes, more="w", columns=[weights], **how), *P, *W)

    yield of("weights, some 0", some, 21)
    yield of("weights of ten classes", [1, 2.5, 0.25, 7], 30, [f"class {i}" for i in range(10)])
    text = rows.of(10, TREES, more="w", columns=[[1]])
    yield case("weights of 1", text, *P, *W)
    yield case("the same without weights", text, *P)
    yield of("a row beside one of weight 0", [0, 0.3], 2)
    text = table(
        TREES,
        ("oak", 0, 0.5, 0.5, 0),
        ("ash", 0.25, 0.25, 0.5, 2),
        ("elm", 1, 0, 0, 0),
        ("oak", 0.5, 0.375, 0.125, 3),
        more="w",
    )
    yield case("infinite costs of weight 0", text, *P, *W)
    yield case("infinite costs, one of weight 0", text.replace("0.5,0\n", "0.5,4\n"), *P, *W)
    rare = [("elm", 0.25, 0.5, 0.25, 1e-20), ("ash", 0.125, 0.25, 0.625, 3e-25)]
    common = [("oak", 0.75, 0.125, 0.125, 1), ("oak", 0.5, 0.25, 0.25, 0.3)]
    yield case("classes of hardly any weight", table(TREES, *common, *rare, more="w"), *P, *W)
    yield of("weights far apart", [1e300, 1e290, 1, 1e300, 3e299], 15)


def models():
    rows = Rows(SEED + 3)
    text = rows.of(25, TREES, "ab")
    yield case("two models", text, *AB)
    yield case("two models, columns shuffled", rows.columns_shuffled(text), *AB)
    yield case("the second model first", text, "--yhat-col", "b_*,a_*")
    yield case("one of two models", text, "--yhat-col", "b_*")
    text = rows.of(16, TREES, ["model_a", "model_b"])
    yield case("models of longer names", text, "--yhat-col", "model_a_*,model_b_*")
    some = [2, 0, 0.5, 3, 1.25]
    text = rows.of(20, LETTERS[:6], "abc", more="w", columns=[some])
    yield case("three models with weights", text, *ABC, *W)
    equal = [("oak", 0.5, 0.25, 0.25), ("elm", 0.1, 0.6, 0.3), ("elm", 0.3, 0.1, 0.6)]
    text = table(TREES, *((y, *yhat, *yhat) for y, *yhat in equal), models="ab")
    yield case("two equal models", text, *AB)
    both = [
        ("oak", 0.5, 0.25, 0.25, 0, 0.5, 0.5),
        ("elm", 0.5, 0.25, 0.25, 0.25, 0.75, 0),
        ("ash", 0.125, 0.375, 0.5, 0.5, 0.375, 0.125),
    ]
    yield case("infinite costs of the second model", table(TREES, *both, models="ab"), *AB)
    swapped = [(y, *cells[3:], *cells[:3]) for y, *cells in both]
    yield case("infinite costs of the first model", table(TREES, *swapped, models="ab"), *AB)
    both.append(("elm", 1, 0, 0, 0.5, 0.25, 0.25))
    yield case("infinite costs of both models", table(TREES, *both, models="ab"), *AB)


def baselines():
    rows = Rows(SEED + 4)
    text = rows.of(20, TREES, "pc")
    yield case("a baseline", text, *P, *BASELINE)
    yield case("a baseline, columns shuffled", rows.columns_shuffled(text), *BASELINE, *P)
    yield case("a model that is the baseline", text, "--yhat-col", "p_*,c_*", *BASELINE)
    text = rows.of(24, TREES, "abc", more="w g", columns=[[1, 2, 0.5, 0], ["east", "west"]])
    yield case("a baseline of two models, with weights and groups", text, *AB, *BASELINE, *W, *G)
    infinite = [
        ("oak", 0.5, 0.25, 0.25, 0, 0.5, 0.5),
        ("elm", 0.5, 0, 0.5, 0, 1, 0),
        ("ash", 0.125, 0.375, 0.5, 0.5, 0.375, 0.125),
    ]
    text = table(TREES, *infinite, models="pc")
    yield case("an infinite baseline", text, *P, *BASELINE)
    yield case("a baseline that is clipped", text, *P, *BASELINE, "--clip", "0.01")
    perfect = [("oak", 0.5, 0.25, 0.25, 1, 0, 0), ("elm", 0.5, 0.375, 0.125, 0, 1, 0)]
    yield case("a perfect baseline", table(TREES, *perfect, models="pc"), *P, *BASELINE)


def groups():
    rows = Rows(SEED + 5)
    regions = rows.mixed(30, ["north", "south", "east"])
    plots = rows.mixed(30, [f"plot {i}" for i in range(5)])
    some = [2, 0.5, 0, 3, 1.25, 0.1, 1]

    def of(name, more, columns, *args, models="p"):
        return case(name, rows.of(30, TREES, models, more=more, columns=columns), *args)

    yield of("groups", "g", [regions], *P, *G)
    yield of("clusters", "q", [plots], *P, *Q)
    yield of("one cluster", "q", [["plot"]], *P, *Q)
    text = rows.of(12, TREES, "ab", more="q", columns=[[f"plot {i}" for i in range(12)]])
    yield case("each row its own cluster", text, *AB, *Q)
    yield case("the same without clusters", text, *AB)
    yield of("clusters with weights of two models", "w q", [some, plots], *AB, *W, *Q, models="ab")
    columns = [some, regions, plots]
    args = (*AB, *W, *Q, *G, *BASELINE)
    yield of("all at once", "w g q", columns, *args, models="abc")
    alone = [("oak", 0.5, 0.25, 0.25, "west"), ("elm", 0.25, 0.5, 0.25, "east")]
    alone += [("oak", 0.75, 0.125, 0.125, "west"), ("ash", 0.25, 0.5, 0.25, "east")]
    yield case("a group of one class", table(TREES, *alone, more="g"), *P, *G)


def clips():
    rows = [("oak", 0, 0.5, 0.5), ("ash", 0, 1, 0), ("elm", 0, 1, 0), ("ash", 1e-50, 1, 1e-50)]
    rows += [("oak", 1e-8, 0.5, 0.5), ("elm", 0.05, 0.95, 0), ("ash", 0.875, 0.125, 0)]
    rows += [("ash", 0.25, 0.25, 0.5), ("oak", 0.09375, 0.90625, 0)]
    text = table(TREES, *rows)
    for clip in ["0.1", "1e-9", "sklearn", "2.220446049250313e-16", "keras", "1e-7", "torch"]:
        yield case(f"clip {clip}", text, *P, "--clip", clip)
    two = [(y, *cells, *reversed(cells)) for y, *cells in rows]
    text = table(TREES, *two, models="ab")
    yield case("two models, clipped", text, *AB, "--clip", "keras")


def sums():
    rows = Rows(SEED + 6)
    # 0.1 + 0.2 + 0.3 is above their exact sum rounded once.
    tenths = [("oak", 0.1, 0.2, 0.3), ("elm", 0.3, 0.2, 0.1), ("ash", 0.7, 0.1, 0.1)]
    tenths += [("elm", 0.9, 0.8, 0.6), ("oak", 1, 1, 1), ("ash", 1e-5, 2e-5, 1e-5)]
    yield case("normalized", table(TREES, *tenths), *P, *NORMALIZE)
    halves = [("oak", 0.5, 0.25, 0.25), ("elm", 0.125, 0.75, 0.125), ("ash", 0, 0.5, 0.5)]
    text = table(TREES, *halves)
    yield case("sums of 1", text, *P)
    yield case("sums of 1, normalized", text, *P, *NORMALIZE)
    quarters = [(y, *(yhat / 4 for yhat in yhats)) for y, *yhats in halves]
    yield case("sums of a quarter, normalized", table(TREES, *quarters), *P, *NORMALIZE)
    many = [[rows.rng.choice(LETTERS), *(round(rows.rng.random(), 3) for _ in LETTERS)]]
    many += [[c, *(round(rows.rng.random() ** 3, 4) for _ in LETTERS)] for c in LETTERS[:19]]
    text = table(LETTERS, *many)
    yield case("26 classes, normalized", text, *P, *NORMALIZE)
    text = rows.columns_shuffled(text)
    yield case("26 classes, normalized, columns shuffled", text, *NORMALIZE, *P)
    odd = [("oak", 0, 0.5, 0.25), ("elm", 0.1, 0, 0.3), ("ash", 0, 0, 0.7), ("oak", 0.2, 0.2, 0.2)]
    two = [(y, *cells, *cells[1:], cells[0], w) for (y, *cells), w in zip(odd, [1, 0, 2, 0.5])]
    text = table(TREES, *two, models="pc", more="w")
    yield case("normalized, a baseline and weights", text, *P, *BASELINE, *W, *NORMALIZE)
    yield case("normalized and clipped", text, *P, *BASELINE, *NORMALIZE, "--clip", "0.25")
    yield case("rounded to three digits, normalized", rows.of(20, TREES, digits=3), *P, *NORMALIZE)


# What must hold beyond each case


def check_all(cases):
    by_name = {case["name"]: case for case in cases}
    assert len(by_name) == len(cases)
    numbers = [x for case in cases for result in case["results"] for x in result.values()]
    assert not any(x == 0 and math.copysign(1, x) < 0 for x in numbers if isinstance(x, float))

    def same(one, other, but=None):
        found = [{k: v for k, v in r.items() if k != but} for r in by_name[one]["results"]]
        assert found == by_name[other]["results"], one

    for name in by_name:
        for also in [", columns shuffled", ", labels spelled otherwise"]:
            if name.endswith(also):
                same(name, name.removesuffix(also))
    for listed in ["classes listed", "classes listed in another order", "rows shuffled"]:
        same(listed, "classes not listed")
    same("a column that is no class", "classes not listed")
    same("weights of 1", "the same without weights", "weight")
    same("each row its own cluster", "the same without clusters", "clusters")
    for also in ["sums of 1, normalized", "sums of a quarter, normalized"]:
        same(also, "sums of 1")
    same("clip sklearn", "clip 2.220446049250313e-16")
    same("clip keras", "clip 1e-7")

    # Other orders of the classes give other numbers.
    orders = {
        "classes 1, 2 and 10": float,
        "classes 1 to 12": float,
        "names in upper and lower case": lambda name: (name.casefold(), name),
        "names in UTF-8": lambda name: name.encode("utf-16-be"),
    }
    for name, order in orders.items():
        found = by_name[name]
        assert list(results(found["input"], found["args"], order)) != found["results"], name


def in_json(value):
    """The value with its infinities as strings: JSON has none."""
    if isinstance(value, dict):
        return {key: in_json(v) for key, v in value.items()}
    if isinstance(value, list):
        return [in_json(v) for v in value]
    return str(value) if value in (math.inf, -math.inf) else value


def main():
    makers = [sizes, names, ends, weights, models, baselines, groups, clips, sums]
    cases = [case for maker in makers for case in maker()]
    check_all(cases)
    lines = [json.dumps(in_json(case), allow_nan=False) for case in cases]
    print("[\n" + ",\n".join(lines) + "\n]")


if __name__ == "__main__":
    main()
