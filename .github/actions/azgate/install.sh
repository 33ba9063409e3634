#!/usr/bin/env bash
# Installs azgate into an environment of its own: this checkout with the versions of its lock file, or a released version.
set -euo pipefail

home="$RUNNER_TEMP/azgate"
checkout="$(cd "$(dirname "${BASH_SOURCE[0]}")/../../.." && pwd)"
"${AZGATE_PYTHON:-python3}" -m venv "$home"
pip=("$home/bin/python" -m pip --disable-pip-version-check --no-input install --quiet)
if [ -n "${AZGATE_VERSION:-}" ]; then
  "${pip[@]}" "azgate==$AZGATE_VERSION"
else
  "${pip[@]}" --require-hashes -r "$checkout/requirements.lock"
  "${pip[@]}" --no-deps --no-build-isolation "$checkout"
fi
"$home/bin/azgate" --version
echo "$home/bin" >>"$GITHUB_PATH"
