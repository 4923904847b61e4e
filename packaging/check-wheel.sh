#!/usr/bin/env bash
# Installs the wheel in an empty environment as the README says, and uses it there. Needs the
# binary of `cargo build --release` to compare with.
set -euo pipefail
cd "$(dirname "$0")/.."

environment=target/packaging/wheel
rm -rf $environment
python3 -m venv $environment
$environment/bin/pip install --quiet .
packaging/same.sh $environment/bin/costs

fail() { echo "check-wheel: $1" >&2 && exit 1; }
metadata=$(echo $environment/lib/*/site-packages/costs_cli-*.dist-info)
version=$($environment/bin/costs --version)
grep -qx "Version: ${version#costs }" "$metadata/METADATA" || fail 'it is of another version'
grep -qx '# costs' "$metadata/METADATA" || fail 'it has no README'
grep -q 'Permission is hereby granted' "$metadata/licenses/LICENSE-MIT" || fail 'it has no licence'
echo "$(basename "$metadata" .dist-info): installed and used"
