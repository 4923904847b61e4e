"""Makes practice.json: small inputs with weights, groups, several models and gaps.

Run:   python3 tests/data/practice.py > tests/data/practice.json
Needs: Python 3.9, mpmath, NumPy with a long double of more range than a double

An array of cases, one a line:

    name     what the case is about
    input    the text of the file; it has a header, but for --no-header
    args     command-line arguments beside the file
    results  one object per group, model and cost: the groups as they first appear
             (be it in a row that is skipped), the models and the costs as asked

Fields of a result:

    groups           only with --by: the name of each column to the group's text
    model, cost
    n                instances, those of weight 0 too
    weight           only with --weight-col: Σw
    mean             Σwc/Σw
    standard_error   sqrt(n⁺/(n⁺ − 1) · Σw²(c − mean)²)/Σw, where n⁺ counts the
                     instances of a weight above 0; null for n⁺ < 2 and for an
                     infinite mean
    sum              Σwc
    baseline         of always ȳ = Σwy/Σw: Σwy²/Σw − (Σwy/Σw)², and the entropy of
                     the exact ȳ, which --clip does not touch
    skill            1 − mean/baseline, in f64 for cross-entropy; null where the
                     baseline is 0
    infinite         instances of infinite cost and a weight above 0; with a
                     weight of 0, a cost counts as 0
    finite_mean      the mean over the others; null where their Σw is 0
    skipped          rows that --missing skip drops: y, a selected ŷ or the weight
                     is missing
    delta, delta_standard_error
                     only with several models, null for the first: the mean of
                     d = c − c of the first model, and its standard error, with d
                     exact; delta is null where both means are infinite, its
                     error where one is

Numbers are written as in statistics.json. Each statistic is an exact fraction
of the f64 costs and weights, rounded once to f64. A root is taken of a fraction
rounded once to 53 bits, whatever its exponent.

NumPy computes all of it again, in long doubles; the script fails where the two
are further apart than rounding explains.
"""

import csv
import io
import json
import math
import random
import sys
from fractions import Fraction

import numpy as np

sys.dont_write_bytecode = True  # no __pycache__ among the data
import statistics as plain  # noqa: E402  statistics.py beside this file
from pairs import nearest  # noqa: E402

SEED = 84

MISSING = ["", "na", "n/a", "null", "nan"]


# Reading


def trim(cell):
    return cell.strip(" \t")


def is_missing(cell):
    return trim(cell).lower() in MISSING


def options(args):
    """The arguments as a dict: option to value, flags to None."""
    found, rest = {}, list(args)
    while rest:
        option = rest.pop(0)
        found[option] = None if option == "--no-header" else rest.pop(0)
    return found


def selected(header, given, option):
    """The indices of the columns that the option lists."""
    names = given[option].split(",") if option in given else []
    return [plain.column(header, name, [], None) for name in names]


class Group:
    """The rows of one group, column by column."""

    def __init__(self):
        self.labels, self.outputs, self.weights, self.skipped = [], [], [], 0

    def add(self, label, outputs, weight):
        self.labels.append(label)
        self.outputs.append(outputs)
        self.weights.append(weight)


def read(text, given):
    """The names of the --by columns, those of the models, and the groups by value."""
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=plain.delimiter(text, given), strict=True)
    records = [record for record in reader if record]
    header = None if "--no-header" in given else records.pop(0)
    y = plain.column(header, given.get("--y-col"), plain.Y_NAMES, 1)
    yhats = selected(header, given, "--yhat-col")
    yhats = yhats or [plain.column(header, None, plain.YHAT_NAMES, 2)]
    weights = selected(header, given, "--weight-col")
    by = selected(header, given, "--by")

    groups = {}
    for record in records:
        group = groups.setdefault(tuple(record[i] for i in by), Group())
        if any(is_missing(record[i]) for i in [y, *yhats, *weights]):
            assert given["--missing"] == "skip"
            group.skipped += 1
            continue
        label = trim(record[y])
        label = float(label == given["--positive"] if "--positive" in given else label)
        weight = float(record[weights[0]]) if weights else 1.0
        group.add(label, [float(record[i]) for i in yhats], weight)
    models = [header[i] for i in yhats] if header else ["yhat"]
    return [header[i] for i in by], models, groups


