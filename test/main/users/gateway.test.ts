// The users of a gateway in this process: an actor that is started again knows them and asks the same judge, a pair that one
// actor had verified costs no second scrypt, and at the end nothing is left.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { load } from '../../../src/main/config/load.js';
import { startGateway } from '../../../src/main/gateway/gateway.js';
import type { Gateway } from '../../../src/main/gateway/running.js';
import { hashPassword } from '../../../src/main/users/scrypt.js';
import { formatPhc } from '../../../src/protocol/users/phc.js';
import { captureLog, type Record } from '../../helpers/capture-log.js';
import { FAULTY_ENTRIES, goWrong } from '../../helpers/faulty-connection.js';
import { echoServer } from '../../helpers/servers.js';
import { dialAs } from '../../helpers/socks-user.js';
import { until } from '../../helpers/until.js';

const threads = (): number => readdirSync('/proc/self/task').length;
const timers = (): string[] => process.getActiveResourcesInfo().filter((kind) => /Timeout|MessagePort/.test(kind));

/** With users, and that many actors. */
async function withUsers(
  users: object,
  workers: number,
  body: (gateway: Gateway, records: Record[]) => Promise<void>,
): Promise<void> {
  // libuv's own threads stay.
  await Promise.all(Array.from({ length: 8 }, () => stat(tmpdir())));
  const before = { threads: threads(), timers: timers() };
  const loaded = load({
    ...{ file: undefined, directory: '/nonexistent', flags: { port: '0', workers: `${workers}` } },
    environment: { TCPROUTE_DNS_PROBE_ENABLED: 'off', TCPROUTE_USERS: JSON.stringify(users) },
  });
  assert.ok(loaded.kind === 'loaded');
  const { log, records } = captureLog();
  const started = await startGateway(loaded.options, log, { entries: FAULTY_ENTRIES });
  assert.ok(started.code === 'started', JSON.stringify(started));
  try {
    await body(started.gateway, records);
  } finally {
    await started.gateway.close(0);
    await until('all threads have ended', () => threads() <= before.threads);
    await until('all ports and timers are gone', () => isDeepStrictEqual(timers(), before.timers));
  }
}

/** The reply to a request for a port that nobody has, or `refused` where the user is. */
async function ask({ address }: Gateway, name: string, password: string): Promise<number | 'refused'> {
  const { peer, came } = await dialAs(address.port, { name, password }, { host: '127.0.0.1', port: 9 });
  peer.close();
  return came;
}

test('an actor that is started again knows the users', async () => {
  const users = { alice: { password: 'sekrit' }, bob: { password: formatPhc(await hashPassword('hunter2')) } };
  await withUsers(users, 1, async (gateway, records) => {
    const all = async () => [
      ...[await ask(gateway, 'alice', 'sekrit'), await ask(gateway, 'bob', 'hunter2'), await ask(gateway, 'bob', 'x')],
    ];
    assert.deepEqual(await all(), [5, 5, 'refused']);
    goWrong(0, 'exit');
    await until('main knows', () => records.some(({ msg }) => msg.startsWith('actor died')));
    await until('it serves again', () => gateway.actors()[0] !== undefined);
    assert.deepEqual(await all(), [5, 5, 'refused']);
    const { claimsKnown, claimsUnknown } = gateway.stats();
    assert.deepEqual([claimsKnown, claimsUnknown], [4, 2]);
  });
});

for (const fault of ['throw', 'exit'] as const) {
  test(`connections that ended with an actor that went wrong by ${fault} count no more against their user`, async () => {
    const users = { alice: { password: 'sekrit', limits: { connections_max: 4 } } };
    const server = await echoServer();
    await withUsers(users, 2, async (gateway, records) => {
      const open = () => dialAs(gateway.address.port, { name: 'alice', password: 'sekrit' }, server);
      const first = [await open(), await open(), await open(), await open()];
      const fifth = await open();
      assert.deepEqual(
        [...first, fifth].map(({ came }) => came),
        [0, 0, 0, 0, 2],
      );
      goWrong(0, fault);
      await until('main knows', () => records.some(({ msg }) => msg.startsWith('actor died')));
      await until('it serves again', () => gateway.actors()[0] !== undefined);
      // It had two of the four.
      const more = [await open(), await open(), await open()];
      assert.deepEqual(
        more.map(({ came }) => came),
        [0, 0, 2],
      );
      for (const { peer } of [...first, fifth, ...more]) peer.close();
    });
    await server.close();
  });
}

test('closing while claims wait for scrypt ends them too', async () => {
  await withUsers({ bob: { password: formatPhc(await hashPassword('hunter2')) } }, 2, async (gateway) => {
    const waiting = Array.from({ length: 6 }, (_, number) => ask(gateway, 'bob', `${number}`).catch(() => 'gone'));
    await until('they have come', () => gateway.stats().opened === 6);
    await gateway.close(0);
    for (const one of await Promise.all(waiting)) assert.ok(one === 'gone' || one === 'refused');
  });
});

test('ten thousand users are known to every actor', async () => {
  const users = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, number) => [`user ${number}`, { password: 'x' }]),
  );
  await withUsers(users, 2, async (gateway, records) => {
    assert.equal(records.find(({ msg }) => msg === 'users are in force')?.['users'], 10_000);
    assert.deepEqual([await ask(gateway, 'user 9999', 'x'), await ask(gateway, 'user 10000', 'x')], [5, 'refused']);
  });
});
