#!/usr/bin/env bash
# Fails when the generated code in the tree is not what `make generate` makes of the schema.
set -euo pipefail

kept=$(mktemp -d)
trap 'rm -rf "$kept"' EXIT

# list prints the generated files, those not yet committed too.
list() {
  git ls-files --cached --others --exclude-standard -- '*.pb.go' '*.connect.go' | sort -u
}

list | tar -cf - -T - | tar -xf - -C "$kept"
before=$(list)
make --no-print-directory generate
if [ "$before" != "$(list)" ] || ! list | while read -r file; do cmp -s "$file" "$kept/$file" || exit 1; done; then
  echo "check-generated: the generated code was not current; it is now: look at the difference and commit it" >&2
  exit 1
fi