# Statistics


def weighted_sum(weights, xs):
    """Σwx, exactly."""
    return sum((Fraction(w) * Fraction(x) for w, x in zip(weights, xs)), Fraction(0))


def weighted_mean(weights, xs):
    """Σwx/Σw, exactly."""
    return weighted_sum(weights, xs) / sum(map(Fraction, weights))


def standard_error(weights, xs):
    """Of the weighted mean of finite numbers; None for fewer than two."""
    n = sum(w > 0 for w in weights)
    if n < 2:
        return None
    mean = weighted_mean(weights, xs)
    scatter = sum((Fraction(w) * (Fraction(x) - mean)) ** 2 for w, x in zip(weights, xs))
    square = Fraction(n, n - 1) * scatter / sum(map(Fraction, weights)) ** 2
    if square == 0:
        return 0.0
    # Scaled by a power of 4, the square neither over- nor underflows.
    k = (square.numerator.bit_length() - square.denominator.bit_length()) // 2
    return math.ldexp(math.sqrt(nearest(square / Fraction(4) ** k)), k)


def variance(labels, weights):
    ybar = weighted_mean(weights, labels)
    return weighted_mean(weights, [Fraction(y) ** 2 for y in labels]) - ybar**2


def baseline(cost, labels, weights):
    if cost == "quadratic":
        return nearest(variance(labels, weights))
    return plain.entropy(weighted_mean(weights, labels))


def costs_of(cost, labels, outputs, weights, clip):
    """The cost of each instance; 0 for an infinite one of weight 0."""
    if clip is not None and cost == "cross_entropy":
        outputs = [min(max(yhat, clip), 1 - clip) for yhat in outputs]
    costs = map(plain.COSTS[cost], labels, outputs)
    return [0.0 if w == 0 and c == math.inf else c for c, w in zip(costs, weights)]


def statistics(cost, labels, weights, costs):
    is_infinite = math.inf in costs
    finite = [(w, c) for w, c in zip(weights, costs) if c < math.inf]
    exact = weighted_mean(*zip(*finite)) if any(w for w, _ in finite) else None
    finite_mean = None if exact is None else nearest(exact)
    mean = math.inf if is_infinite else finite_mean
    exact_mean = math.inf if is_infinite else exact
    of_mean_label = baseline(cost, labels, weights)
    return {
        "cost": cost,
        "n": len(costs),
        "weight": nearest(sum(map(Fraction, weights))),
        "mean": mean,
        "standard_error": None if is_infinite else standard_error(weights, costs),
        "sum": math.inf if is_infinite else nearest(weighted_sum(weights, costs)),
        "baseline": of_mean_label,
        "skill": plain.skill_of(cost, exact_mean, variance(labels, weights), of_mean_label),
        "infinite": costs.count(math.inf),
        "finite_mean": finite_mean,
    }


def paired(weights, costs, first):
    """The mean difference to the costs of the first model, and its standard error."""
    if math.inf in costs or math.inf in first:
        both = math.inf in costs and math.inf in first
        return None if both else math.inf if math.inf in costs else -math.inf, None
    differences = [Fraction(c) - Fraction(f) for c, f in zip(costs, first)]
    return nearest(weighted_mean(weights, differences)), standard_error(weights, differences)


def result(group, outputs, first, cost, clip):
    """The result of a model, with its difference to the first one, if there is one."""
    costs = costs_of(cost, group.labels, outputs, group.weights, clip)
    found = statistics(cost, group.labels, group.weights, costs)
    found["skipped"] = group.skipped
    found["delta"], found["delta_standard_error"] = None, None
    if first is not None:
        others = costs_of(cost, group.labels, first, group.weights, clip)
        found["delta"], found["delta_standard_error"] = paired(group.weights, costs, others)
    check(found, group, outputs, first, clip)
    return found


