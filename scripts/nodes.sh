#!/usr/bin/env bash
# Runs the smoke checks and the behaviour tests against the built package on other Node lines, as many at once as there are
# processors; their binaries come from npm.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -f dist/index.js ] || npm run --silent build
output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT

on() {
  local bin=$1
  "$bin" scripts/smoke.mjs
  BREAKWATER_BUILT=1 PATH="$(dirname "$bin"):$PATH" "$bin" node_modules/vitest/vitest.mjs run --project unit --reporter=dot --silent
}

bins=()
for version in ${NODES:-22 24 26}; do
  bin=$(npx --yes "node@$version" -p process.execPath 2>/dev/null | tail -n 1) || bin=
  if [ ! -x "$bin" ]; then
    if [ "${CI:-}" = true ]; then echo "node@$version cannot be had from npm" >&2; exit 1; fi
    echo "skipped: node@$version cannot be had from npm"
    continue
  fi
  bins+=("$bin")
done

pids=()
for i in "${!bins[@]}"; do
  while [ "$(jobs -rp | wc -l)" -ge "$(getconf _NPROCESSORS_ONLN)" ]; do wait -n || true; done
  on "${bins[$i]}" >"$output/$i" 2>&1 &
  pids+=($!)
done
failed=0
for i in "${!bins[@]}"; do
  wait "${pids[$i]}" || failed=1
  cat "$output/$i"
done
exit "$failed"
