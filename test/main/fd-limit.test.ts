import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { deriveConnectionsMax, settleConnectionsMax } from '../../src/main/fd-limit.js';

const DEMAND = { fdLimit: 20_000, workers: 2, pipesMax: 128, attemptsMax: 16 };
const MODULE = new URL('../../src/main/fd-limit.js', import.meta.url).href;
const REPORT = `import(${JSON.stringify(MODULE)}).then(({ raiseFdLimit }) => console.log(JSON.stringify(raiseFdLimit())))`;

test('two fds a connection, after what the threads, pipes and races take', () => {
  // 20 000 − (128 + 2 × 16) − 2 × 2 × 128 − 15 × 32 × 2, halved
  assert.deepEqual(deriveConnectionsMax(DEMAND), { connections_max: 9184, pipes_max: 128, racing_max: 480 });
});

test('where fds are scarce, pipes and races do not take more than their share', () => {
  const share = deriveConnectionsMax({ fdLimit: 1024, workers: 2, pipesMax: 16_384, attemptsMax: 1024 });
  assert.deepEqual(share, { connections_max: (1024 - 160 - 256 - 128) / 2, pipes_max: 64, racing_max: 64 });
});

test('a race of one attempt at a time still has descriptors for one that is asked beside the winner', () => {
  assert.equal(deriveConnectionsMax({ ...DEMAND, attemptsMax: 1 }).racing_max, 32);
});

test('a configured maximum counts as far as it fits', () => {
  const fits = { code: 'fits', warning: undefined };
  assert.deepEqual(settleConnectionsMax(0, DEMAND), {
    ...fits,
    share: { connections_max: 9184, pipes_max: 128, racing_max: 480 },
  });
  assert.deepEqual(settleConnectionsMax(10, DEMAND), {
    ...fits,
    share: { connections_max: 10, pipes_max: 128, racing_max: 480 },
  });
  assert.deepEqual(settleConnectionsMax(50_000, DEMAND), {
    code: 'fits',
    share: { connections_max: 9184, pipes_max: 128, racing_max: 480 },
    warning: 'limits.connections_max is 50000, but only 9184 connections fit: RLIMIT_NOFILE is 20000',
  });
});

test('a limit that leaves no room for any connection is a failure', () => {
  assert.deepEqual(settleConnectionsMax(10, { ...DEMAND, fdLimit: 160 }), {
    code: 'failed',
    message: 'no connection fits: RLIMIT_NOFILE is 160, and 2 workers need more',
  });
});

test('the soft limit is raised to the hard one', () => {
  const { stdout, stderr } = spawnSync(
    'sh',
    ['-c', 'ulimit -S -n 256; ulimit -H -n 700; exec "$0" -e "$1"', process.execPath, REPORT],
    { encoding: 'utf8' },
  );
  assert.equal(stderr, '');
  assert.deepEqual(JSON.parse(stdout), { code: 'known', fds: 700 });
});
