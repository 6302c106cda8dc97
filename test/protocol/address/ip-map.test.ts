import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIp } from '../../../src/protocol/address/address.js';
import { IpMap } from '../../../src/protocol/address/ip-map.js';

// Few different bytes, so that addresses meet again.
const ip = fc.oneof(
  fc.uint8Array({ minLength: 4, maxLength: 4, max: 2 }),
  fc.uint8Array({ minLength: 16, maxLength: 16, max: 1 }),
);
const step = fc.record({ kind: fc.constantFrom('set' as const, 'delete' as const), ip, value: fc.nat() });

test('it agrees with a map by text, whatever happens', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const map = new IpMap<number>();
      const texts = new Map<string, number>();
      for (const { kind, ip, value } of steps) {
        const text = formatIp(ip);
        if (kind === 'set') {
          map.set(ip, value);
          texts.set(text, value);
        } else {
          map.delete(ip);
          texts.delete(text);
        }
        assert.equal(map.size, texts.size);
        assert.equal(map.get(Uint8Array.from(ip)), texts.get(text));
      }
      for (const { ip } of steps) assert.equal(map.get(ip), texts.get(formatIp(ip)));
      assert.deepEqual([...map.values()].sort(), [...texts.values()].sort());
    }),
  );
});

test('addresses with one hash are kept apart', () => {
  // An IPv4 address is its own hash; this one is that of `::`.
  let hash = 0x811c9dc5;
  for (let i = 0; i < 4; i += 1) hash = Math.imul(hash, 0x01000193);
  const four = new Uint8Array([hash >>> 24, hash >>> 16, hash >>> 8, hash]);
  const six = new Uint8Array(16);
  const map = new IpMap<string>();
  map.set(four, 'four');
  assert.equal(map.get(six), undefined);
  map.set(six, 'six');
  assert.deepEqual([map.get(four), map.get(six), map.size], ['four', 'six', 2]);
  map.delete(four);
  assert.deepEqual([map.get(four), map.get(six), map.size], [undefined, 'six', 1]);
});
