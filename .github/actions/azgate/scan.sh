#!/usr/bin/env bash
# Runs `azgate scan`: annotations and console in the log, Markdown in the job summary, files in $AZGATE_RESULTS.
# The exit code is azgate's own.
set -euo pipefail

arguments=()

each_line() { # TEXT [OPTION]: adds every line of TEXT that is not blank, each behind OPTION
  local line
  while IFS= read -r line || [ -n "$line" ]; do
    line="${line#"${line%%[![:space:]]*}"}"
    line="${line%"${line##*[![:space:]]}"}"
    if [ -n "$line" ]; then
      arguments+=(${2:+"$2"} "$line")
    fi
  done <<<"$1"
}

if_true() { # VALUE FLAG
  case "$1" in
    true) arguments+=("$2") ;;
    false | "") ;;
    *)
      echo "::error title=azgate::$2 is true or false, not '$1'"
      exit 2
      ;;
  esac
}

results="${AZGATE_RESULTS:-azgate-results}"
each_line "${AZGATE_POLICY:-builtin}" --policy
each_line "${AZGATE_CONTEXT:-}" --context
each_line "${AZGATE_TEMPLATE_PARAMETERS:-}" --template-parameters
if_true "${AZGATE_ALLOW_GAPS:-}" --allow-gaps
if_true "${AZGATE_CHANGED_ONLY:-}" --changed-only
each_line "${AZGATE_ARGUMENTS:-}"
each_line "${AZGATE_INPUTS:-}"

mkdir -p "$results"
# What an earlier step left there is not this scan's.
rm -f "$results"/{junit.xml,azgate.sarif,result.json,report.html,summary.md,console.txt}
code=0
azgate scan --fail-on "${AZGATE_FAIL_ON:-low}" "${arguments[@]}" \
  -o "junit=$results/junit.xml" -o "sarif=$results/azgate.sarif" -o "json=$results/result.json" \
  -o "html=$results/report.html" -o "markdown=$results/summary.md" -o "console=$results/console.txt" \
  -o "github=-" || code=$?

if [ -f "$results/console.txt" ]; then
  # Names of resources stand in it: nothing in it is a command to the runner.
  token="azgate-$RANDOM$RANDOM$RANDOM"
  echo "::group::azgate"
  echo "::stop-commands::$token"
  cat "$results/console.txt"
  echo "::$token::"
  echo "::endgroup::"
fi
if [ -f "$results/summary.md" ]; then
  cat "$results/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi
{
  echo "exit-code=$code"
  if [ -f "$results/junit.xml" ]; then echo "junit=$results/junit.xml"; fi
  if [ -f "$results/azgate.sarif" ]; then echo "sarif=$results/azgate.sarif"; fi
} >>"$GITHUB_OUTPUT"
exit "$code"
