"""Makes churn.csv: two models' forecasts of which customers leave.

Run:   python3 examples/churn.py > examples/churn.csv
Needs: Python 3.9

One row per customer of an invented company, 400 in all:

    customer  an id
    fold      1–5: the fold of cross-validation in which the row was forecast
    weight    the customer's yearly revenue, in thousands
    churned   yes or no: whether the customer left
    model_a   forecast of the probability that the customer leaves
    model_b   another one

Both models see the same customers. A is timid: its forecasts are noisy and stay
too close to the middle. B is close to the true probabilities, but its
forecasts went through an isotonic calibration, which turns the lowest ones into
exactly 0 and the highest into exactly 1. A few of these are wrong.
"""

import math
import random

ROWS = 400
FOLDS = 5
SEED = 181  # makes four forecasts certain and wrong, in two of the folds

# B's forecasts beyond these become 0 and 1.
CERTAIN_BELOW = 0.03
CERTAIN_ABOVE = 0.97


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def customers(rng):
    """Yields each customer's fold, weight, outcome and both forecasts."""
    folds = [1 + i % FOLDS for i in range(ROWS)]
    rng.shuffle(folds)
    for fold in folds:
        z = rng.gauss(-1.0, 2.0)  # the log-odds of leaving
        churned = rng.random() < sigmoid(z)
        a = sigmoid(0.45 * z + 0.35 + rng.gauss(0, 0.7))
        b = sigmoid(z + rng.gauss(0, 0.35))
        if b < CERTAIN_BELOW:
            b = 0.0
        elif b > CERTAIN_ABOVE:
            b = 1.0
        yield fold, rng.lognormvariate(1.0, 0.6), churned, a, b


def main():
    print("customer,fold,weight,churned,model_a,model_b")
    for i, (fold, weight, churned, a, b) in enumerate(customers(random.Random(SEED)), start=1):
        outcome = "yes" if churned else "no"
        print(f"C{i:04},{fold},{weight:.2f},{outcome},{a:.4f},{b:.4f}")


if __name__ == "__main__":
    main()
