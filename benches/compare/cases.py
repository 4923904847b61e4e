"""The sections of the comparison, and the commands of each."""

import os
from dataclasses import dataclass, field

import answers
import workspace
from workspace import HERE

QUOTED_ROWS = "first column quoted, with a comma inside"


@dataclass
class Case:
    """One command of a section."""

    name: str
    # Its name for --only: "costs" or one of workspace.PEERS.
    peer: str
    command: list
    stdin: str = "/dev/null"
    # How to read a summary from its standard output.
    read: object = None
    # The share of the section's rounds that it takes part in; slow commands take part in fewer.
    share: float = 1.0
    # Other commands for the same work. The fastest of all is measured.
    alternatives: list = field(default_factory=list)


@dataclass
class Section:
    """Commands that are run in turns and compared with the first."""

    key: str
    title: str
    cases: list
    # How answers are compared before the runs: None, "summary" or "instances".
    check: str = None
    # Multiplies the rounds of --rounds; 0 is always one round.
    factor: float = 1.0
    # Whether every run waits for free cores.
    parallel: bool = True


def peer_program(name, *arguments):
    return [workspace.python, HERE / "peers" / name, *arguments]


# The same sums in xan's language, in three ways. `agg -p` works on parts of a file at once.
XAN_COSTS = [
    ("(y - yhat) ** 2", '-log(if(y eq "1", yhat, 1 - yhat))'),
    ("(y - yhat) * (y - yhat)", '-log(if(y eq "1", yhat, 1 - yhat))'),
    ('if(y eq "1", 1 - yhat, yhat) ** 2', '-log(if(y eq "1", yhat, 1 - yhat))'),
]


def xan_summaries(path):
    return [
        [
            workspace.xan,
            "agg",
            "-p",
            f"count() as n, mean(y) as y_mean, "
            f"mean({q}) as quadratic_mean, var_sample({q}) as quadratic_variance, "
            f"mean({x}) as cross_entropy_mean, var_sample({x}) as cross_entropy_variance",
            path,
        ]
        for q, x in XAN_COSTS
    ]


def xan_instances(path):
    return [
        [workspace.xan, "map", *threads, f"{q} as quadratic, {x} as cross_entropy", path]
        for q, x in XAN_COSTS
        for threads in ([], ["-p"])
    ]


def summaries(costs, path, large):
    """Returns the commands that summarise PATH; large files slow some down a lot."""
    slow = 0.4 if large else 1.0
    first, *others = xan_summaries(path)
    miller = ["mlr", "--icsvlite", "--ojson", "put", "-f", HERE / "peers" / "each.mlr", "then"]
    miller += ["stats1", "-a", "count,sum,mean,meaneb", "-f", "quadratic,cross_entropy,y"]
    miller += ["then", "put", "-f", HERE / "peers" / "summary.mlr", path]
    awk = ["mawk", "-F,", "-f", HERE / "peers" / "summary.awk", path]
    return [
        Case("costs", "costs", [costs, "--json", path], read=answers.from_costs),
        Case("Polars", "polars", peer_program("summary_polars.py", "plain", "hard", path)),
        Case(
            "Polars, soft labels too",
            "polars-soft",
            peer_program("summary_polars.py", "plain", "soft", path),
        ),
        Case("DuckDB", "duckdb", peer_program("summary_duckdb.py", "plain", path)),
        Case("xan agg -p", "xan", first, read=answers.from_xan, share=slow, alternatives=others),
        Case("mawk", "mawk", awk, share=slow),
        Case(
            "pandas + scikit-learn",
            "sklearn",
            peer_program("summary_sklearn.py", path),
            share=slow,
        ),
        Case("Miller", "miller", miller, read=answers.from_miller, share=slow / 2),
    ]


