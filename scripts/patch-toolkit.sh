#!/usr/bin/env bash
# Makes the module file that the app is built with on Linux: that of the project, with one corrected copy of GLFW, the
# toolkit's window library. See docs/decisions/007-input-methods-on-x11.md.
#
#   scripts/patch-toolkit.sh FOLDER   writes FOLDER/go.mod, FOLDER/go.sum and FOLDER/glfw
set -euo pipefail

folder=${1:?name the folder to write to}
module=github.com/go-gl/glfw/v3.4/glfw
patch=scripts/glfw-x11-input-method.patch

go mod download "$module"
source=$(go list -m -f '{{.Dir}}' "$module")
rm -rf "$folder"
mkdir -p "$folder"
cp -R "$source" "$folder/glfw"
chmod -R u+w "$folder/glfw"
if ! git apply --directory="$folder/glfw" "$patch"; then
  echo "patch-toolkit: $patch does not fit $module any more; is the mistake mended there? then remove the patch" >&2
  exit 1
fi
cp go.sum "$folder/go.sum"
cp go.mod "$folder/go.mod"
# The path is relative to the project, whose place in the file system does not matter then.
go mod edit -replace="$module=./$folder/glfw" "$folder/go.mod"
