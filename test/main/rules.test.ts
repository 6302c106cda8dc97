// The rules of a gateway in this process: they are in force before the first connection and for actors that are started
// again, and whatever compiles and watches ends with the gateway.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { startGateway } from '../../src/main/gateway/gateway.js';
import type { Gateway } from '../../src/main/gateway/running.js';
import type { ListFile, Rule } from '../../src/protocol/rules/rule.js';
import { captureLog, type Record } from '../helpers/capture-log.js';
import { FAULTY_ENTRIES, goWrong } from '../helpers/faulty-connection.js';
import { gatewayOptions } from '../helpers/gateway-options.js';
import { dial } from '../helpers/socks-client.js';
import { until } from '../helpers/until.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-rules-'));
after(() => rmSync(directory, { recursive: true }));
const LIST: ListFile = { kind: 'cidr', path: join(directory, 'list.txt') };

const threads = (): number => readdirSync('/proc/self/task').length;
const timers = (): string[] => process.getActiveResourcesInfo().filter((kind) => /Timeout|MessagePort/.test(kind));

/** With one actor, whose rules block what the list has; ends by checking that nothing is left. */
async function withRules(list: string, body: (gateway: Gateway, records: Record[]) => Promise<void>): Promise<void> {
  write(list);
  // libuv's own threads stay.
  await Promise.all(Array.from({ length: 8 }, () => stat(directory)));
  const before = { threads: threads(), timers: timers() };
  const destinations = { domain: [], domain_suffix: [], cidr: [], files: [LIST] };
  const rules: Rule[] = [{ destinations, ports: [], ruling: 'block' }];
  const { log, records } = captureLog();
  const started = await startGateway(gatewayOptions({ workers: 1, rules }), log, { entries: FAULTY_ENTRIES });
  assert.ok(started.code === 'started', JSON.stringify(started));
  try {
    await body(started.gateway, records);
  } finally {
    await started.gateway.close(0);
    await until('all threads have ended', () => threads() <= before.threads);
    // The port of a thread that has died hears of it a moment later.
    await until('all ports and timers are gone', () => isDeepStrictEqual(timers(), before.timers));
  }
}

function write(list: string): void {
  writeFileSync(`${LIST.path}.new`, list);
  renameSync(`${LIST.path}.new`, LIST.path);
}

async function ask({ address }: Gateway, host: string): Promise<number> {
  const { peer, reply } = await dial(address.port, { host, port: 9 });
  peer.close();
  return reply.rep;
}

const inForce = (records: readonly Record[]) => records.filter(({ msg }) => msg === 'rules are in force').length;

test('an actor that is started again goes by the rules of now, and blocked clients are counted', async () => {
  await withRules('127.0.0.1\n', async (gateway, records) => {
    assert.deepEqual([await ask(gateway, '127.0.0.1'), await ask(gateway, '127.0.0.2')], [2, 5]);
    write('127.0.0.2\n');
    await until('the list is read again', () => inForce(records) === 2);
    assert.deepEqual([await ask(gateway, '127.0.0.1'), await ask(gateway, '127.0.0.2')], [5, 2]);
    const { blocked, failed } = gateway.stats();
    assert.deepEqual([blocked, failed], [2, 4]);
    goWrong(0, 'exit');
    await until('main knows', () => records.some(({ msg }) => msg.startsWith('actor died')));
    await until('it serves again', () => gateway.actors()[0] !== undefined);
    assert.deepEqual([await ask(gateway, '127.0.0.1'), await ask(gateway, '127.0.0.2')], [5, 2]);
    assert.equal(gateway.stats().blocked, 3);
  });
});

test('lines that are no entries are passed over and counted when a list has changed', async () => {
  await withRules('127.0.0.1\n', async (gateway, records) => {
    write('127.0.0.2\nno range\n');
    await until('the list is read again', () => inForce(records) === 2);
    assert.deepEqual([await ask(gateway, '127.0.0.1'), await ask(gateway, '127.0.0.2')], [5, 2]);
    const odd = records.filter(({ level }) => level === 'warn');
    assert.equal(odd.length, 1);
    assert.match(String(odd[0]?.['skipped']), /list\.txt: a line is passed over \(line 2: "no range" is not/);
    write('no range\n');
    await until('it is told', () => records.filter(({ level }) => level === 'warn').length === 2);
    assert.equal(await ask(gateway, '127.0.0.2'), 2);
  });
});

test('closing while a long list is compiled ends that too', async () => {
  await withRules('', async (gateway, records) => {
    const before = threads();
    write('192.0.2.1\n'.repeat(900_000));
    await until('it is being read', () => threads() > before);
    await gateway.close(0);
    assert.equal(inForce(records), 1);
    assert.deepEqual(
      records.filter(({ level }) => level === 'warn'),
      [],
    );
  });
});

test('a list that is bad by the time of the start is said in one sentence', async () => {
  write('192.0.2.0/33\n');
  const before = { threads: threads(), timers: timers() };
  const destinations = { domain: [], domain_suffix: [], cidr: [], files: [LIST] };
  const { log } = captureLog();
  const rules: Rule[] = [{ destinations, ports: [], ruling: 'block' }];
  const started = await startGateway(gatewayOptions({ rules }), log);
  assert.ok(started.code === 'failed');
  assert.match(started.message, /^rules: \S+list\.txt: line 1: "192\.0\.2\.0\/33" is not an IP address or range/);
  await until('all threads have ended', () => threads() <= before.threads);
  await until('all ports and timers are gone', () => isDeepStrictEqual(timers(), before.timers));
});