def results(text, given):
    by, models, groups = read(text, given)
    costs = [
        plain.FLAG_VALUES[c] for c in given.get("--cost", "quadratic,cross-entropy").split(",")
    ]
    clip = float(given["--clip"]) if "--clip" in given else None
    unasked = [] if "--weight-col" in given else ["weight"]
    unasked += [] if len(models) > 1 else ["delta", "delta_standard_error"]
    for values, group in groups.items():
        outputs = list(zip(*group.outputs))
        for i, model in enumerate(models):
            for cost in costs:
                found = result(group, outputs[i], outputs[0] if i > 0 else None, cost, clip)
                found = {key: found[key] for key in found if key not in unasked}
                of_group = {"groups": dict(zip(by, values))} if by else {}
                yield {**of_group, "model": model, **found}


# The same in NumPy

assert np.finfo(np.longdouble).maxexp > 4 * 1024, "long doubles of too little range"
np.seterr(all="ignore")  # infinite costs


def numpy_costs(cost, labels, outputs, weights, clip):
    """The costs, in doubles; 0 for an infinite one of weight 0."""
    outputs = np.array(outputs)
    if cost == "quadratic":
        costs = (labels - outputs) ** 2
    else:
        outputs = outputs if clip is None else np.clip(outputs, clip, 1 - clip)
        of_one = np.where(labels > 0, labels * np.log(outputs), 0)
        of_zero = np.where(labels < 1, (1 - labels) * np.log1p(-outputs), 0)
        costs = -(of_one + of_zero)
    return np.where((weights == 0) & np.isinf(costs), 0, costs).astype(np.longdouble)


def numpy_baseline(cost, labels, weights):
    if cost == "cross_entropy":
        shares = [np.average(part, weights=weights) for part in (labels, np.longdouble(1) - labels)]
        small, large = min(shares), max(shares)
        return -(small * np.log(small) + large * np.log1p(-small)) if small else 0.0
    labels = labels.astype(np.longdouble)
    labels -= labels[np.argmax(weights)]  # so those that hardly differ keep their digits
    center = np.average(labels, weights=weights)
    return np.average((labels - center) ** 2, weights=weights)


def numpy_mean(weights, xs):
    """The weighted mean and its standard error, as one writes them in NumPy."""
    n, mean = np.sum(weights > 0), np.average(xs, weights=weights)
    if n < 2:
        return mean, None
    return mean, np.sqrt(n / (n - 1) * np.sum((weights * (xs - mean)) ** 2)) / np.sum(weights)


def close(exact, approximate, scale=0):
    """Whether the exact statistic of numbers up to the scale is the approximate one."""
    if exact is None or approximate is None:
        return exact is approximate
    if math.isinf(exact):
        return exact == float(approximate)
    # Below the least normal number, the exact one has few digits too.
    return abs(exact - approximate) <= 1e-12 * abs(approximate) + 1e-14 * scale + 5e-324


def check(found, group, outputs, first, clip):
    """Fails unless NumPy finds the same."""
    cost, labels = found["cost"], np.array(group.labels)
    weights = np.array(group.weights, dtype=np.longdouble)
    costs = numpy_costs(cost, labels, outputs, weights, clip)
    finite = np.isfinite(costs)
    scale = np.max(costs)
    mean, error = numpy_mean(weights, costs) if np.all(finite) else (np.inf, None)
    rest = np.average(costs[finite], weights=weights[finite]) if any(weights[finite]) else None
    assert found["n"] == len(costs), found
    assert found["infinite"] == np.sum(~finite), found
    assert close(found["weight"], np.sum(weights)), found
    assert close(found["mean"], mean), found
    assert close(found["standard_error"], error, scale), found
    assert close(found["sum"], np.dot(weights, costs)), found
    assert close(found["finite_mean"], rest), found
    assert close(found["baseline"], numpy_baseline(cost, labels, weights)), found
    if first is None:
        return
    others = numpy_costs(cost, labels, first, weights, clip)
    scale_of_others = np.max(others)
    mean, error = scale - scale_of_others, None
    if np.isinf(scale) and np.isinf(scale_of_others):
        mean = None
    elif np.isfinite(mean):
        mean, error = numpy_mean(weights, costs - others)
    scale = max(scale, scale_of_others)
    assert close(found["delta"], mean, scale), found
    assert close(found["delta_standard_error"], error, scale), found


