// The limits of clients and users in one actor: what is asked of the shared counts, what is counted and told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Notice } from '../../../src/protocol/notices/notice.js';
import { ClientLimits } from '../../../src/threads/shared/client-limits.js';
import { Counter } from '../../../src/threads/shared/counters.js';
import { Shares } from '../../../src/threads/shared/shares.js';
import { UdpLimits } from '../../../src/threads/shared/udp-limits.js';
import { UdpUse } from '../../../src/threads/shared/udp-use.js';
import { UserLimits } from '../../../src/threads/shared/user-limits.js';
import { UserTable } from '../../../src/threads/shared/user-table.js';
import { Limits } from '../../../src/workers/connection/limits.js';

const FDS_MAX = 1024;
const OPTIONS = {
  ...{ connections_max: 100, client_connections_max: 2, client_rate: 0, client_handshakes_max: 0 },
  ...{ user_connections_max: 1, user_rate: 0, user_bytes_max: 0 },
};
const PROXY = Uint8Array.of(10, 0, 0, 1);
const TOLD = Uint8Array.of(192, 0, 2, 1);
const HERE = { clientIp: () => TOLD };
const ALICE = { name: 'alice', tag: 'work' };

function actor() {
  const memory = Shares.create(256, FDS_MAX, 5);
  const shares = new Shares(memory);
  const main = new ClientLimits(OPTIONS, new Shares(memory));
  main.turned(90);
  const told: Notice[] = [];
  const udpShares = new Shares(Shares.create(256, FDS_MAX, 7));
  const udpOptions = { associations_max: 3, client_associations_max: 2, flows_max: 9, way_fds_max: 9 };
  const udp = new UdpLimits(udpOptions, new UdpUse(UdpUse.create(1), 0), udpShares, false);
  const table = new UserTable(UserTable.create());
  const counters = new Float64Array(Object.keys(Counter).length);
  const limits = new Limits({
    clients: new ClientLimits(OPTIONS, shares),
    users: new UserLimits(OPTIONS, new Shares(Shares.create(256, FDS_MAX, 6)), table),
    udp,
    rights: {
      limitsOf: (name) => (name === 'carol' ? { connections_max: 2, rate: undefined, bytes_max: 10 } : undefined),
    },
    notices: { tell: (notice) => told.push(notice) },
    counters,
  });
  return { limits, main, shares, udpShares, udp, table, told, counters };
}

test('a client behind a proxy is counted as itself, and over its limit it is refused and told', () => {
  const { limits, main, shares, told, counters } = actor();
  const came = [10, 11, 12].map((fd) => {
    assert.equal(main.admitProxy(fd, PROXY, 90), undefined);
    return limits.told(fd, TOLD, 'door', 0);
  });
  assert.deepEqual(came, ['admitted', 'admitted', 'refused']);
  assert.deepEqual([limits.isRefused(12), limits.isRefused(11)], [true, false]);
  assert.deepEqual([limits.handshakeTime(12, 10_000), limits.handshakeTime(11, 10_000)], [1000, 10_000]);
  assert.deepEqual([limits.handshakeTime(12, 500), limits.handshakeTime(11, 500)], [500, 500]);
  main.turned(20);
  assert.deepEqual([limits.handshakeTime(12, 10_000), limits.handshakeTime(11, 10_000)], [1000, 2000]);
  main.turned(90);
  const failure = limits.requested(12, undefined, HERE, 0);
  assert.deepEqual([failure?.code, failure?.whose], ['client-limit', 'client']);
  assert.equal(failure?.detail, 'it has as many connections as limits.client_connections_max allows (2)');
  assert.equal(limits.requested(11, undefined, HERE, 0), undefined);
  assert.deepEqual([counters[Counter.limited], counters[Counter.limitedTold]], [1, 1]);
  assert.deepEqual(
    told.map(({ fields, message }) => [fields, message]),
    [[{ client: '192.0.2.1', listener: 'door' }, `a client is turned away: ${failure?.detail}`]],
  );
  shares.closing(10);
  main.admitProxy(13, PROXY, 90);
  assert.equal(limits.told(13, TOLD, 'door', 0), 'admitted');
});

