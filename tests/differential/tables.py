"""Random tables, and what their costs are: the independent reader's side.

A table is in memory as it is; nothing here reads a file. Costs follow
docs/numbers.md: correctly rounded logarithms, exact sums, one rounding.
"""

import math
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache

from mpmath import mp, mpf

mp.prec = 300

Y_NAMES = ["y", "y_true", "true_label", "label", "labels", "target", "truth", "ground_truth",
           "actual", "outcome", "y_test", "Y", "True Label", "Y-True"]
YHAT_NAMES = ["yhat", "ŷ", "y_hat", "p", "prob", "proba", "probability", "y_prob", "y_proba",
              "y_pred_proba", "pred_proba", "predicted_probability", "y_score", "score", "y_pred",
              "pred", "prediction", "predictions", "predicted", "Prob", "Y Score"]
OTHER_NAMES = ["m1", "model_b", "B", "x.y", "price", "col 7", "größe", "_", "Y_", "n°", "1st", "#no"]
# What counts as 1, what as 0, and how each may be asked for.
WORDS = [("yes", "no", "yes", "no"), ("spam", "ham", "spam", "ham"), ("A b", "c", "A b", "c"),
         ("Positive", "Negative", "Positive", "Negative"), ("some", "none", "some", "none"),
         ("x,1", "x;2", None, None), (2, 1, "2.0", "1"), (1, -1, "1", "-1.0")]
GROUPS = ["a", "b", "c d", "x,y", "semi;colon", "NA", "1", "ünï", "a\tb", 'q"q', "two\nlines"]


@dataclass
class Table:
    """Columns in order; None is a missing value."""

    columns: dict
    y: str
    models: list
    label: str  # number, bool, word or soft
    weight: str | None = None
    group: str | None = None
    positive: object = None
    options: list = field(default_factory=list)
    skip: bool = False

    def names(self):
        """Returns the names of the columns that are used."""
        return [name for name in (self.y, *self.models, self.weight, self.group) if name]

    def incomplete(self, row):
        """Returns whether a value that is used is missing."""
        used = [self.y, *self.models, *([self.weight] if self.weight else [])]
        return any(self.columns[name][row] is None for name in used)

    def rows(self):
        """Returns the numbers of the rows."""
        return range(len(self.columns[self.y]))

    def select(self, places=None, prefix="", named=False):
        """Returns the options that choose the columns: by position, or by name."""
        name = (lambda c: str(places[c])) if places else (lambda c: prefix + c)
        chosen = []
        if places or prefix or named or self.y not in Y_NAMES:
            chosen += ["--y-col", name(self.y)]
        if places or prefix or named or self.models[0] not in YHAT_NAMES:
            chosen += ["--yhat-col", ",".join(map(name, self.models))]
        if self.weight:
            chosen += ["--weight-col", name(self.weight)]
        if self.group:
            chosen += ["--by", name(self.group)]
        return chosen


def decoys(rng, y, yhat, n):
    """Returns columns whose default names rank after those that are used."""
    rank = lambda names, name: names.index(name.lower().replace(" ", "_").replace("-", "_"))
    later = [name for name in Y_NAMES if rank(Y_NAMES, name) > rank(Y_NAMES, y)]
    later += [name for name in YHAT_NAMES if rank(YHAT_NAMES, name) > rank(YHAT_NAMES, yhat)]
    if rank(YHAT_NAMES, yhat) < YHAT_NAMES.index("y_pred"):
        later += ["z", "logit", "Logits"]
    return {name: [rng.randint(0, 1) for _ in range(n)] for name in rng.sample(later, min(2, len(later)))}


def probability(rng):
    """Returns a prediction: mostly ordinary, at times 0, 1 or next to them."""
    odd = [0.0, 1.0, 0.5, 1e-300, 1 - 2.0**-53, 1e-5, 0.1, 5e-324]
    return rng.choice([rng.random(), round(rng.random(), 3), rng.random() ** 9,
                       rng.choice(odd) if rng.random() < 0.2 else rng.random()])


