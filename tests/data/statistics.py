"""Makes statistics.json: small inputs of every legal shape, with their statistics.

Run:   python3 tests/data/statistics.py > tests/data/statistics.json
Needs: Python 3.9, mpmath

An array of cases, one a line:

    name     what the case is about
    input    the text of the file
    args     command-line arguments beside the file
    results  one object per cost: cost, n, mean, standard_error, sum, baseline,
             skill, infinite, finite_mean

A number is written with the shortest digits that read back as the same f64; an
infinity is the string "inf" or "-inf"; null stands for no value. The input is
read with Python's csv module. The statistics are exact fractions of the f64
costs, each rounded once to f64; the entropy of the mean label is rounded once from
1,000 digits, and the skill of its cost computed in f64.
"""

import csv
import io
import json
import math
import random
import sys
from fractions import Fraction

import mpmath

sys.dont_write_bytecode = True  # no __pycache__ among the data
from pairs import cross_entropy, nearest, quadratic  # noqa: E402

SEED = 83

COSTS = {"quadratic": quadratic, "cross_entropy": cross_entropy}
FLAG_VALUES = {
    **dict.fromkeys(["quadratic", "mse", "brier", "squared-error"], "quadratic"),
    **dict.fromkeys(["cross-entropy", "log-loss", "bce", "xent"], "cross_entropy"),
}
Y_NAMES = "y y_true label target truth actual outcome".split()
YHAT_NAMES = "yhat ŷ y_hat y_pred y_prob y_score prediction pred probability prob p score".split()


# Reading


def options(args):
    """The arguments as a dict: option to value, flags to None."""
    found, rest = {}, list(args)
    while rest:
        option = rest.pop(0)
        found[option] = None if option in ("--header", "--no-header") else rest.pop(0)
    return found


def delimiter(text, given):
    if "-d" in given:
        return "\t" if given["-d"] == "tab" else given["-d"]
    first_line = next(line for line in io.StringIO(text, newline=None) if line.strip())
    return next(d for d in ",\t;| " if d in first_line)


def is_number(cell):
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False


def column(header, selected, names, position):
    """The index of a column of a file with the header, or with None."""
    if header is None:
        return int(selected or position) - 1
    if selected is None:
        matches = [i for i, cell in enumerate(header) if cell.lower() in names]
        return matches[0]
    return header.index(selected) if selected in header else int(selected) - 1


def has_header(first, given):
    if "--header" in given or "--no-header" in given:
        return "--header" in given
    selected = [given.get("--y-col", "1"), given.get("--yhat-col", "2")]
    return not all(s.isdecimal() and is_number(first[int(s) - 1]) for s in selected)


def read(text, given):
    """The labels and the outputs."""
    text = text.removeprefix("\ufeff")
    lines = io.StringIO(text, newline="")
    records = [r for r in csv.reader(lines, delimiter=delimiter(text, given), strict=True) if r]
    header = records.pop(0) if has_header(records[0], given) else None
    y = column(header, given.get("--y-col"), Y_NAMES, 1)
    yhat = column(header, given.get("--yhat-col"), YHAT_NAMES, 2)
    return [float(r[y]) for r in records], [float(r[yhat]) for r in records]


# Statistics


def mean(xs):
    """The exact mean."""
    return sum(map(Fraction, xs)) / len(xs)


def variance(xs):
    """The exact population variance."""
    center = mean(xs)
    return sum((Fraction(x) - center) ** 2 for x in xs) / len(xs)


def standard_error(costs):
    n = len(costs)
    if n < 2 or math.inf in costs:
        return None
    square = variance(costs) / (n - 1)
    if square == 0:
        return 0.0
    # Scaled by a power of 4, the square neither over- nor underflows.
    k = (square.numerator.bit_length() - square.denominator.bit_length()) // 2
    return math.ldexp(math.sqrt(nearest(square / Fraction(4) ** k)), k)


def entropy(share):
    """−[p ln p + (1 − p) ln(1 − p)]."""
    if share in (0, 1):
        return 0.0
    with mpmath.workdps(1000):
        parts = [mpmath.mpf(p.numerator) / p.denominator for p in (share, 1 - share)]
        return float(-sum(p * mpmath.log(p) for p in parts))


def baseline(cost, labels):
    return nearest(variance(labels)) if cost == "quadratic" else entropy(mean(labels))


def skill(mean_cost, baseline_cost):
    """Exact for fractions, else that of the nearest f64."""
    if baseline_cost == 0:
        return None
    if mean_cost == math.inf:
        return -math.inf
    ratio = 1 - mean_cost / baseline_cost
    return nearest(ratio) if isinstance(ratio, Fraction) else ratio


