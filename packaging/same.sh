#!/usr/bin/env bash
# Checks that the command BINARY prints the same bytes as target/release/costs.
# usage: same.sh BINARY
set -euo pipefail
binary=$(realpath "$1")
cd "$(dirname "$0")/.."
release=$(realpath "${CARGO_TARGET_DIR:-target}")/release/costs
cd examples

while read -r arguments; do
  # shellcheck disable=SC2086 # its words are arguments
  cmp <(set -f && "$binary" $arguments 2>&1) <(set -f && "$release" $arguments 2>&1) ||
    { echo "$binary $arguments: not what $release prints" >&2 && exit 1; }
done <<'ARGUMENTS'
--version
--y 1,1,0 --yhat 0.9997,0.6,0.1192
predictions.csv --format json
churn.csv --y-col churned --positive yes --yhat-col model_a,model_b --by fold --format state
churn.csv --y-col churned --positive yes --yhat-col model_b --clip keras --each --format csv
logits.csv --gradient --worst 3
pets.csv --yhat-col a_*,b_* --format csv
choices.jsonl --y-col gold --z-col ll --format csv
no-such-file.csv
man
ARGUMENTS
