// Clients that are turned away are named in the log: each at most once a minute, and no more than a log can bear.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packAddress } from '../../../src/linux/addresses.js';
import { ClientNotices } from '../../../src/main/accept/client-notices.js';
import { parseIp } from '../../../src/protocol/address/address.js';
import type { LogRecord } from '../../../src/threads/log.js';

const MINUTE_MS = 60_000;

function said() {
  const records: LogRecord[] = [];
  const notices = new ClientNotices({ write: (record) => records.push(record as LogRecord) });
  const turnedAway = (client: string, now: number): void =>
    notices.turnedAway('why', packAddress(parseIp(client) as Uint8Array, 1), 'door', now);
  return { records, turnedAway };
}

test('a client network is named at once, then once a minute with the number that was left out', () => {
  const { records, turnedAway } = said();
  for (const now of [0, 1, 2]) turnedAway('192.0.2.1', now);
  turnedAway('192.0.2.2', 3);
  for (const client of ['2001:db8::1', '2001:db8::2', '2001:db8:0:1::1']) turnedAway(client, 4);
  turnedAway('192.0.2.1', MINUTE_MS);
  assert.deepEqual(
    records.map(({ fields }) => fields),
    [
      { client: '192.0.2.1', listener: 'door' },
      { client: '192.0.2.2', listener: 'door' },
      { client: '2001:db8::/64', listener: 'door' },
      { client: '2001:db8:0:1::/64', listener: 'door' },
      { client: '192.0.2.1', listener: 'door', left_out: 2 },
    ],
  );
  assert.deepEqual([records[0].level, records[0].message], ['warn', 'a client is turned away: why']);
});

test('many clients have thirty lines a minute together, and are still named after hours of a scan', () => {
  const { records, turnedAway } = said();
  const clientOf = (number: number): string => `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;
  for (let number = 0; number < 10_000; number += 1) turnedAway(clientOf(number), 0);
  assert.equal(records.length, 30);
  for (let number = 10_000; number < 10_100; number += 1) turnedAway(clientOf(number), MINUTE_MS);
  assert.equal(records.length, 60);
  // Not those that were told apart no more.
  assert.equal(records[30].fields['left_out'], 4096 - 30);
});
