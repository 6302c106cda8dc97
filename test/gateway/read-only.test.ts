// The gateway from a checkout that nobody can write to, in a working directory of which the same is true.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { program, root } from '../helpers/gateway.js';
import { withoutNamespaces } from '../helpers/namespace.js';

/** Runs a command in the checkout, which is read-only for it. Root may write to any folder, but not to such a mount. */
function readOnly(command: string) {
  const mounts = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && cd "$1" && ip link set lo up';
  const script = `${mounts} || exit 77; ${command}`;
  const env = { PATH: process.env['PATH'], HOME: '/nonexistent', TCPROUTE_DNS_PROBE_ENABLED: 'off' };
  const argv = ['--map-root-user', '--mount', '--net', 'sh', '-c', script, process.execPath, root, program];
  return spawnSync('unshare', argv, { encoding: 'utf8', env, timeout: 60_000 });
}

const missing = withoutNamespaces() ?? (readOnly('true').status === 77 ? 'no read-only mount here' : undefined);

test('a read-only checkout serves, also where it is the working directory, and says what it cannot write', {
  skip: missing ?? false,
}, () => {
  assert.match(readOnly('touch x').stderr, /Read-only file system/);
  const served = readOnly('"$0" scripts/serves.mjs "$0" "$2" --port 0');
  assert.deepEqual(
    [served.status, served.stdout.trim().split('\n').at(-1)],
    [0, 'served 1 request by SOCKS5'],
    served.stderr,
  );
  const checked = readOnly('"$0" "$2" check');
  assert.deepEqual([checked.status, checked.stderr], [0, '']);
  const begun = readOnly('"$0" "$2" init --for loopback');
  assert.deepEqual([begun.status, begun.stderr], [1, `error: ${join(root, 'config.json')} cannot be written: EROFS\n`]);
});
