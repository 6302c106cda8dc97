// A client that is turned away is told by its network, whichever thread turns it away.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../src/protocol/address/address.js';
import { turnedAway } from '../../../src/protocol/notices/turned-away.js';

test('the line has the network of the client and the listener, and each network is one topic', () => {
  const clients = ['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1', '2001:db8::2', '2001:db8:0:1::1', undefined];
  const notices = clients.map((client) => turnedAway('why', client === undefined ? client : parseIp(client), 'door'));
  assert.deepEqual(
    notices.map(({ fields }) => fields),
    ['192.0.2.1', '192.0.2.1', '2001:db8::/64', '2001:db8::/64', '2001:db8:0:1::/64', 'unix'].map((client) => ({
      ...{ client, listener: 'door' },
    })),
  );
  assert.equal(new Set(notices.map(({ topic }) => topic)).size, 4);
  assert.deepEqual([notices[0]?.level, notices[0]?.message], ['warn', 'a client is turned away: why']);
  const other = turnedAway('another reason', parseIp('192.0.2.1'), 'door');
  assert.equal(other.topic, notices[0]?.topic, 'one line a minute for a client, whatever the reason');
});
