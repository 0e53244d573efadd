#!/usr/bin/env bash
# Installs what the end to end tests run and npm does not have: Prometheus, which brings promtool, Redis, Chromium and buildah. Only as root
# on a machine with apt; what is there already stays as it is, and no service is started. Where they cannot be had the
# tests that need them are skipped, and with CI=true they fail.
set -euo pipefail

missing=()
for program in prometheus:prometheus promtool:prometheus redis-server:redis-server chromium:chromium buildah:buildah; do
  if command -v "${program%%:*}" >/dev/null; then
    echo "${program%%:*} is there: $(command -v "${program%%:*}")"
  else
    missing+=("${program##*:}")
  fi
done
[ "${#missing[@]}" -gt 0 ] || exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
  echo "not installed: ${missing[*]} need root and apt; install them by hand to run their tests" >&2
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
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
}
install || { apt-get update -qq && install; }
command -v prometheus promtool redis-server chromium buildah
