#!/usr/bin/env bash
# Installs target/packaging/costs.deb in a folder of its own, uses it, and removes it again.
# The machine is not changed.
set -euo pipefail
cd "$(dirname "$0")/.."

command -v dpkg >/dev/null || { echo 'no dpkg here: nothing to check' && exit; }
package=$PWD/target/packaging/costs.deb
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/var/lib/dpkg/{info,updates}
touch "$root"/var/lib/dpkg/{status,available}

# The folder has no C library, hence --force-depends.
in_root() {
  dpkg --root="$root" --log=/dev/null --force-not-root --force-depends "$@" >"$root/said" 2>&1 ||
    { cat "$root/said" >&2 && exit 1; }
}
fail() { echo "check-deb: $1" >&2 && exit 1; }

in_root --install "$package"
cd "$root"/usr
[ "$(bin/costs --y 1 --yhat 0.5 --cost mse --format value)" = 0.25 ] || fail 'it does not compute'
[ "$(bin/costs --version)" = "costs $(dpkg-deb --field "$package" Version | sed 's/-.*//')" ] ||
  fail 'it is of another version'

# Every page that another page names exists, and no page is empty.
zcat share/man/man1/*.gz | grep -o 'costs[a-z\\-]*(1)' | tr -d '\\' | sort -u |
  while read -r page; do
    [ -f "share/man/man1/${page%(1)}.1.gz" ] || fail "no page $page"
  done
for page in share/man/man1/*.gz; do
  zcat "$page" | grep -q '^\.SH EXAMPLES\|^\.SH SUBCOMMANDS' || fail "$page is no page"
done

bash -c '. share/bash-completion/completions/costs && complete -p costs' >/dev/null ||
  fail 'bash completes nothing'
head -n 1 share/zsh/vendor-completions/_costs | grep -qx '#compdef costs' ||
  fail 'zsh completes nothing'
grep -q -- '-l yhat-col' share/fish/vendor_completions.d/costs.fish || fail 'fish completes nothing'
grep -q 'Permission is hereby granted' share/doc/costs/copyright || fail 'it has no licence'

cd /
in_root --purge costs
left=$(find "$root" -path '*costs*')
[ -z "$left" ] || fail "files are left: $left"

# A simulation shows whether all dependencies are available, and changes nothing.
if command -v apt-get >/dev/null; then
  apt-get install --simulate "$package" >/dev/null || fail 'it depends on what there is not'
fi
echo "$(basename "$package"): installed, used and removed"