# Cases


def case(name, text, *args):
    given = options(args)
    return {"name": name, "input": text, "args": list(args), "results": list(results(text, given))}


def table(header, *rows, **dialect):
    """A header of words and rows of cells as CSV."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n", **dialect).writerows([header.split(), *rows])
    return text.getvalue()


W = ("--weight-col", "w")
AB = ("--yhat-col", "a,b")
ABC = ("--yhat-col", "a,b,c")
QUADRATIC = ("--cost", "quadratic")
SKIP = ("--missing", "skip")

BOOK = [(1, 0.9997), (1, 0.9), (1, 0.6), (1, 0.1192), (0, 0.1192), (1, 0.8808)]
TINY, LARGE = 5e-324, 1.7e308
BELOW_1 = 1 - 2.0**-53


def weighted(weights, pairs=BOOK):
    return table("y yhat w", *(pair + (w,) for pair, w in zip(pairs, weights)))


def weights():
    rng = random.Random(SEED)
    yield case("weights", weighted([1, 2.5, 0.25, 3, 0.1, 7]), *W)
    yield case("weights all 1", weighted([1] * 6), *W)
    yield case("weights all 0.1", weighted([0.1] * 6), *W)
    yield case("weights all 1e-300", weighted([1e-300] * 6), *W)
    yield case("weights all 1e300", weighted([1e300] * 6), *W)
    least = [TINY, 3 * TINY, 1e-320, 2e-310, TINY, TINY]
    yield case("weights of least size", weighted(least), *W)
    apart = [1e300, 1e-300, 1e300, 1, 1e-300, 1e280]
    yield case("weights of 1e-300 and 1e300", weighted(apart), *W)
    yield case("weights of a sum beyond the largest number", weighted([LARGE, 1e308, LARGE, 1]), *W)
    yield case("whole weights, as of rows that repeat", weighted([3, 1, 2, 1, 4, 2]), *W)
    yield case("zero weights among others", weighted([0, 2, 0, 0.5, 3, 0]), *W)
    zeros = ["0", "0.0", "-0", "0e5", "1e-400", "1"]
    yield case("zeros of every spelling and a weight", weighted(zeros), *W)
    yield case("one row", weighted([0.3]), *W)
    yield case("one row of least weight", weighted([TINY], [(0, 0.3)]), *W)
    yield case("a row beside one of weight 0", weighted([0, 0.3]), *W)
    soft = [(round(rng.random(), 4), round(rng.random(), 6)) for _ in range(40)]
    of_people = [round(rng.lognormvariate(0, 1), 3) for _ in soft]
    yield case("weights of soft labels", weighted(of_people, soft), *W)
    yield case("a weight by position", weighted([1, 2, 3, 4, 5, 6]), "--weight-col", "3")
    bare = weighted([0.5, 2, 1, 4]).split("\n", 1)[1]
    yield case("no header", bare, "--no-header", "--weight-col", "3")
    quoted = 'w,y,yhat\n" 2 ",1,0.9\n"1e0","0",0.25\n 3 ,1,"0.5"\n'
    yield case("quotes and spaces around weights", quoted, *W)
    tabs = table("y w yhat", (1, 2, 0.9), (0, 3, 0.25), delimiter="\t")
    yield case("tabs and CRLF", tabs.replace("\n", "\r\n"), *W)

    pair = [(1, 0.75), (0, 0.5)]
    yield case("a mean label that rounds to 1", weighted([1e300, 1], pair), *W)
    yield case("a baseline below the least number", weighted([1e300, 1e-300], pair), *W)
    yield case("a subnormal baseline", weighted([1e155, 1e-160], pair), *W)


def magnitudes():
    rng = random.Random(SEED + 1)

    def of(name, *rows):
        return case(name, table("y yhat w", *rows), *W, *QUADRATIC)

    def number(exponent):
        return math.ldexp(round(rng.uniform(-1, 1), 6), rng.randint(-exponent, exponent))

    large = [(1e150, 0, 1e300), (0, 1.2e154, 1e290), (1, 0.5, 1e300), (-3e153, 1, 7)]
    yield of("large costs of large weight", *large)
    tiny = [(1e-160, 0, 1e-300), (0, 3e-155, TINY), (2e-157, 0, 1e-310)]
    yield of("tiny costs of tiny weight", *tiny)
    balance = [(1e150, 0, 1e-300), (1e-150, 0, 1e300), (0, 1e-5, 1e-10), (3e80, 0, 1e-160)]
    yield of("tiny costs of large weight and the reverse", *balance)
    anything = [(number(240), number(240), abs(number(900))) for _ in range(40)]
    yield of("numbers and weights of any size", *anything)
    yield of("large costs that hardly differ", *((10**8 + i, 0, 1 + i / 8) for i in range(10)))
    yield of("large labels that hardly differ", *((1e15 + i / 8, 1e15, 0.1 + i) for i in range(8)))
    small = [(0.1, 0.2, i) for i in range(1, 9)]
    yield of("one large cost of small weight", (1e60, 0, 1e-9), *small)
    yield of("a cost beyond the largest number", (1e200, 0, 1), (1, 0.5, 3), (0, 0.25, 2))
    yield of("the same with a weight of 0", (1e200, 0, 0), (1, 0.5, 3), (0, 0.25, 2))
    labels = [(LARGE, LARGE, 1e300), (-LARGE, -1e308, 0), (LARGE, LARGE, 2)]
    yield of("labels beyond it in sum", *labels)


def infinities():
    pairs = [(1, 0), (0, 1), (1, 0.75), (0, 0.5)]
    yield case("infinite costs of weight 0", weighted([0, 0, 2, 3], pairs), *W)
    yield case("infinite costs, one of weight 0", weighted([0, 1e-300, 2, 3], pairs), *W)
    yield case("infinite costs of all the weight", weighted([1, 2, 0, 0], pairs), *W)
    yield case("infinite costs alone", weighted([1, 2], pairs), *W)
    yield case("one row with weight, beside an infinite cost", weighted([0, 0, 0, 5], pairs), *W)


def models():
    rng = random.Random(SEED + 2)

    def of(name, header, *rows, args=()):
        columns = ",".join(name for name in header.split() if name not in ("y", "w"))
        return case(name, table(header, *rows), "--yhat-col", columns, *args)

    more = [(0.9, 0.6), (0.75, 0.5), (0.3, 0.8), (0.4, 0.1), (0.02, 0.35), (1, 0.7)]
    book = [pair + others for pair, others in zip(BOOK, more)]
    yield of("three models", "y a b c", *book)
    text = table("id y a b c", *((i, *row) for i, row in enumerate(book)))
    yield case("models in the order asked", text, "--yhat-col", "c,a")
    yield case("models by position", text, "--yhat-col", "4,3,5")
    yield case("costs in the order asked", text, *AB, "--cost", "log-loss,brier")
    quoted = 'y,"a ""1""","b;2",ŷ,"c,d"\n1,0.9,0.8,0.7,0.6\n0,0.1,0.2,0.3,0.4\n'
    yield case("names of models that need quotes", quoted, "--yhat-col", 'a "1",b;2,ŷ,5')
    yield of("two equal models", "y a b", *((y, a, a) for y, a, _, _ in book))
    yield of("a difference that never changes", "y a b", *[(0, 0, 0.5)] * 5, args=QUADRATIC)
    yield of("models of one row", "y a b", (1, 0.9, 0.3))

    rows = [(1, 0.5, 0), (0, 0.5, 0.25), (0, 0.1, 1)]
    yield of("infinite costs of the second model", "y a b", *rows)
    rows = [(1, 0, 0.5, 1), (0, 0.5, 0.2, 0), (0, 1, 0.1, 0.3)]
    yield of("infinite costs of the first model", "y a b c", *rows)
    rows = [(1, 0, 0), (0, 0.5, 0.25), (1, 0.4, 0.5)]
    yield of("infinite costs of both on a row", "y a b", *rows)
    rows = [(1, 0, 0.5), (0, 0.5, 1), (1, 0.4, 0.5)]
    yield of("infinite costs of both on rows apart", "y a b", *rows)
    rows = [(1, 0, 0.5, 0), (0, 0.5, 1, 0), (0, 1, 1, 0), (1, 0.4, 0.5, 2), (0, 0.5, 0.25, 3)]
    yield of("infinite costs of weight 0 in both", "y a b w", *rows, args=W)
    rows[0] = (1, 0, 0.5, 1)
    yield of("one of them with weight, of the first", "y a b w", *rows, args=W)
    rows = [(1e200, -1e200, 1), (1, 0.5, 2), (-1e155, 0, -1e155)]
    yield of("costs beyond the largest number", "y a b", *rows, args=QUADRATIC)

    close = [(0, math.sqrt(1 + i), math.nextafter(math.sqrt(1 + i), 9)) for i in range(8)]
    yield of("differences of a few units in the last place", "y a b", *close, args=QUADRATIC)
    apart = [(0, 1e150, 1e-150), (0, 1e-150, 1e150), (0, 3e-160, 1), (0, 1, 1e-162)]
    yield of("differences that need many digits", "y a b", *apart, args=QUADRATIC)
    large = [(0, 1.3e154, 0), (0, 0, 1.2e154), (0, 1.25e154, 1e-9), (0, 1.1e154, 1.1e154)]
    yield of("sums beyond the largest number", "y a b", *large, args=QUADRATIC)
    tiny = [(0, 1e-160, 2e-160), (0, 3e-161, 1e-160), (0, 1e-170, 0), (0, 0, 3e-162)]
    yield of("subnormal costs", "y a b", *tiny, args=QUADRATIC)
    ends = [(1, 1e-300, TINY), (0, BELOW_1, 1e-17), (1, BELOW_1, 1), (0, TINY, 0)]
    yield of("outputs near 0 and 1", "y a b", *ends)

    def of_chance(weight):
        for _ in range(30):
            p = rng.random()
            y = int(rng.random() < p)
            a, b, c = (round(min(max(rng.gauss(p, s), 0.001), 0.999), 6) for s in (0.2, 0.1, 0.3))
            yield y, a, b, c, weight()

    def ordinary():
        return round(rng.expovariate(1), 3)

    def any_size():
        return math.ldexp(rng.random(), rng.randint(-990, 990))

    yield of("models with weights", "y a b c w", *of_chance(ordinary), args=W)
    yield of("models with weights all alike", "y a b c w", *of_chance(lambda: 0.7), args=W)
    yield of("models with weights of any size", "y a b c w", *of_chance(any_size), args=W)


