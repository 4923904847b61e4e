"""Makes stress.csv, golden.csv and hard_logs.csv: sums and logarithms that are hard
to get right to the last bit.

Run:   python3 tests/data/stress.py           (golden.csv and stress.csv)
       python3 tests/data/stress.py --logs    (hard_logs.csv, in some minutes)
Needs: Python 3.9; with --logs mpmath, and NumPy whose long double has 64 bits

stress.csv has the summands of each case, `case,x`, in the shortest digits that read
back as the same number; without a case, it is that of the row before.

golden.csv has the statistics of each case, as the bits of an f64 in hexadecimal, or
`-` where there is none. They are exact fractions, rounded once. Every platform has
to give these bits.

    case
    ybar            Σx/n
    variance        Σx²/n − (Σx/n)²
    negative        Σ|x| over x < 0
    positive        Σx over x > 0
    mean_positive   positive/n
    error_positive  the standard error of that mean
    difference      Σx/n, as the mean of the differences of two costs ≥ 0
    error           its standard error
    weight          Σ|x|
    balance         Σx/Σ|x|, as a weighted mean of differences of −1, 0 or 1

hard_logs.csv has numbers in (0, 1] and their costs, as bits:

    x, −ln x, −ln(1 − x)

Sources of the cases, which are rebuilt from their descriptions:

    fsum      CPython's tests of math.fsum
    precise   test262's tests of Math.sumPrecise
    oro       T. Ogita, S. M. Rump, S. Oishi, "Accurate sum and dot product" (2005),
              algorithm 6.1: sums of a condition number that is chosen
    numacc    NIST, Statistical Reference Datasets, NumAcc1 to NumAcc4
    others    what this project has to be afraid of
"""

import math
import random
import struct
import sys
from fractions import Fraction
from pathlib import Path

FOLDER = Path(__file__).parent

LARGEST = sys.float_info.max
TINY = 5e-324


def bits(number):
    """The bits of an f64, or of nothing."""
    return "-" if number is None else struct.pack(">d", number).hex()


def nearest(fraction):
    """The f64 nearest to an exact fraction."""
    try:
        return fraction.numerator / fraction.denominator
    except OverflowError:
        return math.inf if fraction > 0 else -math.inf


def root(fraction):
    """The root of a fraction that is rounded once to 53 bits, whatever its exponent."""
    if fraction == 0:
        return 0.0
    magnitude = fraction.numerator.bit_length() - fraction.denominator.bit_length()
    k = magnitude // 2
    scaled = math.sqrt(nearest(fraction / Fraction(4) ** k))
    return nearest(Fraction(scaled) * Fraction(2) ** k)


def error_of_mean(sum_of_numbers, sum_of_squares, n):
    """sqrt(n/(n − 1) · Σ(x − mean)²)/n."""
    if n < 2:
        return None
    scatter = sum_of_squares - sum_of_numbers * sum_of_numbers / n
    return root(scatter / (n * (n - 1)))


# The cases


def fsum():
    """CPython's, with the sums that it gives."""
    yield [0.0], 0.0
    yield [1e100, 1.0, -1e100, 1e-100, 1e50, -1.0, -1e50], 1e-100
    yield [2.0**53, -0.5, -(2.0**-54)], 2.0**53 - 1.0
    yield [2.0**53, 1.0, 2.0**-100], 2.0**53 + 2.0
    yield [2.0**53 + 10.0, 1.0, 2.0**-100], 2.0**53 + 12.0
    yield [2.0**53 - 4.0, 0.5, 2.0**-54], 2.0**53 - 3.0
    yield [1.0 / n for n in range(1, 1001)], float.fromhex("0x1.df11f45f4e61ap+2")
    yield [(-1.0) ** n / n for n in range(1, 1001)], float.fromhex("-0x1.62a2af1bd3624p-1")
    yield [1e16, 1.0, 1e-16], 10000000000000002.0
    yield [1e16 - 2.0, 1.0 - 2.0**-53, -(1e16 - 2.0), -(1.0 - 2.0**-53)], 0.0
    spread = [2.0**n - 2.0 ** (n + 50) + 2.0 ** (n + 52) for n in range(-1074, 972, 2)]
    yield spread + [-(2.0**1022)], float.fromhex("0x1.5555555555555p+970")
    powers = [1.7 ** (i + 1) - 1.7**i for i in range(1000)] + [-(1.7**1000)]
    yield powers, math.fsum(powers)
    generator = random.Random(84)
    for _ in range(4):
        values = [7, 1e100, -7, -1e100, -9e-20, 8e-20] * 10
        total = 0
        for _ in range(100):
            value = generator.gauss(0, generator.random()) ** 7 - total
            total += value
            values.append(value)
        generator.shuffle(values)
        yield [float(value) for value in values], math.fsum(values)


