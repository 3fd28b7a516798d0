#!/usr/bin/env bash
# Lists the ten longest files and the ten longest functions, tests apart: where the house style would look first.
# A list to think about, not a limit: it always passes.
set -euo pipefail
cd "$(dirname "$0")/.."

# Everything before a file's tests.
code() { awk '/^#\[cfg\(test\)\]/ { exit } { print }' "$1"; }
sources() { git ls-files 'server/src/*.rs' 'policy-model/src/*.rs' | grep -v '/tests\.rs$' || true; }

echo "Longest files (lines before the tests; it starts to smell at 300):"
sources | while read -r file; do printf '%5d  %s\n' "$(code "$file" | wc -l)" "$file"; done | sort -rn | sed -n 1,10p

echo "Longest functions (lines; it starts to smell at 40):"
sources | while read -r file; do
  code "$file" | awk -v file="$file" '
    match($0, /^ *(pub(\([a-z: ]+\))? )?(const |async |unsafe )*fn [a-z_0-9]+/) && $0 !~ /;$/ {
      match($0, /^ */); indent = RLENGTH
      name = $0; sub(/.*fn /, "", name); sub(/[^a-z_0-9].*/, "", name); from = NR
    }
    from && match($0, /^ *}/) && RLENGTH == indent + 1 { printf "%5d  %s:%d %s\n", NR - from + 1, file, from, name; from = 0 }'
done | sort -rn | sed -n 1,10p
