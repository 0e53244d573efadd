#!/usr/bin/env bash
# Runs the smoke checks and the behaviour tests against the built package on other Node lines; their binaries come
# from npm.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -f dist/index.js ] || npm run --silent build
for version in ${NODES:-22 24 26}; do
  bin=$(npx --yes "node@$version" -p process.execPath 2>/dev/null | tail -n 1) || bin=
  if [ ! -x "$bin" ]; then
    if [ "${CI:-}" = true ]; then echo "node@$version cannot be had from npm" >&2; exit 1; fi
    echo "skipped: node@$version cannot be had from npm"
    continue
  fi
  "$bin" scripts/smoke.mjs
  BREAKWATER_BUILT=1 PATH="$(dirname "$bin"):$PATH" "$bin" node_modules/vitest/vitest.mjs run --project unit --reporter=dot --silent
done