def precise():
    """test262's, with the sums that it gives."""
    inf = math.inf
    yield [1.0, 2.0, 3.0], 6.0
    yield [1e308], 1e308
    yield [1e308, -1e308], 0.0
    yield [0.1], 0.1
    yield [0.1, 0.1], 0.2
    yield [0.1, -0.1], 0.0
    yield [1e308, 1e308, 0.1, 0.1, 1e30, 0.1, -1e30, -1e308, -1e308], 0.30000000000000004
    yield [1e30, 0.1, -1e30], 0.1
    yield (
        [8.98846567431158e307, 8.988465674311579e307, -1.7976931348623157e308],
        9.9792015476736e291,
    )
    yield (
        [-5.630637621603525e255, 9.565271205476345e307, 2.9937604643020797e292],
        9.565271205476347e307,
    )
    yield (
        [
            6.739986666787661e66,
            2.0,
            -1.2689709186578243e-116,
            1.7046015739467354e308,
            -9.979201547673601e291,
            6.160926733208294e307,
            -3.179557053031852e234,
            -7.027282978772846e307,
            -0.7500000000000001,
        ],
        1.61796594939028e308,
    )
    yield (
        [-1.1442589134409902e308, 9.593842098384855e138, 4.494232837155791e307]
        + [-1.3482698511467367e308, 4.494232837155792e307],
        -1.5936821971565685e308,
    )
    yield (
        [-1.1442589134409902e308, 4.494232837155791e307]
        + [-1.3482698511467367e308, 4.494232837155792e307],
        -1.5936821971565687e308,
    )
    yield (
        [9.593842098384855e138, -6.948356297254111e307]
        + [-1.3482698511467367e308, 4.494232837155792e307],
        -1.5936821971565685e308,
    )
    yield (
        [-2.534858246857893e115, 8.988465674311579e307, 8.98846567431158e307],
        1.7976931348623157e308,
    )
    yield [1.3588124894186193e308, 1.4803986201152006e223, 6.741349255733684e307], inf
    yield [6.741349255733684e307, 1.7976931348623155e308, -7.388327292663961e41], inf
    yield (
        [-1.9807040628566093e28, 1.7976931348623157e308, 9.9792015476736e291],
        1.7976931348623157e308,
    )
    yield (
        [-1.0214557991173964e61, 1.7976931348623157e308]
        + [8.98846567431158e307, -8.988465674311579e307],
        1.7976931348623157e308,
    )
    yield [6.197409167220438e-223, -9.979201547673601e291, -1.7976931348623157e308], -inf
    yield (
        [8.988465674311579e307, 7.999999999999998, 7.029158107234023e-308]
        + [-2.2303483759420562e-172, -1.7976931348623157e308, -8.98846567431158e307],
        -1.7976931348623157e308,
    )
    yield [8.98846567431158e307, 8.98846567431158e307], inf


def two_products(a, b):
    """Two numbers whose exact sum is a·b."""
    product = a * b
    return [product, float(Fraction(a) * Fraction(b) - Fraction(product))]


def oro(n, condition, generator):
    """2n summands of about that condition number (algorithm 6.1, split in two)."""
    half = n // 2
    b = math.log2(condition)
    exponents = [round(generator.uniform(0, b / 2)) for _ in range(half)]
    exponents[0], exponents[-1] = round(b / 2) + 1, 0
    x = [generator.uniform(-1, 1) * 2.0**e for e in exponents]
    y = [generator.uniform(-1, 1) * 2.0**e for e in exponents]
    for step in range(half, n):
        exponent = round(b / 2 * (1 - (step - half) / (n - half - 1)))
        x.append(generator.uniform(-1, 1) * 2.0**exponent)
        dot = sum(Fraction(p) * Fraction(q) for p, q in zip(x, y))
        target = Fraction(generator.uniform(-1, 1) * 2.0**exponent)
        y.append(float((target - dot) / Fraction(x[-1])))
    summands = [part for p, q in zip(x, y) for part in two_products(p, q)]
    generator.shuffle(summands)
    return summands


