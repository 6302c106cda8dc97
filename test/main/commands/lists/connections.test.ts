// The table of connections shows what the API tells, by the names that the API has for it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Part } from '../../../../src/main/commands/admin/part.js';
import { LIVE_COLUMNS } from '../../../../src/main/commands/lists/connections.js';
import { ConnectionRates } from '../../../../src/main/commands/top/rates.js';
import { shown } from '../../../../src/workers/admin/api/connections/shown.js';

test('the rate of a connection is what the API tells of both ways', () => {
  const told = shown(
    { actor: 0, slot: 1, serial: 2 },
    {
      ...{
        phase: 'relay',
        target: 'example.com:443',
        attempts: 1,
        cause: undefined,
        client: '192.0.2.1:1',
        listener: 'l',
      },
      ...{ user: undefined, line: 'line', address: undefined, connect_ms: 3, first_byte_ms: undefined },
      ...{ bytes_up: 1, bytes_down: 2, rate: { up: 1000, down: 2000 }, ending: undefined },
      ...{ opened_at: 0, duration_ms: 5000 },
    },
  );
  const row = new Part(told);
  const rate = LIVE_COLUMNS.find(({ heading }) => heading === 'rate');
  assert.match(rate?.of(row) ?? '', /3/);
  assert.equal(new ConnectionRates().of(row), 3000);
});
