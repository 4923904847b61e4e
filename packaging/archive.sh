#!/usr/bin/env bash
# Makes target/packaging/costs-VERSION-TARGET.tar.gz, an archive for `cargo binstall` with a
# static binary for every x86-64 Linux. Needs the musl target of Rust and, for the C code of
# zstd, musl-gcc:
#
#   rustup target add x86_64-unknown-linux-musl
#   apt-get install musl-tools
set -euo pipefail
cd "$(dirname "$0")/.."

target=x86_64-unknown-linux-musl
cargo build --locked --release
cargo build --locked --release --target $target
binary=${CARGO_TARGET_DIR:-target}/$target/release/costs
# ldd fails on a static binary.
{ ldd "$binary" 2>&1 || true; } | grep -q 'statically linked\|not a dynamic executable' ||
  { echo "archive: $binary is not static" >&2 && exit 1; }

version=$("$binary" --version)
name=costs-${version#costs }-$target
archive=$PWD/target/packaging/$name.tar.gz
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/$name" target/packaging
cp "$binary" README.md LICENSE-* "$folder/$name"
tar --create --gzip --owner=0 --group=0 --directory "$folder" --file "$archive" "$name"

# The binary in the archive runs, and prints what the other build prints.
mkdir "$folder/unpacked"
tar --extract --gzip --directory "$folder/unpacked" --file "$archive"
packaging/same.sh "$folder/unpacked/$name/costs"
echo "$name.tar.gz: static, unpacked and used"