def groups():
    rng = random.Random(SEED + 3)

    def rows(*values):
        """Rows of y, ŷ, and each of the values."""
        for cells in values:
            y = int(rng.random() < 0.6)
            yield (y, round(0.8 * rng.random() + 0.1 * y + 0.05, 4), *cells)

    folds = [tuple(fold_and_site) for fold_and_site in "2b 1a 2a 3b 1a 1b 2b 3b".split()]
    text = table("y yhat fold site", *rows(*folds, *folds))
    yield case("groups in order of first appearance", text, "--by", "fold")
    yield case("groups of two columns", text, "--by", "fold,site")
    yield case("groups of two columns, the other way round", text, "--by", "site,fold")
    yield case("groups by position", text, "--by", "4,3")
    yield case("groups by the label", text, "--by", "y")
    yield case("one group", table("y yhat g", *rows(*[("all",)] * 5)), "--by", "g")
    yield case("groups of one row", table("y yhat g", *rows("a", "b", "c")), "--by", "g")

    values = ["a,b", 'say "no"', '"', "two\nlines", "CR\rLF\r\n", "a;b|c", "tab\there", "a,b", '"']
    text = table("y yhat g", *rows(*([value] for value in values)))
    yield case("groups that need quotes", text, "--by", "g")
    joined = [("a", "b,c"), ("a,b", "c"), ("ab", "c"), ("a", "bc"), ("", "abc"), ("abc", "")]
    text = table("y yhat g h", *rows(*joined, *joined))
    yield case("groups that join alike", text, "--by", "g,h")
    numbers = ["1", "1.0", "01", "1e0", "+1", "1", "01"]
    text = table("y yhat g", *rows(*([value] for value in numbers)))
    yield case("groups that are equal numbers", text, "--by", "g")
    words = ["a", "A", "é", "e\u0301", "日本", "\x1b[31mred", "null", "é", "A"]
    text = table("y yhat g", *rows(*([value] for value in words)))
    yield case("groups that look alike", text, "--by", "g")
    quoted = 'y,g,yhat\n1,a,0.9\n0,"a",0.25\n1,"b",0.5\n0,b,0.75\n1,,0.5\n1,"",0.25\n'
    yield case("groups in quotes and without", quoted, "--by", "g")
    many = [(f"g{rng.randrange(1000):03}",) for _ in range(25)] * 2
    rng.shuffle(many)
    yield case("many groups", table("y yhat g", *rows(*many)), "--by", "g", "--cost", "log-loss")

    of_a = [(1, 0, 2, "a"), (0, 0.25, 3, "a")]
    of_b = [(1, 0.5, 1, "b"), (0, 1, 0, "b"), (1, 0.75, 0, "b")]
    text = table("y yhat w g", *of_a, *of_b)
    yield case("groups with weights and infinite costs", text, *W, "--by", "g")
    of_a = rows(*folds, *folds, *folds)
    of_both = [(*row, round(rng.random(), 3), rng.randint(0, 4)) for row in of_a]
    text = table("y a fold site b w", *of_both)
    yield case("groups and models", text, *AB, "--by", "fold")
    yield case("groups of two columns, models and weights", text, *AB, *W, "--by", "fold,site")