def ways_in(costs, path):
    def ours(name, *command, stdin="/dev/null"):
        return Case(name, "costs", list(command), stdin=stdin, read=answers.from_costs)

    return [
        ours("costs FILE", costs, "--json", path),
        ours("costs < FILE", costs, "--json", stdin=path),
        ours("cat FILE \\| costs", "sh", "-c", 'cat "$1" | "$0" --json', costs, path),
        ours("costs --threads 1", costs, "--json", "--threads", "1", path),
        ours("costs --threads 2", costs, "--json", "--threads", "2", path),
    ]


def other_file(costs, path, kind):
    return [
        Case("costs", "costs", [costs, "--json", path], read=answers.from_costs),
        Case("Polars", "polars", peer_program("summary_polars.py", kind, "hard", path)),
        Case("DuckDB", "duckdb", peer_program("summary_duckdb.py", kind, path)),
    ]


def json_lines(costs, path):
    miller = ["mlr", "--ijsonl", "--ojson", "put", "-f", HERE / "peers" / "each.mlr", "then"]
    miller += ["stats1", "-a", "count,sum,mean,meaneb", "-f", "quadratic,cross_entropy,y"]
    miller += ["then", "put", "-f", HERE / "peers" / "summary.mlr", path]
    return [
        *other_file(costs, path, "jsonl"),
        Case("Miller", "miller", miller, read=answers.from_miller, share=0.4),
    ]


def instances(costs, path):
    first, *others = xan_instances(path)
    miller = ["mlr", "--icsvlite", "--ocsvlite", "put", "-f", HERE / "peers" / "each.mlr", path]
    return [
        Case("costs --each", "costs", [costs, "--each", "--format", "csv", path]),
        Case("Polars sink_csv", "polars", peer_program("each_polars.py", path)),
        Case("DuckDB COPY", "duckdb", peer_program("each_duckdb.py", path)),
        Case("xan map", "xan", first, alternatives=others),
        Case("mawk", "mawk", ["mawk", "-F,", "-f", HERE / "peers" / "each.awk", path]),
        Case("Miller", "miller", miller, share=0.4),
    ]


def start_up(costs):
    sklearn = "from sklearn.metrics import brier_score_loss as b, log_loss as l; "
    sklearn += "print(b([1], [0.9997], labels=[0, 1], pos_label=1), l([1], [0.9997], labels=[0, 1]))"
    return [
        Case("costs --y 1 --yhat 0.9997", "costs", [costs, "--y", "1", "--yhat", "0.9997"]),
        Case("empty Rust program", "costs", [workspace.empty]),
        Case("scikit-learn", "sklearn", [workspace.python, "-c", sklearn], share=0.02),
    ]


# Writes the rows ten times and the header once.
TEN_TIMES = '{ cat "$1"; for i in 1 2 3 4 5 6 7 8 9; do tail -n +2 "$1"; done; } | '


def ten_times(costs, path):
    ten = [path]
    # A path that is given twice is refused; a hard link is another file of the same bytes.
    for index in range(2, 11):
        ten.append(path.with_name(f"{path.stem}-{index}.csv"))
        if not ten[-1].exists():
            os.link(path, ten[-1])
    return [
        Case("costs, piped", "costs", ["sh", "-c", TEN_TIMES + '"$0" --json', costs, path]),
        Case("costs, ten files", "costs", [costs, "--json", *ten]),
        Case(
            "costs --each, piped",
            "costs",
            ["sh", "-c", TEN_TIMES + '"$0" --each --format csv', costs, path],
        ),
        Case("Polars, ten files", "polars", peer_program("summary_polars.py", "plain", "hard", *ten)),
        Case("DuckDB, ten files", "duckdb", peer_program("summary_duckdb.py", "plain", *ten)),
    ]


def groups(costs, path):
    by = [costs, "--by", "group", "--max-groups", "10000000", "--format", "csv", path]
    return [
        Case("costs --by", "costs", by),
        Case("Polars group_by", "polars", peer_program("groups_polars.py", "errors", path)),
        Case("Polars, all fields", "polars", peer_program("groups_polars.py", "all", path)),
        Case("DuckDB GROUP BY", "duckdb", peer_program("groups_duckdb.py", path)),
    ]