def numacc(number):
    """NIST's, by formula, with the mean and the standard deviation that it certifies."""
    if number == 1:
        return [10000001.0, 10000003.0, 10000002.0], 10000002.0, 1.0
    middle, low, high = {
        2: (1.2, 1.1, 1.3),
        3: (1000000.2, 1000000.1, 1000000.3),
        4: (10000000.2, 10000000.1, 10000000.3),
    }[number]
    return [middle] + [low, high] * 500, middle, 0.1


def others():
    generator = random.Random(1842)
    wide = [generator.uniform(1, 2) * 2.0 ** generator.randint(-1074, 1022) for _ in range(150)]
    balanced = wide + [-x for x in wide]
    generator.shuffle(balanced)
    yield "cancels to 0", balanced
    yield "cancels to the least number", balanced + [TINY]
    near = [generator.uniform(0.5, 1) for _ in range(200)]
    yield "pairs that differ in the last bit", [
        signed for x in near for signed in (x, -math.nextafter(x, 1))
    ]
    yield "the largest number seven times", [LARGEST] * 7
    yield "the largest and its neighbours", [LARGEST, math.nextafter(LARGEST, 0), LARGEST, TINY]
    yield "largest of both signs", [LARGEST, LARGEST, -LARGEST, -LARGEST, 1.0, TINY]
    yield "the least number", [TINY]
    yield "half the least number", [TINY, 0.0]
    yield "one and a half of the least number", [TINY, 2 * TINY]
    yield "two and a half of the least number", [2 * TINY, 3 * TINY]
    yield "subnormals", [float(k) * TINY for k in range(1, 101)]
    yield "subnormals and normals", [2.0**-1022, 2.0**-1022 - TINY, TINY, -(2.0**-1030)]
    yield "a tie to even below", [1.0, 1.0 + 2.0**-52]
    yield "a tie to even above", [1.0 + 2.0**-52, 1.0 + 2.0**-51]
    yield "a tie that the least number breaks", [1.0, 1.0 + 2.0**-52, TINY, -0.0] * 2
    yield "a tie broken downwards", [1.0 + 2.0**-52, 1.0 + 2.0**-51, -TINY, 0.0]
    yield "zeros of both signs", [0.0, -0.0, 0.0]
    yield "every exponent", [2.0**k for k in range(-1074, 1023)]
    yield "every exponent in turns", [(-1.0) ** k * 2.0**k for k in range(-1074, 1023)]
    yield "thirds", [1 / 3] * 1000 + [-1 / 3] * 999


def cases():
    for name, battery in (("fsum", fsum()), ("precise", precise())):
        for index, (numbers, published) in enumerate(battery):
            total = nearest(sum(map(Fraction, numbers)))
            assert total == published, (name, index, total, published)
            yield f"{name} {index}", numbers
    generator = random.Random(6)
    for condition in (1e8, 1e16, 1e32, 1e64, 1e100):
        for n in (20, 100):
            numbers = oro(n, condition, generator)
            exact = abs(sum(map(Fraction, numbers)))
            found = float(sum(abs(Fraction(x)) for x in numbers) / exact)
            assert condition / 1e4 < found < condition * 1e6, (condition, found)
            yield f"oro {n} {condition:.0e}", numbers
    for number in range(1, 5):
        numbers, mean, deviation = numacc(number)
        exact = sum(map(Fraction, numbers)) / len(numbers)
        # As far as the data, which are rounded to f64, allow.
        assert abs(nearest(exact) - mean) <= math.ulp(mean), number
        scatter = sum((Fraction(x) - exact) ** 2 for x in numbers) / (len(numbers) - 1)
        assert abs(root(scatter) / deviation - 1) < 1e-7, number
        yield f"numacc {number}", numbers
    yield from others()


def statistics(numbers):
    n = len(numbers)
    exact = [Fraction(x) for x in numbers]
    positive = [max(x, Fraction(0)) for x in exact]
    negative = [max(-x, Fraction(0)) for x in exact]
    total, squares, weight = sum(exact), sum(x * x for x in exact), sum(map(abs, exact))
    return [
        nearest(total / n),
        nearest(squares / n - total * total / n / n),
        nearest(sum(negative)),
        nearest(sum(positive)),
        nearest(sum(positive) / n),
        error_of_mean(sum(positive), sum(x * x for x in positive), n),
        nearest(total / n),
        error_of_mean(total, squares, n),
        nearest(weight),
        nearest(total / weight) if weight else None,
    ]


COLUMNS = (
    "ybar,variance,negative,positive,mean_positive,error_positive,"
    "difference,error,weight,balance"
)