def gaps():
    words = ["", "NA", "n/a", "null", "NULL", "NaN", "nan", " NA ", "\t", "N/A"]
    rows = [(1, 0.9), *((0, word) for word in words), (0, 0.3), *((w, 0.5) for w in words)]
    text = table("y yhat", *rows)
    yield case("missing outputs and labels", text, *SKIP)
    yield case("nothing is missing", table("y yhat", *BOOK), *SKIP)
    rows = "1,0.9,NA,0.4 0,0.3,0.25, 1,,0.5,0.75 null,0.5,0.5,0.5 0,0.2,0.1,0.6 1,0.7,0.8,0.5"
    text = plain.lines("y,a,b,c", *rows.split())
    yield case("a row with a gap is skipped for all models", text, *ABC, *SKIP)
    yield case("gaps in columns not selected", text, "--yhat-col", "a,c", *SKIP)
    text = weighted([1, "", 2, "NaN", 0, "na"])
    yield case("missing weights", text, *W, *SKIP)
    rows = "1,,1,b 1,0.9,2,a 0,0.3,1,b 0,0.4,NA,a 1,0.2,0,c ,0.9,1,a 0,0.1,3,c 1,0.8,1,a 1,0.6,2,NA"
    text = plain.lines("y,yhat,w,g", *rows.split(), "0,0.7,1,")
    yield case("a group that first appears in a row with a gap", text, "--by", "g", *SKIP)
    yield case("gaps, groups and weights", text, *W, "--by", "g", *SKIP)


