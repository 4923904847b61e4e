"""Checks that Cargo.toml and the README ask for the newest Rust version that a dependency
asks for, and for no newer one."""

import json
import pathlib
import subprocess
import sys


def version(package):
    numbers = (package["rust_version"] or "0").split(".")
    return tuple(int(number) for number in [*numbers, 0][:2])


metadata = json.loads(
    subprocess.check_output(["cargo", "metadata", "--locked", "--format-version", "1"])
)
(own,) = [p for p in metadata["packages"] if p["id"] in metadata["workspace_members"]]
newest = max((p for p in metadata["packages"] if p is not own), key=version)
print(f"declared: {own['rust_version']}; {newest['name']} asks for {newest['rust_version']}")
is_told = f"{own['rust_version']} or newer" in pathlib.Path("README.md").read_text()
print("the README tells it" if is_told else "the README does not tell it")
sys.exit(version(own) != version(newest) or not is_told)