test('beyond the bound of those that are answered, it is closed', () => {
  const { limits, main } = actor();
  const came: string[] = [];
  for (let fd = 10; fd < 40; fd += 1) {
    main.admitProxy(fd, PROXY, 90);
    came.push(limits.told(fd, TOLD, 'door', 0));
  }
  const count = (what: string): number => came.filter((one) => one === what).length;
  assert.deepEqual([count('admitted'), count('refused'), count('closed')], [2, 11, 17]);
});

test('a user over its limit is refused, whatever its tag, and told by its name', () => {
  const { limits, told, counters } = actor();
  const asks = (fd: number, name: string, tag?: string) => limits.requested(fd, { name, tag }, HERE, 0)?.code;
  assert.equal(limits.requested(10, ALICE, HERE, 0), undefined);
  assert.deepEqual([asks(11, 'alice', 'home'), asks(12, 'alice')], ['user-limit', 'user-limit']);
  assert.deepEqual([asks(13, 'bob'), asks(14, 'bob')], [undefined, 'user-limit']);
  assert.deepEqual([asks(15, 'carol'), asks(16, 'carol'), asks(17, 'carol')], [undefined, undefined, 'user-limit']);
  assert.deepEqual([counters[Counter.limited], counters[Counter.limitedUsers]], [4, 4]);
  assert.match(String(told[3]?.message), /: it has as many connections as its own limits allow \(2\)$/);
  assert.deepEqual(told[0], {
    ...{ topic: 'user alice', crowd: 'users', level: 'warn' },
    message: 'a connection of a user is refused: it has as many connections as limits.user_connections_max allows (1)',
    fields: { user: 'alice', client: '192.0.2.1' },
  });
});

test('a client network has so many associations, and the gateway, and who gets none is told why', () => {
  const { limits, udp, udpShares, told, counters } = actor();
  const from = (...ip: number[]) => ({ clientIp: () => Uint8Array.from(ip) });
  assert.equal(limits.associated(20, undefined, HERE, 0), undefined);
  assert.equal(limits.associated(21, undefined, HERE, 0), undefined);
  const third = limits.associated(22, undefined, HERE, 0);
  assert.equal(third?.code, 'client-limit');
  assert.equal(third?.detail, 'it has as many associations as udp.client_associations_max allows (2)');
  assert.equal(limits.associated(23, undefined, from(192, 0, 2, 9), 0), undefined, 'another client has its own');
  const full = limits.associated(24, undefined, from(192, 0, 2, 10), 0);
  assert.deepEqual([full?.code, full?.whose], ['out-of-resources', 'us']);
  assert.match(full?.detail ?? '', /as many associations as udp.associations_max and the descriptors allow \(3\)/);
  assert.equal(counters[Counter.limited], 2);
  assert.deepEqual(
    told.map(({ fields }) => fields),
    [{ client: '192.0.2.1' }, {}],
  );
  // The first one ends, and its control connection is closed.
  udp.ended();
  udpShares.closing(20);
  assert.equal(limits.associated(25, undefined, HERE, 0), undefined);
});

test('who has too many flows is told of, a network by its name', () => {
  const { limits, told } = actor();
  limits.flowExceeds('share', TOLD, 0);
  limits.flowExceeds('gateway', TOLD, 0);
  assert.deepEqual(
    told.map(({ topic, message, fields }) => [topic, message.slice(message.indexOf(': ') + 2), fields]),
    [
      ['flows of 192.0.2.1', 'it has more than its share of the flows, of which few are free', { client: '192.0.2.1' }],
      ['flows', 'there are as many flows as udp.flows_max allows (9)', {}],
    ],
  );
});

test('an association is refused to whom a connection is refused', () => {
  const { limits } = actor();
  assert.equal(limits.associated(20, ALICE, HERE, 0), undefined);
  assert.equal(limits.associated(21, ALICE, HERE, 0)?.code, 'user-limit');
});

test('a user who has carried what it may begins no flow', () => {
  const { limits, table } = actor();
  table.setSpent('alice', true);
  assert.equal(limits.spentBy(ALICE), undefined, 'it has no such limit');
  assert.equal(limits.spentBy({ name: 'carol', tag: undefined }), undefined);
  table.setSpent('carol', true);
  const failure = limits.spentBy({ name: 'carol', tag: undefined });
  assert.equal(failure?.code, 'user-limit');
  assert.match(failure?.detail ?? '', /carried as much in this month as its own limits allow/);
});