def positives():
    cells = ["spam", "ham", " spam\t", "Spam", "spam ham", "0", "1", "spam"]
    outputs = [0.9, 0.2, 0.75, 0.5, 0.25, 0.1, 0.4, 0.6]
    text = table("label score", *zip(cells, outputs))
    others = ("--negative", "*")
    yield case("a label", text, *others, "--positive", "spam")
    numbers = table("y yhat", *zip(["1", "2", "4", "5", "3", " 2 ", "2"], outputs))
    yield case("a label that is a number", numbers, *others, "--positive", "2")
    args = (*others, "--positive", "spam", "--by", "label")
    yield case("groups by the cell of the label", text, *args)
    spaced = 'y,yhat\n"not spam",0.75\n" not spam ",0.5\nspam,0.25\n'
    yield case("a label of two words", spaced, "--positive", "not spam")
    rows = "yes,0.9,0.8 ,0.5,0.5 no,NA,0.4 no,0.2,0.1 yes,0.3,0.6"
    text = plain.lines("churned,a,b", *rows.split())
    args = ("--y-col", "churned", "--positive", "yes", *AB, *SKIP)
    yield case("a label, models and gaps", text, *args)


def clips():
    pairs = [(1, 0), (0, 1), (1, 1), (0, 0), (1, 1e-7), (0, 0.999999), (1, 0.9), (0, 0.25)]
    text = table("y yhat", *pairs)
    yield case("clipped", text, "--clip", "1e-6")
    yield case("clipped with an upper bound that is rounded", text, "--clip", "0.1")
    soft = [(0.25, 0), (0.25, 1), (0.5, 1e-12), (0.75, 0.8), (1e-3, 1)]
    yield case("soft labels, clipped", table("y yhat", *soft), "--clip", "1e-9")
    rows = [(1, 0, 0.6, 2), (0, 0.5, 1, 1), (1, 0.4, 0.5, 0), (0, 0.1, 0.3, 3), (1, 0.8, 1, 1)]
    text = table("y a b w", *rows)
    yield case("models with weights, clipped", text, *AB, *W, "--clip", "1e-7")


