"""Where the peers, the data and the launcher are, and how they are made.

All of it is under target/compare/. It is made once and kept.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TARGET = ROOT / "target" / "compare"

# What each peer needs, from the Python, the Debian and the Rust registry.
PYTHON = {
    "polars": ["polars"],
    "polars-soft": ["polars"],
    "duckdb": ["duckdb"],
    "sklearn": ["pandas", "scikit-learn"],
}
MODULES = {"scikit-learn": "sklearn"}
DEBIAN = {"mawk": ("mawk", "mawk"), "miller": ("miller", "mlr")}
CRATES = {"xan": "xan"}

PEERS = ["polars", "polars-soft", "duckdb", "xan", "mawk", "sklearn", "miller"]

python = TARGET / "venv" / "bin" / "python"
# A second environment, as pandas starts more slowly with PyArrow beside it.
python_with_arrow = TARGET / "venv-arrow" / "bin" / "python"
xan = TARGET / "bin" / "xan"
launcher = TARGET / "launch"
cores = TARGET / "cores"
empty = TARGET / "empty"

# The C locale is the cheapest for every peer. No bytecode is written beside the sources.
ENVIRONMENT = {**os.environ, "LC_ALL": "C", "PYTHONDONTWRITEBYTECODE": "1"}


def say(text):
    """Prints a line of progress to stderr: stdout is the table alone."""
    print(text, file=sys.stderr, flush=True)


def run(*command):
    """Runs a step of the preparation; its output is progress."""
    say("+ " + " ".join(map(str, command)))
    subprocess.run(list(map(str, command)), cwd=ROOT, check=True, stdout=sys.stderr)


def has_module(name):
    probe = f"import importlib.util as u, sys; sys.exit(u.find_spec('{name}') is None)"
    return python.exists() and subprocess.run([python, "-c", probe]).returncode == 0


def install_python(packages):
    missing = [p for p in packages if not has_module(MODULES.get(p, p))]
    if not missing:
        return
    if not python.exists():
        run(sys.executable, "-m", "venv", TARGET / "venv")
    run(python, "-m", "pip", "install", "--quiet", *missing)


def install(peers):
    """Installs the peers; returns those that are available."""
    TARGET.mkdir(parents=True, exist_ok=True)
    # The data is made with NumPy, whatever the peers.
    install_python(["numpy"])
    ready = []
    for peer in peers:
        try:
            if peer in PYTHON:
                install_python(PYTHON[peer])
            elif peer in DEBIAN:
                package, program = DEBIAN[peer]
                if shutil.which(program) is None:
                    run("apt-get", "install", "--yes", package)
            elif not xan.exists():
                run("cargo", "install", CRATES[peer], "--locked", "--root", TARGET)
            ready.append(peer)
        except (subprocess.CalledProcessError, OSError) as error:
            say(f"warning: {peer} is left out: {error}")
    return ready


def build(costs):
    """Builds the small programs, and costs unless its path is given; returns costs' path."""
    if costs is None:
        run("cargo", "build", "--release", "--bin", "costs")
        costs = ROOT / "target" / "release" / "costs"
    run("cc", "-O2", "-o", launcher, HERE / "launch.c")
    run("cc", "-O2", "-pthread", "-o", cores, HERE / "cores.c")
    run("rustc", "-O", "--edition", "2021", "-o", empty, HERE / "empty.rs")
    return Path(costs).resolve()


def make_data(rows):
    """Makes the data files of this size; returns their directory."""
    directory = TARGET / f"data-{rows}"
    # The compressed file is written last.
    if not all((directory / name).exists() for name in ("classes.csv", "large.csv.gz")):
        run(python, HERE / "data.py", directory, rows)
    if not (directory / "large.parquet").exists():
        if not python_with_arrow.exists():
            run(sys.executable, "-m", "venv", TARGET / "venv-arrow")
        run(python_with_arrow, "-m", "pip", "install", "--quiet", "pyarrow")
        run(python_with_arrow, HERE / "data_parquet.py", directory)
    return directory


def versions(peers):
    """Returns one line with the version of each peer."""
    found = []
    packages = sorted({package for peer in peers for package in PYTHON.get(peer, [])})
    if packages:
        probe = "import sys, importlib.metadata as m; [print(p, m.version(p)) for p in sys.argv[1:]]"
        found += first_lines([python, "-c", probe, *packages], len(packages))
        found += first_lines([python, "--version"])
    if "xan" in peers:
        found += first_lines([xan, "--version"])
    if "mawk" in peers:
        found += first_lines(["mawk", "-W", "version"])
    if "miller" in peers:
        found += first_lines(["mlr", "--version"])
    return ", ".join(found)


def first_lines(command, count=1):
    output = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return (output.stdout or output.stderr).splitlines()[:count]


def machine():
    """Describes this machine: processor, cores, memory, kernel."""
    info = Path("/proc/cpuinfo").read_text()
    models = [line.split(":", 1)[1].strip() for line in info.splitlines() if "model name" in line]
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    model = models[0] if models else os.uname().machine
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, Linux {os.uname().release}"