def random_table(rng):
    """Returns a table of 1 to 40 rows."""
    n = rng.randint(1, 40)
    label = rng.choice(["number", "number", "bool", "word", "word", "soft"])
    default = rng.random() < 0.4
    others = rng.sample(OTHER_NAMES, 8)
    y = rng.choice(Y_NAMES) if default else others[0]
    models = [rng.choice(YHAT_NAMES)] if default else others[1 : rng.randint(2, 3)]
    made = Table({}, y, models, label)
    truth = [True] + [rng.random() < 0.4 for _ in range(n - 1)]
    if label == "word":
        one, zero, positive, negative = rng.choice(WORDS)
        positive = positive or one
        made.positive = one
        made.options += ["--positive", positive]
        if negative and (zero == "none" or rng.random() < 0.3):
            made.options += ["--negative", negative]
        values = [one if t else zero for t in truth]
    else:
        values = {"number": [int(t) for t in truth], "bool": truth,
                  "soft": [rng.choice([0.0, 1.0, 0.25, rng.random()]) for _ in truth]}[label]
    columns = {y: values, **{model: [probability(rng) for _ in truth] for model in models}}
    if rng.random() < 0.3:
        made.weight = others[4]
        columns[made.weight] = [rng.choice([0, 1, 3, 0.5, rng.random(), 1e9]) for _ in truth]
        columns[made.weight][0] = 1
    if rng.random() < 0.3:
        made.group = others[5]
        groups = rng.sample(GROUPS, 3) if rng.random() < 0.7 else [1, 2, 30]
        columns[made.group] = [rng.choice(groups) for _ in truth]
    if rng.random() < 0.4:
        columns[others[6]] = [rng.choice([None, "t", "1,5", 'say "x"', "# no", "{}"]) for _ in truth]
    if rng.random() < 0.4:
        columns[others[7]] = [rng.choice([None, rng.randint(-5, 5)]) for _ in truth]
    if n > 1 and rng.random() < 0.3:
        made.skip = rng.random() < 0.8
        for name in rng.sample([y, *models, *([made.weight] if made.weight else [])], 1):
            for row in range(1, n):
                if rng.random() < 0.3:
                    columns[name][row] = None
    if made.skip:
        made.options += ["--missing", "skip"]
    if default and rng.random() < 0.3:
        columns.update(decoys(rng, y, models[0], n))
    order = rng.sample(list(columns), len(columns))
    made.columns = {name: columns[name] for name in order}
    return made


@lru_cache(None)
def ln(x):
    """Returns the correctly rounded ln x."""
    return float(mp.log(x))


@lru_cache(None)
def ln_of_rest(x):
    """Returns the correctly rounded ln(1 − x)."""
    # Not ln of the difference: that of 1 and 1e-300 has more bits than are kept.
    return float(mp.log1p(-mpf(x)))


def quadratic(y, yhat):
    """Returns (y − ŷ)²."""
    return (y - yhat) * (y - yhat)


def cross_entropy(y, yhat):
    """Returns the cross-entropy cost; a coefficient of 0 makes its term 0."""
    if (y and not yhat) or (y != 1 and yhat == 1):
        return math.inf
    first = y * ln(yhat) if y else 0.0
    second = (1 - y) * ln_of_rest(yhat) if y != 1 else 0.0
    return -(first + second) + 0.0


def entropy(ybar):
    """Returns the entropy of a label of that mean."""
    terms = [mpf(p.numerator) / p.denominator for p in (ybar, 1 - ybar) if p]
    return -sum(p * mp.log(p) for p in terms)


def statistics(ys, costs, weights, cost):
    """Returns the fields of a result, each rounded once from its true value."""
    w = [Fraction(x) for x in weights]
    finite = [(a, Fraction(c)) for a, c in zip(w, costs) if c < math.inf]
    # A row of weight 0 changes nothing but n.
    infinite = sum(1 for a, c in zip(w, costs) if c == math.inf and a)
    total, rest, part = sum(w), sum(a for a, _ in finite), sum(a * c for a, c in finite)
    fields = {"n": len(costs), "infinite": infinite, "weight": float(total)}
    fields["finite_mean"] = float(part / rest) if rest else None
    fields["mean"] = None if infinite or not total else float(part / total)
    fields["sum"] = None if infinite else float(part)
    if total and not infinite:
        mean, n = part / total, sum(1 for a in w if a)
        square = sum(a * a * (c - mean) ** 2 for a, c in finite) * n / max(n - 1, 1)
        root = mp.sqrt(mpf(square.numerator) / square.denominator)
        fields["standard_error"] = float(root * total.denominator / total.numerator) if n > 1 else None
    if total:
        ybar = sum(a * Fraction(y) for a, y in zip(w, ys)) / total
        variance = sum(a * Fraction(y) ** 2 for a, y in zip(w, ys)) / total - ybar**2
        exact = variance if cost == "quadratic" else entropy(ybar)
        fields["baseline"] = float(exact)
        if exact and not infinite:
            skill = 1 - (part / total) / variance if cost == "quadratic" else (
                1 - mpf((part / total).numerator) / (part / total).denominator / exact)
            fields["skill"] = float(skill)
    return fields


def results(table):
    """Returns the fields of each (group, model, cost)."""
    number = (lambda v: float(v == table.positive)) if table.label == "word" else float
    found = {}
    keep = [row for row in table.rows() if not table.incomplete(row)]
    groups = {row: str(table.columns[table.group][row]) if table.group else None for row in keep}
    for group in dict.fromkeys(groups.values()):
        rows = [row for row in keep if groups[row] == group]
        ys = [number(table.columns[table.y][row]) for row in rows]
        weights = [table.columns[table.weight][row] if table.weight else 1 for row in rows]
        for model in table.models:
            yhats = [float(table.columns[model][row]) for row in rows]
            for cost, f in (("quadratic", quadratic), ("cross_entropy", cross_entropy)):
                costs = [f(y, yhat) for y, yhat in zip(ys, yhats)]
                found[group, model, cost] = statistics(ys, costs, weights, cost)
    return found