def skill_of(cost, exact_mean, exact_variance, baseline_cost):
    """The skill of a cost; the mean is a fraction or infinite."""
    if cost == "quadratic":
        return skill(exact_mean, exact_variance)
    return skill(exact_mean if exact_mean == math.inf else nearest(exact_mean), baseline_cost)


def result(cost, labels, outputs):
    costs = [COSTS[cost](y, yhat) for y, yhat in zip(labels, outputs)]
    finite = [c for c in costs if c < math.inf]
    infinite = len(costs) - len(finite)
    mean_cost = math.inf if infinite else mean(costs)
    baseline_cost = baseline(cost, labels)
    return {
        "cost": cost,
        "n": len(costs),
        "mean": math.inf if infinite else nearest(mean_cost),
        "standard_error": standard_error(costs),
        "sum": math.inf if infinite else nearest(sum(map(Fraction, costs))),
        "baseline": baseline_cost,
        "skill": skill_of(cost, mean_cost, variance(labels), baseline_cost),
        "infinite": infinite,
        "finite_mean": nearest(mean(finite)) if finite else None,
    }


def case(name, text, *args):
    given = options(args)
    labels, outputs = read(text, given)
    costs = [FLAG_VALUES[c] for c in given.get("--cost", "quadratic,cross-entropy").split(",")]
    results = [result(cost, labels, outputs) for cost in costs]
    return {"name": name, "input": text, "args": list(args), "results": results}


# Cases

BOOK = ["1,0.9997", "1,0.9", "1,0.6", "1,0.1192", "0,0.1192", "1,0.8808"]


def lines(*records, end="\n"):
    return "".join(record + end for record in records)


def table(pairs):
    return lines("y,yhat", *(f"{y},{yhat}" for y, yhat in pairs))


def shapes():
    yield case("a header, then records", lines("y,yhat", *BOOK))
    yield case("no header", lines(*BOOK))
    yield case("CRLF", lines("y,yhat", *BOOK, end="\r\n"))
    yield case("CR alone", lines("y,yhat", *BOOK, end="\r"))
    yield case("LF, CRLF and CR in one file", "y,yhat\r\n1,0.9\n0,0.25\r1,0.5\r\n0,0.75")
    yield case("a byte order mark before the header", "\ufeff" + lines("y,yhat", *BOOK))
    yield case("a byte order mark before a number", "\ufeff" + lines(*BOOK))
    yield case("a byte order mark before a quote", '\ufeff"y","yhat"\n"1","0.75"\n"0","0.5"\n')
    yield case("no line end after the last record", "y,yhat\n1,0.9\n0,0.3")
    yield case("no line end after a last quoted cell", 'y,yhat\n1,0.9\n0,"0.3"')
    yield case("a single record without a line end", "0,0.3")
    yield case("blank lines", "\n\ny,yhat\n\n1,0.9\n\n\n0,0.3\n\n")
    yield case("blank lines that end with CRLF", "\r\ny,yhat\r\n\r\n1,0.9\r\n\r\n0,0.3\r\n\r\n")
    yield case("blank lines that end with CR", "y,yhat\r\r1,0.9\r\r\r0,0.3\r\r")
    yield case("spaces around numbers", "y,yhat\n1, 0.9\n 0 ,0.3 \n  1  ,  0.5\n")
    yield case("spaces around numbers within quotes", 'y,yhat\n" 1 ","0.9 "\n0," 0.3"\n')


def quotes():
    yield case("quoted cells", '"y","yhat","note"\n"1","0.9","a"\n"0",0.3,b\n1,"0.5",""\n')
    yield case("delimiters in quotes", 'name,y,yhat\n"Doe, Jane",1,0.9\n",,,",0,0.3\n')
    escaped = '"say ""no""",1,0.9\n"""",0,0.3\n"""a"",""b""",1,0.5\n'
    yield case("escaped quotes", "name,y,yhat\n" + escaped)
    yield case("LF in quotes", 'name,y,yhat\n"one\ntwo\n\n",1,0.9\n"\n0,0.5\n",0,0.3\n')
    yield case("CRLF in quotes", 'y,name,yhat\r\n1,"one\r\n1,x,0.1\r\n",0.9\r\n0,"\r\n",0.3\r\n')
    yield case("CR in quotes", 'y,yhat,name\r1,0.9,"one\rtwo"\r0,0.3,"\r"\r')
    yield case("a line break in the header", 'y,"a ""b""\nc",yhat\n1,x,0.9\n0,y,0.3\n')
    bare = lines("y,yhat,s", *(b + ",s" for b in BOOK))
    yield case("quotes in the last record", bare + '0,0.5,"\n"""\n')


