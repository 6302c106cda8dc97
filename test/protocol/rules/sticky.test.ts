import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseIp } from '../../../src/protocol/address/address.js';
import { destinationKey, isSticky, siteKey } from '../../../src/protocol/routes/destination-key.js';
import { isRouteState } from '../../../src/protocol/routes/state.js';
import { askerOf, STICKY } from '../../../src/protocol/rules/sticky.js';
import type { Client } from '../../../src/protocol/users/client.js';

function client(from: string | undefined, name?: string, tag?: string): Client {
  const ip = from === undefined ? undefined : parseIp(from);
  return { ip, user: name === undefined ? undefined : { name, tag }, listener: 0 };
}

test('an asker is a client, a user, or a user with a tag; a client that lacks the name or the tag is its address', () => {
  const clients = [
    client('10.0.0.1', 'alice', 'work'),
    client('2001:db8::1', 'alice'),
    client('10.0.0.1'),
    client(undefined),
  ];
  const askers = (sticky: (typeof STICKY)[number]) => clients.map((one) => askerOf(sticky, one));
  assert.deepEqual(askers('client'), ['10.0.0.1', '2001:db8::1', '10.0.0.1', 'unix']);
  assert.deepEqual(askers('user'), ['+alice', '+alice', '10.0.0.1', 'unix']);
  assert.deepEqual(askers('tag'), ['+alice+work', '2001:db8::1', '10.0.0.1', 'unix']);
  assert.deepEqual(askers('site'), ['+alice+work', '+alice', '10.0.0.1', 'unix']);
});

test('nobody becomes another by its name: no two askers have one key for a destination', () => {
  const word = fc.constantFrom('a', 'b', 'a b', '10.0.0.1', 'unix', 'a [b]');
  const name = fc.oneof(word, fc.constant(undefined));
  fc.assert(
    fc.property(word, name, word, name, fc.constantFrom(...STICKY), (oneName, oneTag, otherName, otherTag, sticky) => {
      const [one, other] = [client('10.0.0.1', oneName, oneTag), client('10.0.0.1', otherName, otherTag)];
      const keys = (who: Client) => {
        const asker = askerOf(sticky, who);
        return [destinationKey('b', 1, asker), siteKey('b', asker)];
      };
      const isSame = sticky === 'client' || oneName === otherName || sticky === 'tag';
      if (!isSame) for (const key of keys(one)) assert.ok(!keys(other).includes(key), key);
      for (const key of keys(one)) assert.ok(isSticky(key));
      assert.equal(new Set(keys(one)).size, 2);
    }),
  );
});

test('a key has a bound, and fits into what actors and the state file take', () => {
  const asker = askerOf('tag', client('10.0.0.1', 'n'.repeat(255), 't'.repeat(10_000)));
  assert.equal(asker.length, 300);
  const destination = destinationKey('h'.repeat(253), 65_535, asker);
  assert.ok(isRouteState({ destination, candidates: [], best: -1 }));
});