def worst(costs, path):
    return [
        Case("costs --worst 10", "costs", [costs, "--worst", "10", path]),
        Case("costs", "costs", [costs, path]),
    ]


def wide(costs, path):
    return [
        Case("costs", "costs", [costs, "--yhat-col", "m1..m60", "--format", "csv", path]),
        Case("Polars", "polars", peer_program("wide_polars.py", path)),
    ]


def classes(costs, path):
    return [
        Case("costs", "costs", [costs, "--yhat-col", "p_*", "--format", "csv", path]),
        Case("Polars", "polars", peer_program("classes_polars.py", path)),
        Case("DuckDB", "duckdb", peer_program("classes_duckdb.py", path)),
    ]


def calibration(costs, path):
    return [
        Case("costs --calibration", "costs", [costs, "--calibration", "--format", "csv", path]),
        Case("costs", "costs", [costs, "--format", "csv", path]),
        Case(
            "pandas + scikit-learn's isotonic regression",
            "sklearn",
            peer_program("calibration_sklearn.py", path),
            share=0.4,
        ),
    ]


def join(costs, directory):
    truth, joined = directory / "truth.csv", directory / "joined.csv"
    return [
        Case("costs --join", "costs", [costs, truth, "--join", joined, "--on", "id", "--format", "csv"]),
        Case("DuckDB", "duckdb", peer_program("join_duckdb.py", truth, joined)),
        Case("Polars", "polars", peer_program("join_polars.py", truth, joined)),
    ]


def count(rows):
    """Abbreviates a number of rows: 10 M, 250 k."""
    for unit, suffix in ((10**6, " M"), (10**3, " k")):
        if rows % unit == 0:
            return f"{rows // unit}{suffix}"
    return str(rows)


def sections(costs, data, rows):
    """Returns all sections, for files of ROWS rows."""
    large, small = data / "large.csv", data / "small.csv"
    many, few = count(rows), count(rows // 10)
    return [
        Section("summary", f"Summary of {many} rows", summaries(costs, large, True), "summary"),
        Section("small", f"Summary of {few} rows", summaries(costs, small, False), "summary"),
        Section("ways", f"Ways in, {many} rows", ways_in(costs, large), "summary", 2),
        Section(
            "quoted",
            f"Summary of {many} rows, {QUOTED_ROWS}",
            other_file(costs, data / "quoted.csv", "quoted"),
            "summary",
        ),
        Section(
            "gzip",
            f"Summary of {many} rows, gzip",
            other_file(costs, data / "large.csv.gz", "plain"),
            "summary",
        ),
        Section(
            "jsonl",
            f"Summary of {count(rows // 5)} lines of JSON Lines",
            json_lines(costs, data / "lines.jsonl"),
            "summary",
        ),
        Section(
            "parquet",
            f"Summary of {many} rows, Parquet",
            other_file(costs, data / "large.parquet", "parquet"),
            "summary",
            2,
        ),
        Section("each", f"Both costs of each of {few} rows, as CSV", instances(costs, small), "instances"),
        Section(
            "groups",
            f"{count(rows // 5)} rows in {count(rows // 10)} groups, as CSV",
            groups(costs, data / "groups.csv"),
        ),
        Section(
            "worst",
            f"The worst of {few} rows whose costs ascend",
            worst(costs, data / "ascending.csv"),
            None,
            4,
        ),
        Section("wide", f"60 models of {count(rows // 50)} rows", wide(costs, data / "wide.csv")),
        Section(
            "classes",
            f"Ten classes, {few} rows",
            classes(costs, data / "classes.csv"),
        ),
        Section("join", f"{many} rows joined with {many} in another order", join(costs, data)),
        Section(
            "calibration",
            f"Isotonic regression of {many} rows, and what both costs are made of",
            calibration(costs, large),
        ),
        Section("start", "Start-up", start_up(costs), None, 40, False),
        Section("memory", f"{count(rows * 10)} rows", ten_times(costs, large), None, 0),
    ]
