#!/usr/bin/env python3
"""Measures costs against its peers, and prints the tables as Markdown.

See README.md beside this file.
"""

import sys

# Set before the imports, so that no bytecode is written into the source tree.
sys.dont_write_bytecode = True

import argparse
import json
import os
import subprocess
import time
from dataclasses import dataclass
from statistics import median

import answers
import cases
import goals
import workspace
from workspace import TARGET, say


# How many times, half a second apart, to look for free cores before a run.
PATIENCE = 20


@dataclass
class Measure:
    """What the runs of one command took: times in seconds, memory in MiB."""

    wall: float
    cpu: float
    peak: float
    runs: int = 1


class Failed(Exception):
    """A command that failed, and why."""


def launch(command, stdin="/dev/null", stdout="/dev/null"):
    """Runs a command once through the launcher."""
    arguments = [workspace.launcher, stdin, stdout, *command]
    run = subprocess.run(
        list(map(str, arguments)), capture_output=True, text=True, env=workspace.ENVIRONMENT
    )
    if run.returncode != 0:
        raise Failed(reason(run.stderr))
    wall, user, system, peak, status = run.stdout.split()
    if int(status) != 0:
        raise Failed(f"status {os.waitstatus_to_exitcode(int(status))}: {reason(run.stderr)}")
    return Measure(float(wall), float(user) + float(system), int(peak) / 1024)


def cores_used():
    """Returns how many cores a program with a thread for each core gets at the moment."""
    probe = [workspace.cores, str(os.cpu_count()), "30"]
    return float(subprocess.run(probe, capture_output=True, text=True, check=True).stdout)


def settle():
    """Waits until every core is free; returns False if that takes too long."""
    enough = 1 + 0.6 * (os.cpu_count() - 1)
    for _ in range(PATIENCE):
        if cores_used() >= enough:
            return True
        time.sleep(0.5)
    return False


def reason(stderr):
    """Returns the line of an error, or else the last line, which tells it in a traceback."""
    lines = stderr.strip().splitlines() or ["no message"]
    return next((line for line in lines if line.startswith("error")), lines[-1])


def choose(case):
    """Chooses the fastest of a case's commands by two runs of each."""
    if not case.alternatives:
        return
    timed = []
    for command in [case.command, *case.alternatives]:
        try:
            wall = min(launch(command).wall for _ in range(2))
            timed.append((wall, len(timed), command))
        except Failed as failure:
            say(f"  {case.name}: {failure}")
    if not timed:
        raise Failed("none of its commands ran")
    case.command = min(timed)[2]


def check(section):
    """Runs every case once, which also warms the caches, and compares answers.

    Returns the cases that gave an answer and the lines to report.
    """
    reference, ran, notes, differences = None, [], [], []
    for index, case in enumerate(section.cases):
        output = TARGET / f"answer-{index}"
        try:
            choose(case)
            launch(case.command, case.stdin, output)
            if section.check == "summary":
                answer = (case.read or json.loads)(output.read_text())
                verdict = reference and answers.compare_summaries(reference, answer)
            else:
                answer = output
                verdict = reference and answers.compare_instances(reference, answer)
        except Failed as failure:
            notes.append(f"**{case.name} failed: {failure}**")
            continue
        except (ValueError, KeyError, IndexError, TypeError) as error:
            notes.append(f"**{case.name}: its answer cannot be read: {error!r}**")
            continue
        ran.append(case)
        if reference is None:
            if case.peer == "costs":
                reference = answer
            else:
                notes.append(f"**{case.name} was not checked: there is no answer of costs**")
            continue
        worst, disagreements = verdict
        differences.append(worst)
        say(f"  {case.name}: differs by {worst:.0e}")
        notes += [f"**{case.name} disagrees: {line}**" for line in disagreements]
    for leftover in TARGET.glob("answer-*"):
        leftover.unlink()
    if differences:
        notes.append(f"Largest difference of any answer from the first: {max(differences):.0e}")
    return ran, notes


def measure(section, rounds):
    """Runs the section's cases in turns; returns a Measure (medians) by name."""
    total = max(1, round(rounds * section.factor))
    runs = {case.name: [] for case in section.cases}
    failed = {}
    crowded = 0
    for turn in range(total):
        # Another case goes first in every round.
        first = turn % max(1, len(section.cases))
        for case in section.cases[first:] + section.cases[:first]:
            if case.name in failed or len(runs[case.name]) >= max(1, round(total * case.share)):
                continue
            if section.parallel and not settle():
                crowded += 1
            try:
                runs[case.name].append(launch(case.command, case.stdin))
            except Failed as failure:
                failed[case.name] = f"**{case.name} failed: {failure}**"
    medians = {
        name: Measure(
            median(run.wall for run in taken),
            median(run.cpu for run in taken),
            max(run.peak for run in taken),
            len(taken),
        )
        for name, taken in runs.items()
        if taken and name not in failed
    }
    notes = list(failed.values())
    if crowded:
        notes.append(f"**{crowded} runs began while something else used a core**")
    return medians, notes


def seconds(value):
    """Writes a time in milliseconds or seconds."""
    return f"{value * 1000:.2f} ms" if value < 0.02 else f"{value:.3f} s"


def table(section, base, medians, notes):
    """Prints one section as Markdown; ratios are to the case named BASE."""
    print(f"\n### {section.title}\n")
    print("| | wall | ratio | CPU | peak MiB | runs |")
    print("|---|--:|--:|--:|--:|--:|")
    base = medians.get(base)
    for case in section.cases:
        if (taken := medians.get(case.name)) is None:
            continue
        ratio = f"{taken.wall / base.wall:.2f}" if base else ""
        print(
            f"| {case.name} | {seconds(taken.wall)} | {ratio} | {seconds(taken.cpu)} "
            f"| {taken.peak:.1f} | {taken.runs} |"
        )
    if notes:
        print()
    for note in notes:
        print(f"- {note}")
    sys.stdout.flush()


def options():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="runs of each command (default 5)")
    parser.add_argument("--rows", type=int, default=10_000_000, help="rows of the large file")
    parser.add_argument(
        "--only", action="append", choices=workspace.PEERS, help="compare with this peer (repeatable)"
    )
    parser.add_argument(
        "--section",
        action="append",
        choices=[
            *("summary", "small", "ways", "quoted", "gzip"),
            *("jsonl", "parquet", "each", "groups", "worst", "wide", "classes", "join", "calibration", "start", "memory"),
        ],
        help="run this section (repeatable; default: all)",
    )
    parser.add_argument("--costs", help="measure this binary instead of building one")
    return parser.parse_args()


def main():
    chosen = options()
    peers = workspace.install(chosen.only or workspace.PEERS)
    costs = workspace.build(chosen.costs)
    data = workspace.make_data(chosen.rows)
    results = {}

    print(f"Machine: {workspace.machine()}.  ")
    print(f"Peers: {workspace.versions(peers)}.  ")
    print("Medians; warm cache; output to /dev/null; ratio: to the first line of each table.")
    for section in cases.sections(costs, data, chosen.rows):
        if chosen.section and section.key not in chosen.section:
            continue
        section.cases = [case for case in section.cases if case.peer in ("costs", *peers)]
        say(section.title)
        base = section.cases[0].name
        notes = []
        if section.check:
            section.cases, notes = check(section)
        medians, failures = measure(section, chosen.rounds)
        results[section.key] = medians
        table(section, base, medians, notes + failures)
    goals.print_goals(results, chosen.rows)


if __name__ == "__main__":
    main()