def delimiters():
    def of(d):
        return lines("y,yhat,s", *(b + ",s" for b in BOOK)).replace(",", d)

    yield case("tabs", of("\t"))
    yield case("semicolons", of(";"))
    yield case("bars", of("|"))
    yield case("spaces", of(" "))
    yield case("tabs without a header", lines(*BOOK).replace(",", "\t"))
    yield case("a comma comes before other delimiters", "y,yhat,a;b|c\n1,0.9,;\n0,0.3,|\n")
    yield case("semicolons that are asked for", "y;a,b;yhat\n1;x,y;0.9\n0;,;0.3\n", "-d", ";")
    yield case("tabs that are asked for", "y\ta,b\tyhat\n1\t,\t0.9\n0\t\t0.3\n", "-d", "tab")
    yield case("colons", of(":"), "-d", ":")


def columns():
    text = "id,truth,fold,probability,note\n7,1,a,0.9,\n8,0,b,0.3,x\n9,1,,0.5,ü\n"
    yield case("other columns", text)
    yield case("names of any case", "ID,Y_True,Y_PROB\n1,1,0.9\n2,0,0.3\n")
    yield case("the letter ŷ", "ŷ,y\n0.9,1\n0.3,0\n")
    yield case("a logit beside ŷ", "z,label,p\n2.5,1,0.9\n-1,0,0.3\n")

    text = "y,yhat,won,score\n0,0.1,1,0.9\n0,0.2,0,0.3\n0,0.3,1,0.625\n"
    yield case("a selected ŷ", text, "--yhat-col", "score")
    yield case("a selected y", text, "--y-col", "won")
    yield case("both selected", text, "--y-col", "won", "--yhat-col", "score")
    yield case("both selected by position", text, "--y-col", "3", "--yhat-col", "4")

    text = "a,1,0.9,0.2\nb,0,0.3,0.1\n"
    yield case("positions without a header", text, "--y-col", "2", "--yhat-col", "3")
    yield case("a position beside the first column", "1,x,0.9\n0,y,0.3\n", "--yhat-col", "3")

    text = "0,1\n1,0.5\n0,0.25\n"
    yield case("numbers, no header", text)
    yield case("numbers, said to have no header", text, "--no-header")
    selection = ["--header", "--y-col", "1", "--yhat-col", "2"]
    yield case("numbers, said to have a header", "2023,2024\n1,0.5\n0,0.25\n", *selection)
    yield case("a name comes before a position", "2,1\n0.5,1\n0.25,0\n", *selection)


def numbers():
    spellings = "1e-3 +0.5 .5 1. 1E+0 0.5e0 5E-1 +.25 00.125 1e-05 0.0000000001e+9 100e-2 0e5 -0"
    yield case("spellings", table((int(float(s) > 0.6), s) for s in spellings.split()))
    digits = [
        "0.12345678901234567",
        "0.98765432109876543",
        "0.1234567890123456789012345678901234567890",
        "0.9999999999999999999999999999999999999999",
        "0.0000000000000000000000000000000000000001",
        # Halfway between two neighbours, then just above and below halfway.
        "0.500000000000000055511151231257827021181583404541015625",
        "0.500000000000000055511151231257827021181583404541015626",
        "0.500000000000000166533453693773481063544750213623046875",
        "0.500000000000000166533453693773481063544750213623046874",
    ]
    yield case("17 to 54 digits", table((1, s) for s in digits))
    yield case("the same to quadratic", table((s, 0) for s in digits), "--cost", "quadratic")
    yield case("labels spelled as 1.0 and -0.0", "y,yhat\n1.0,0.9\n-0.0,0.25\n1e0,0.5\n0.00,-0\n")


def labels():
    rng = random.Random(SEED)
    yield case("one instance", "y,yhat\n1,0.9\n")
    yield case("two equal instances", "y,yhat\n1,0.9\n1,0.9\n")
    yield case("no cost at all", "y,yhat\n1,1\n0,0\n1,1\n")
    yield case("labels all 1", "y,yhat\n1,0.9\n1,0.8\n1,1\n")
    yield case("labels all 0", "y,yhat\n0,0.1\n0,0.2\n0,0\n")
    yield case("soft labels", table((rng.random(), rng.random()) for _ in range(40)))
    yield case("soft labels of least size", table([(0.5, 0.5), (1e-300, 0.5), (5e-324, 1e-300)]))
    yield case("soft labels all alike", "y,yhat\n0.1,0.1\n0.1,0.2\n0.1,0.3\n")
    yield case("a rare label", table((int(i == 30), rng.random() ** 4) for i in range(60)))
    below_1 = 1 - 2.0**-53
    ends = [(1, 1e-300), (1, 5e-324), (0, below_1), (0, 5e-324), (1, below_1)]
    yield case("outputs near 0 and 1", table(ends))
    outputs = [rng.random() for _ in range(60)]
    yield case("calibrated outputs", table((int(rng.random() < p), p) for p in outputs))


