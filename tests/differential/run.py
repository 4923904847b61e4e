"""Compares costs with an independent reader, on random tables of many writers.

Run:   python tests/differential/run.py target/release/costs [--tables 2000] [--seed 1]
Needs: Python 3.11 and requirements.txt

Each table is right in memory; what costs reads from its file must be equal, field by
field, or be refused with a message and exit code 2. With --strict, what the
documentation says is read may not be refused. --keep FOLDER keeps the files of failures.
"""

import argparse
import collections
import json
import math
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tables
import writers

# Units in the last place that a field may be off; 0 for those that are not here.
ULP = {
    ("baseline", "cross_entropy"): 2,
    ("standard_error", "quadratic"): 8,
    ("standard_error", "cross_entropy"): 8,
}
FIELDS = ["n", "weight", "mean", "standard_error", "sum", "baseline", "skill", "infinite", "finite_mean"]


def equal(name, cost, found, right):
    """Returns whether a field is right; None is null, and an overflow."""
    if found is None or right is None:
        return found == right
    if (name, cost) == ("skill", "cross_entropy"):
        return abs(found - right) <= 4 * (math.ulp(1) + math.ulp(1 - right))
    return abs(found - right) <= ULP.get((name, cost), 0) * math.ulp(right)


def differences(table, printed):
    """Yields what is wrong in the results, a line each."""
    right = tables.results(table)
    # Without a header, and within objects, names are others: the order tells.
    models = dict(zip(dict.fromkeys(r["model"] for r in printed), table.models))
    group = next(iter(printed[0])) if table.group and printed else None
    found = {(r.get(group), models.get(r["model"]), r["cost"]): r for r in printed}
    for (group, model, cost), fields in right.items():
        result = found.pop((group, model, cost), None)
        if result is None:
            yield f"no result of {group!r}, {model!r}, {cost}"
            continue
        for name in FIELDS:
            if name in result and not equal(name, cost, result[name], fields.get(name)):
                yield f"{group!r} {model} {cost}: {name} is {result[name]!r}, not {fields.get(name)!r}"
    yield from (f"a result of {key}" for key, result in found.items() if result["n"])
    skipped = sum(table.incomplete(row) for row in table.rows())
    told = collections.Counter()
    for result in printed:
        told[result["model"], result["cost"]] += result["skipped"]
    yield from (f"{key}: {n} skipped, not {skipped}" for key, n in told.items() if n != skipped)


def judge(table, run, must_refuse):
    """Returns 'equal' or 'refused', or what is wrong."""
    if run.returncode == 2 and not run.stdout and run.stderr.startswith("error: "):
        return "refused"
    if run.returncode or must_refuse:
        return f"exit code {run.returncode}, must be refused: {must_refuse}\n{run.stderr}"
    return "\n".join(differences(table, json.loads(run.stdout))) or "equal"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("costs", type=Path)
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--strict", action="store_true")
    parser.add_argument("--keep", type=Path)
    args = parser.parse_args()
    counts, examples, failed = collections.Counter(), {}, 0
    with tempfile.TemporaryDirectory() as folder:
        for number in range(args.tables):
            rng = random.Random(f"{args.seed} {number}")
            writer, written = writers.ALL[number % len(writers.ALL)], None
            while not written:
                table = tables.random_table(rng)
                written = writer(table, rng, Path(folder) / f"t{number}")
            (path, options), kind = written, writer.__name__
            missing = any(map(table.incomplete, table.rows()))
            command = [str(args.costs), str(path), "--format", "json", *options, *table.options]
            run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8")
            verdict = judge(table, run, missing and not table.skip)
            wanted = (missing and not table.skip) or kind == "r_csv2"
            outcome = verdict if verdict in ("equal", "refused") else "failed"
            if outcome == "refused" and wanted:
                outcome = "refused, as it must be"
            counts[kind, outcome] += 1
            if outcome == "refused":
                examples.setdefault((kind, run.stderr.split(":", 3)[-1][:60]), (run.stderr, command))
            if outcome == "failed" or (args.strict and outcome == "refused"):
                failed += 1
                print(f"{number} {kind}: {shlex.join(command)}\n{verdict}\n{run.stderr}")
                if args.keep:
                    args.keep.mkdir(exist_ok=True)
                    shutil.copy(path, args.keep)
            path.unlink()
    for (kind, _), (message, command) in sorted(examples.items()):
        print(f"{kind} refused: {shlex.join(command)}\n  {message.strip()[:400]}")
    for (kind, outcome), n in sorted(counts.items()):
        print(f"{kind:15} {outcome:22} {n}")
    print(f"{args.tables - failed} passed, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
