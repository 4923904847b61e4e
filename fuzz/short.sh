#!/usr/bin/env bash
# Fuzzes each target for a short time: 20 seconds, or as many as are named. Needs
# cargo-fuzz and a C++ compiler; without them it says so, and that is no failure. The
# stable toolchain will do.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${1:-20}

if ! cargo fuzz --version >/dev/null 2>&1; then
  echo 'skipped: there is no cargo-fuzz'
  exit 0
fi
if ! command -v c++ >/dev/null; then
  echo 'skipped: there is no C++ compiler'
  exit 0
fi
for target in scan number command json_lines state parquet; do
  seeds=fuzz/seeds/$target
  [ "$target" = parquet ] && seeds=tests/data/parquet
  mkdir -p "fuzz/corpus/$target"
  # A single codegen unit runs faster, but takes minutes to build.
  cargo fuzz run --sanitizer none --codegen-units 16 "$target" "fuzz/corpus/$target" "$seeds" -- \
    -dict="fuzz/$target.dict" -max_len=4096 -timeout=20 -rss_limit_mb=4096 \
    -max_total_time="$seconds" -verbosity=0 -print_final_stats=1 2>&1 |
    grep -v -e '^"' -e 'recommended dictionary'
done
