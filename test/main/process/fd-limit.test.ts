import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  deriveConnectionsMax,
  fdsFor,
  fdUse,
  mostAssociations,
  settleConnectionsMax,
} from '../../../src/main/process/fd-limit.js';

const DEMAND = { fdLimit: 20_000, workers: 2, pipesMax: 128, attemptsMax: 16, servers: 3, listeners: 1 };
const MODULE = new URL('../../../src/main/process/fd-limit.js', import.meta.url).href;
const REPORT = `import(${JSON.stringify(MODULE)}).then(({ raiseFdLimit }) => console.log(JSON.stringify(raiseFdLimit())))`;

/** 20 000 − (56 + 2 × 8) − 3 × (85 + 8) − 2 × 2 × 128 − 15 × 32 × 2, halved */
const NO_UDP = { associations_max: 0, way_fds_max: 0 };
const SHARE = { connections_max: 9088, pipes_max: 128, racing_max: 480, udp_sockets_max: 85, ...NO_UDP };

test('two fds a connection, after what the threads, the DNS actor, pipes and races take', () => {
  assert.deepEqual(deriveConnectionsMax(DEMAND), SHARE);
});

test('a connection through a tunnel takes five fds, and one that races four', () => {
  const demand = { ...DEMAND, tunnels: true };
  const share = deriveConnectionsMax(demand);
  // 20 000 − 72 − 279 − 512 − 4 × 2 × 312 (an eighth of all), by five
  assert.deepEqual(share, { connections_max: 3328, pipes_max: 128, racing_max: 312, udp_sockets_max: 85, ...NO_UDP });
  assert.equal(fdUse(share, demand).connections, 5 * 3328);
});

test('where fds are scarce, two thirds of them are for connections', () => {
  const demand = { ...DEMAND, fdLimit: 1024 };
  const share = deriveConnectionsMax(demand);
  assert.deepEqual(share, { connections_max: 336, pipes_max: 16, racing_max: 64, udp_sockets_max: 21, ...NO_UDP });
  assert.deepEqual(fdUse(share, demand), { connections: 672, races: 128, pipes: 64, ways: 0, dns: 87, others: 72 });
});

test('what may be asked for in the configuration takes no more than its part of scarce fds', () => {
  const greedy = { fdLimit: 1024, workers: 2, pipesMax: 16_384, attemptsMax: 1024, servers: 32, listeners: 1 };
  const { races, pipes } = fdUse(deriveConnectionsMax(greedy), greedy);
  assert.deepEqual({ races, pipes }, { races: 1024 / 8, pipes: 1024 / 16 });
});

test('the ways of associations take four fds each, or where fds are scarce two, of a sixteenth of all', () => {
  const many = deriveConnectionsMax({ ...DEMAND, associations: 100 });
  assert.deepEqual([many.associations_max, many.way_fds_max, many.connections_max], [100, 400, 9088 - 200]);
  const scarce = deriveConnectionsMax({ ...DEMAND, fdLimit: 1024, associations: 1000 });
  assert.deepEqual([scarce.associations_max, scarce.way_fds_max, scarce.connections_max], [32, 64, 336 - 32]);
  assert.equal(mostAssociations(1_048_576), 32_768);
});

test('with any limit, connections and all else fit into it', () => {
  const limits = fc.record({
    fdLimit: fc.integer({ min: 1, max: 1_048_576 }),
    workers: fc.integer({ min: 1, max: 1024 }),
    pipesMax: fc.integer({ min: 0, max: 16_384 }),
    attemptsMax: fc.integer({ min: 1, max: 1024 }),
    servers: fc.integer({ min: 1, max: 64 }),
    listeners: fc.integer({ min: 1, max: 128 }),
    tunnels: fc.boolean(),
    associations: fc.integer({ min: 0, max: 1_000_000 }),
  });
  fc.assert(
    fc.property(limits, (demand) => {
      const share = deriveConnectionsMax(demand);
      const use = Object.values(fdUse(share, demand)).reduce((sum, fds) => sum + fds);
      assert.ok(use <= demand.fdLimit || share.connections_max === 0);
    }),
  );
});

test('a race of one attempt at a time still has descriptors for one that is asked beside the winner', () => {
  assert.equal(deriveConnectionsMax({ ...DEMAND, attemptsMax: 1 }).racing_max, 32);
});

test('a configured maximum counts as far as it fits', () => {
  const fits = { code: 'fits', warning: undefined };
  assert.deepEqual(settleConnectionsMax(0, DEMAND), {
    ...fits,
    share: SHARE,
  });
  assert.deepEqual(settleConnectionsMax(10, DEMAND), {
    ...fits,
    share: { ...SHARE, connections_max: 10 },
  });
  assert.deepEqual(settleConnectionsMax(50_000, DEMAND), {
    code: 'fits',
    share: SHARE,
    warning:
      'limits.connections_max is 50000, but only 9088 connections fit: RLIMIT_NOFILE is 20000, and 101823 are needed; ' +
      'raise the hard limit (ulimit -Hn 101823, LimitNOFILE=101823 for systemd, --ulimit nofile=101823 for docker)',
  });
});

test('a limit that leaves no room for any connection is a failure that says which one would', () => {
  const settled = settleConnectionsMax(0, { ...DEMAND, fdLimit: 120 });
  const [first, enough] = [fdsFor(1, DEMAND), fdsFor(1000, DEMAND)];
  assert.deepEqual(settled, {
    code: 'failed',
    message:
      `no connection fits: RLIMIT_NOFILE is 120, and 2 workers need ${first} for one connection and ${enough} for 1000; ` +
      `raise the hard limit (ulimit -Hn ${enough}, LimitNOFILE=${enough} for systemd, --ulimit nofile=${enough} for docker)`,
  });
});

test('the limit that is said to be enough is enough, and the least that is', () => {
  for (const connections of [1, 10, 1000, 9088]) {
    const fdLimit = fdsFor(connections, DEMAND);
    assert.ok(deriveConnectionsMax({ ...DEMAND, fdLimit }).connections_max >= connections);
    assert.ok(deriveConnectionsMax({ ...DEMAND, fdLimit: fdLimit - 1 }).connections_max < connections);
  }
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