def infinities():
    yield case("one infinite cost", "y,yhat\n1,0.9\n1,0\n0,0.25\n0,0.5\n")
    yield case("some infinite costs", "y,yhat\n1,0\n0,1\n0,0.25\n1,1\n")
    yield case("all costs infinite", "y,yhat\n1,0\n0,1\n0,1\n")
    yield case("soft labels of infinite cost", table([(0.25, 0), (0.25, 1), (0.5, 0.5)]))
    yield case("one instance of infinite cost", "y,yhat\n1,0\n")


def magnitudes():
    """Quadratic costs of any finite numbers."""
    rng = random.Random(SEED + 1)

    def of(name, *pairs):
        return case(name, table(pairs), "--cost", "quadratic")

    def any_number(exponent):
        return math.ldexp(rng.uniform(-1, 1), rng.randint(-exponent, exponent))

    def ordinary():
        return rng.uniform(-9, 9)

    tiny, large = 5e-324, 1.7e308
    yield of("negative numbers", (-1.5, 2), (-3, -3.25), (0, -0.1), (2, -7))
    yield of("numbers of ordinary size", *((ordinary(), ordinary()) for _ in range(60)))
    yield of("numbers of any size", *((any_number(240), any_number(240)) for _ in range(60)))

    yield of("costs beyond the largest number", (1e160, 0), (1, 2), (-1e200, 1e200), (3, 5))
    yield of("differences beyond it", (large, -large), (-large, large), (1, 0.5))
    yield of("a baseline beyond it, all costs infinite", (large, -large), (-large, large))
    yield of("a baseline beyond it, all costs finite", (1e200, 1e200), (-1e200, -1e200), (0, 1))
    yield of("a sum of costs beyond it", (1.3e154, 0), (-1.3e154, 0), (0, 1.2e154), (0, 1))
    yield of("a sum of labels beyond it", (large, large), (large, large), (1.6e308, 1.6e308))
    yield of("a variance of costs beyond it", (1e100, 0), (1, 0), (0, 3))
    yield of("large labels that cancel", (large, large), (1, 0), (-large, -large), (0, 1))

    yield of("costs below the least number", (1e-170, 0), (0, -1e-170), (tiny, -tiny), (0, 1e-200))
    yield of("a variance of costs below it", (1e-100, 0), (2e-100, 0), (3e-100, 0))
    yield of("a subnormal baseline and an infinite skill", (0, 1), (1e-160, 1))
    yield of("subnormal costs", (1e-160, 0), (2e-162, 0), (0, 3e-161), (-1e-158, 0), (0, 0))
    yield of("subnormal numbers", (tiny, 0), (0, tiny), (1e-310, 1e-320), (-2e-308, 2e-308))

    yield of("one part in 2⁵²", (1, 0), (1.0000000000000002, 0), (0.9999999999999999, 0))
    yield of("large costs that hardly differ", *((10**8 + i, 0) for i in range(10)))
    yield of("large labels that hardly differ", *((1e15 + i / 8, 1e15) for i in range(10)))
    small = [(0.1, 0.2 + i / 100) for i in range(20)]
    yield of("one large cost among small ones", (1e60, 0), *small)
    yield of("labels all alike", (0.1, 0.3), (0.1, 0.7), (0.1, 0.1))


def choices():
    text = lines("y,yhat", *BOOK)
    yield case("quadratic alone", text, "--cost", "quadratic")
    yield case("cross-entropy alone", text, "--cost", "cross-entropy")
    yield case("costs in the order asked", text, "--cost", "cross-entropy,quadratic")
    yield case("aliases", text, "--cost", "brier,log-loss")
    yield case("further aliases", text, "--cost", "mse,bce")


def in_json(value):
    """The value with its infinities as strings: JSON has none."""
    if isinstance(value, dict):
        return {key: in_json(v) for key, v in value.items()}
    if isinstance(value, list):
        return [in_json(v) for v in value]
    return str(value) if value in (math.inf, -math.inf) else value


def main():
    groups = [shapes, quotes, delimiters, columns, numbers, labels, infinities, magnitudes, choices]
    cases = [json.dumps(in_json(case), allow_nan=False) for group in groups for case in group()]
    print("[\n" + ",\n".join(cases) + "\n]")


if __name__ == "__main__":
    main()