def everything():
    rng = random.Random(SEED + 4)

    def output(p):
        return rng.choice(["", "0", "1"]) if rng.random() < 0.08 else round(p, 4)

    rows = []
    for i in range(60):
        p = rng.random()
        label = "NA" if rng.random() < 0.04 else " spam " if rng.random() < p else "ham"
        weight = "null" if rng.random() < 0.04 else rng.choice([0, 1, 1, 2.5, 1e-300, 1e12])
        site = rng.choice(["Ulm, Mitte", '"Süd"'])
        rows.append((label, output(p**2), output(p**1.1), weight, 1 + i % 3, site))
    text = table("label a b w fold site", *rows)
    chosen = (*AB, *W, "--positive", "spam", *SKIP)
    args = ("--by", "site,fold", "--cost", "bce,mse", "--clip", "1e-6")
    yield case("all at once", text, *chosen, *args)
    yield case("all at once, not clipped", text, *chosen, "--by", "fold")


# What must hold beyond each case


def check_all(cases):
    by_name = {case["name"]: case for case in cases}
    assert len(by_name) == len(cases)
    numbers = [x for case in cases for result in case["results"] for x in result.values()]
    assert not any(x == 0 and math.copysign(1, x) < 0 for x in numbers if isinstance(x, float))

    # Equal weights, but for their sums, are as good as none.
    of_book = plain.case("", table("y yhat", *BOOK))["results"]
    for size in ["1", "0.1", "1e-300", "1e300"]:
        for found, wanted in zip(by_name[f"weights all {size}"]["results"], of_book):
            assert all(found[key] == wanted[key] for key in wanted if key != "sum"), size

    # Whole weights are rows that repeat, but for n and the standard error.
    found = by_name["whole weights, as of rows that repeat"]["results"]
    repeated = [pair for pair, w in zip(BOOK, [3, 1, 2, 1, 4, 2]) for _ in range(w)]
    wanted = plain.case("", table("y yhat", *repeated))["results"]
    for key in ["mean", "sum", "baseline", "skill"]:
        assert [r[key] for r in found] == [r[key] for r in wanted], key

    # A delta is no difference of rounded means.
    few_units = by_name["differences of a few units in the last place"]["results"]
    assert few_units[1]["delta"] != few_units[1]["mean"] - few_units[0]["mean"]


def main():
    makers = [weights, magnitudes, infinities, models, groups, gaps, positives, clips, everything]
    cases = [case for maker in makers for case in maker()]
    check_all(cases)
    print("[\n" + ",\n".join(json.dumps(plain.in_json(c), allow_nan=False) for c in cases) + "\n]")


if __name__ == "__main__":
    main()
