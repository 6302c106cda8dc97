import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../../../src/protocol/address/address.js';
import { noteAssociation } from '../../../../../src/workers/connection/udp/records/association-note.js';
import { RecordsWorld } from '../../../../helpers/records-world.js';

test('an association is noted as its control connection is on record', () => {
  const world = new RecordsWorld();
  world.open();
  const connection = world.open({ client: '10.0.0.2', listener: 1 });
  const user = { name: 'ada', tag: 'games' };
  assert.deepEqual(noteAssociation(world.records, connection, user), {
    ...{ slot: connection, serial: world.records.reader.serialOf(connection), user },
    ...{ client: '10.0.0.2:5000', clientIp: parseIp('10.0.0.2'), listener: 1 },
  });
});
