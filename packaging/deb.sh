#!/usr/bin/env bash
# Makes target/packaging/costs.deb, with the manual and the completions. Needs
# cargo-deb (`cargo install cargo-deb --locked`).
set -euo pipefail
cd "$(dirname "$0")/.."

cargo build --locked --release
costs=${CARGO_TARGET_DIR:-target}/release/costs
folder=target/packaging
rm -rf $folder
mkdir -p $folder/man $folder/completions

# One page a command.
for command in '' merge plot 'plot activation' 'plot cost' 'plot calibration' 'plot gradient' completions man; do
  page=costs${command:+-${command// /-}}
  # shellcheck disable=SC2086 # its words are arguments
  "$costs" man $command >"$folder/man/$page.1"
done

"$costs" completions bash >$folder/completions/costs
"$costs" completions zsh >$folder/completions/_costs
"$costs" completions fish >$folder/completions/costs.fish

cargo deb --locked --no-build --output $folder/costs.deb
