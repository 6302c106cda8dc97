#!/usr/bin/env bash
# Proves that no compiler and no install script of a dependency is needed: clones this repository, installs it with only
# node, npm, git and a few basic tools on PATH and with install scripts forbidden, builds, and has the gateway serve a request.
# Then it does the same with the package: packs it, installs it into a folder of its own, and has that one serve.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
clean=$(command -v rm)
trap '"$clean" -rf "$work"' EXIT

mkdir "$work/bin"
for tool in node npm npx git sh env bash timeout; do ln -s "$(command -v "$tool")" "$work/bin/$tool"; done
export PATH="$work/bin"
if command -v gcc cc g++ make python3 >/dev/null; then echo 'a compiler is still on PATH' >&2; exit 1; fi

git clone -q "$root" "$work/clone"
cd "$work/clone"
npm ci --ignore-scripts --no-audit --no-fund
npm run --silent build
export TCPROUTE_DNS_PROBE_ENABLED=off # it would ask servers outside
npx tcproute --version
node scripts/serves.mjs node bin/tcproute.js --port 0
echo 'installed, built and served without a compiler'

npm pack --silent --ignore-scripts --pack-destination "$work"
cd /
npm install -g --prefix "$work/prefix" --ignore-scripts --no-audit --no-fund "$work"/tcproute-*.tgz
"$work/prefix/bin/tcproute" --version
node "$work/clone/scripts/serves.mjs" "$work/prefix/bin/tcproute" --port 0
echo 'packed, installed from the package and served without a compiler'
