"""Checks that the Rust version that Cargo.toml declares is the newest that a
dependency asks for, and no other."""

import json
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
sys.exit(version(own) != version(newest))
