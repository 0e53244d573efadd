#!/usr/bin/env bash
# Installs what the end to end tests run and npm does not have: Prometheus, which brings promtool. Only as root on a
# machine with apt; what is there already stays as it is, and no service is started. Where it cannot be had the tests
# that need it are skipped, and with CI=true they fail.
set -euo pipefail

if command -v prometheus >/dev/null && command -v promtool >/dev/null; then
  echo "prometheus is there: $(command -v prometheus)"
  exit 0
fi
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo 'not installed: prometheus needs root and apt; install it by hand to run its tests' >&2
  exit 0
fi

# Debian asks this file whether a service that was just installed may start.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
fi

install() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus
}
install || { apt-get update -qq && install; }
promtool --version 2>&1 | head -n 1