def write_sums():
    with open(FOLDER / "stress.csv", "w") as stress, open(FOLDER / "golden.csv", "w") as golden:
        print("case,x", file=stress)
        print(f"case,{COLUMNS}", file=golden)
        everything = []
        for name, numbers in cases():
            everything += numbers
            for index, x in enumerate(numbers):
                print(f"{'' if index else name},{x!r}", file=stress)
            print(",".join([name, *map(bits, statistics(numbers))]), file=golden)
        print(",".join(["everything", *map(bits, statistics(everything))]), file=golden)


# Logarithms


def exact_of(number):
    """An mpmath number as a fraction."""
    sign, mantissa, exponent, _ = number._mpf_
    return (-1) ** sign * Fraction(int(mantissa)) * Fraction(2) ** exponent


def hardness(value):
    """How many bits after the 53rd are a one and zeros, or a zero and ones: the more,
    the harder it is to say to which f64 the number is nearest."""
    fraction = exact_of(value)
    shift = fraction.numerator.bit_length() - fraction.denominator.bit_length()
    scaled = fraction * Fraction(2) ** (53 - shift)
    while scaled >= 2**53:
        scaled /= 2
    rest = abs(scaled - math.floor(scaled) - Fraction(1, 2))
    return 200 if rest == 0 else rest.denominator.bit_length() - rest.numerator.bit_length()


def costs(x):
    """−ln x and −ln(1 − x), far more precise than needed."""
    import mpmath

    return -mpmath.log(mpmath.mpf(x)), -mpmath.log1p(-mpmath.mpf(x))


def search(sample, function, place, keep=150, chunks=60, size=500_000):
    """Of many random numbers those whose logarithm is the hardest to round."""
    import numpy as np

    found = set()
    generator = np.random.default_rng(place + 10)
    for _ in range(chunks):
        x = sample(generator, size)
        with np.errstate(all="ignore"):
            significand, _ = np.frexp(-function(x.astype(np.longdouble)))
        scaled = np.ldexp(significand, 53)
        rest = np.abs(scaled - np.floor(scaled) - np.longdouble(0.5))
        for candidate in x[rest <= 1.5 / 2048]:
            value = float(candidate)
            found.add((hardness(costs(value)[place]), value))
    return [x for _, x in sorted(found)[-keep:]]


def near_ties():
    """Numbers x with x²/2 an odd number of half units in the last place of x: then
    −ln(1 − x) = x + x²/2 + x³/3 + … is next to a tie."""
    generator = random.Random(53)
    for t in range(27, 55):
        least = 2 ** max(52 - t, 0)
        for _ in range(6):
            odd = generator.randrange(least, 2 * least) | 1
            x = odd * 2.0**-t
            if 0 < x < 0.5:
                yield x
                yield 1 - x


def special():
    for k in range(1, 1075):
        if k < 80 or k % 50 == 0 or k > 1060:
            yield 2.0**-k
            yield math.nextafter(2.0**-k, 1)
            yield math.nextafter(2.0**-k, 0)
    for k in range(1, 60):
        yield 1 - k * 2.0**-53
    yield 1.0


def write_logs():
    import mpmath
    import numpy as np

    mpmath.mp.prec = 300
    unit = lambda generator, size: generator.random(size) / 2 + 0.5  # noqa: E731
    small = lambda generator, size: generator.random(size) * 2.0 ** -generator.integers(0, 60, size)  # noqa: E731
    any_number = lambda generator, size: np.ldexp(  # noqa: E731
        generator.random(size) / 2 + 0.5, -generator.integers(0, 1021, size)
    )
    numbers = set(near_ties()) | set(special())
    numbers |= set(search(any_number, np.log, 0)) | set(search(unit, np.log, 0))
    numbers |= set(search(small, np.log1p, 1)) | set(search(unit, np.log1p, 1))
    with open(FOLDER / "hard_logs.csv", "w") as out:
        print("x,minus_ln,minus_ln_of_complement", file=out)
        for x in sorted(x for x in numbers if 0 < x <= 1):
            mpmath.mp.prec = 2400 if x < 1e-30 else 300
            both = [math.inf if x == 1 else None, None]
            if x == 1:
                both = [0.0, math.inf]
            else:
                both = [nearest(exact_of(value)) for value in costs(x)]
            print(",".join(map(bits, [x, *both])), file=out)


if __name__ == "__main__":
    write_logs() if "--logs" in sys.argv else write_sums()
