"""The last step that the Python peers share: from sums to a summary."""

import json
import math
import sys


def result(n, total, variance, baseline):
    """Returns the statistics of one cost from its sum and sample variance."""
    mean = total / n
    return {
        "n": n,
        "mean": mean,
        "standard_error": math.sqrt(variance / n),
        "sum": total,
        "baseline": baseline,
        "skill": 1 - mean / baseline,
    }


def variance(n, total, squares):
    """Returns the sample variance from a sum and a sum of squares."""
    return (squares - total * total / n) / (n - 1)


def report(n, y_sum, quadratic, cross_entropy):
    """Prints the summary; each cost comes as (sum, sample variance)."""
    rate = y_sum / n
    entropy = -(rate * math.log(rate) + (1 - rate) * math.log1p(-rate))
    json.dump(
        {
            "quadratic": result(n, *quadratic, rate - rate * rate),
            "cross_entropy": result(n, *cross_entropy, entropy),
        },
        sys.stdout,
    )
