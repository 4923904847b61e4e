"""Compares the measured times and memory with the goals of costs."""


def fastest_peer(medians):
    """Returns the name and the wall time of the fastest peer."""
    peers = {n: m.wall for n, m in medians.items() if not n.startswith(("costs", "cat", "empty"))}
    return min(peers.items(), key=lambda item: item[1]) if peers else (None, None)


def slopes(results, rows):
    """Yields (name, seconds per further million rows), fastest first."""
    large, small = results.get("summary", {}), results.get("small", {})
    further = rows * 0.9 / 1e6
    both = [name for name in large if name in small]
    return sorted(((large[n].wall - small[n].wall) / further, n) for n in both)


def against_fastest(results, key, ours):
    """Returns (ratio, name of the fastest peer), or None."""
    medians = results.get(key, {})
    name, wall = fastest_peer(medians)
    return (wall / medians[ours].wall, name) if name and ours in medians else None


def goals(results, rows):
    """Yields (goal, asked, measured, reached) for each goal that was measured."""
    for key, ours, what, least in (
        ("summary", "costs", "summary: times as fast as the fastest peer", 5.0),
        ("quoted", "costs", "quoted: times as fast as the fastest peer", 3.0),
        ("each", "costs --each", "each: times as fast as the fastest peer", 4.0),
        ("jsonl", "costs", "JSON Lines: times as fast as the fastest peer", 4.0),
        ("parquet", "costs", "Parquet: times as fast as the fastest peer", 4.0),
        ("groups", "costs --by", "groups: times as fast as the fastest peer", 1.0),
        ("wide", "costs", "60 models: times as fast as the fastest peer", 4.0),
        ("join", "costs --join", "join: times as fast as the fastest peer", 1.0),
        ("calibration", "costs --calibration", "calibration: times as fast as the peer", 10.0),
        ("classes", "costs", "ten classes: times as fast as the fastest peer", 2.0),
    ):
        if found := against_fastest(results, key, ours):
            ratio, name = found
            yield what, f"≥ {least}", f"{ratio:.2f} ({name})", ratio >= least

    slope = {name: value for value, name in slopes(results, rows)}
    # With too few rows, start-up takes most of the time and there is no slope.
    peers = [(value, name) for name, value in slope.items() if name != "costs" and value > 0]
    if "costs" in slope and peers:
        fastest, name = min(peers)
        share = slope["costs"] / fastest
        measured = f"{share:.2f} ({name}: {fastest:.4f} s, costs: {slope['costs']:.4f} s)"
        yield "slope per further million rows, to the fastest peer's", "≤ 0.3", measured, share <= 0.3

    ways = {name: taken.wall for name, taken in results.get("ways", {}).items()}
    for what, above, below, most in (
        ("costs < FILE to costs FILE", "costs < FILE", "costs FILE", 1.05),
        ("cat FILE \\| costs to costs FILE", "cat FILE \\| costs", "costs FILE", 1.6),
    ):
        if above in ways and below in ways:
            ratio = ways[above] / ways[below]
            yield what, f"≤ {most}", f"{ratio:.2f}", ratio <= most
    one, two = ways.get("costs --threads 1"), ways.get("costs --threads 2")
    if one and two:
        yield "two threads: times as fast as one", "≥ 1.7", f"{one / two:.2f}", one / two >= 1.7

    plain, quoted = (results.get(key, {}).get("costs") for key in ("summary", "quoted"))
    if plain and quoted:
        ratio = quoted.wall / plain.wall
        yield "quoted file to plain file", "≤ 1.3", f"{ratio:.2f}", ratio <= 1.3

    worst = results.get("worst", {})
    if "costs" in worst and "costs --worst 10" in worst:
        ratio = worst["costs --worst 10"].wall / worst["costs"].wall
        yield "--worst 10, ascending costs, to the summary", "≤ 1.1", f"{ratio:.2f}", ratio <= 1.1

    groups = results.get("groups", {})
    if "costs --by" in groups and "Polars, all fields" in groups:
        ratio = groups["Polars, all fields"].wall / groups["costs --by"].wall
        yield "groups: times as fast as Polars, all fields", "≥ 1.0", f"{ratio:.2f}", ratio >= 1.0
    if by := groups.get("costs --by"):
        each = by.peak * 2**20 / (rows / 10)
        yield "--by: peak memory a group", "≤ 400 bytes", f"{each:.0f} bytes", each <= 400

    if parquet := results.get("parquet", {}).get("costs"):
        measured = f"{parquet.peak:.1f} MiB"
        yield "Parquet: peak memory", "≤ 128 MiB", measured, parquet.peak <= 128

    start = results.get("start", {})
    ours, empty = start.get("costs --y 1 --yhat 0.9997"), start.get("empty Rust program")
    if ours and empty:
        extra = (ours.wall - empty.wall) * 1000
        yield "start-up over an empty Rust program", "≤ 1.5 ms", f"{extra:.2f} ms", extra <= 1.5

    peaks = [
        (taken.peak, name)
        for medians in results.values()
        for name, taken in medians.items()
        # Memory for groups, joined rows and distinct forecasts grows with their number.
        if "costs" in name and not name.startswith(("costs --by", "costs --join", "costs --cal"))
    ]
    if peaks:
        peak, name = max(peaks)
        yield "largest peak memory of costs", "≤ 64 MiB", f"{peak:.1f} MiB ({name})", peak <= 64


def print_goals(results, rows):
    """Prints the slopes and the goals as Markdown."""
    if found := slopes(results, rows):
        print("\n### Slope: seconds per further million rows\n")
        print("| | slope |")
        print("|---|--:|")
        for value, name in found:
            print(f"| {name} | {value:.4f} |")
    lines = list(goals(results, rows))
    if lines:
        print("\n### Goals\n")
        print("| | asked | measured | |")
        print("|---|--:|---|---|")
        for what, asked, measured, reached in lines:
            print(f"| {what} | {asked} | {measured} | {'reached' if reached else 'not reached'} |")
