// Datagrams through one proxy and through several: what stands in front of them, and whose they are that come back.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatEndpoint, formatIp } from '../../../src/protocol/address/address.js';
import { type Target, targetOfText } from '../../../src/protocol/address/target.js';
import { ipOf } from '../../../src/protocol/udp/endpoint.js';
import { FRAGMENT, NO_HEADER } from '../../../src/protocol/udp/header.js';
import { Nested, STRAY } from '../../../src/protocol/udp/nested.js';

function at(text: string): Target {
  const target = targetOfText(text, 0);
  assert.ok(target !== undefined, text);
  return target;
}

const FOUR = [0, 0, 0, 1, 192, 0, 2, 9, 0x0f, 0xa0];
const NAMED = [0, 0, 0, 3, 13, ...Buffer.from('proxy.example'), 0x0f, 0xa1];
const SIX = [0, 0, 0, 4, 0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 7, 1, 0xbb];
const MAPPED = [0, 0, 0, 4, ...Array(10).fill(0), 255, 255, 192, 0, 2, 9, 0x0f, 0xa0];
const HELLO = [...Buffer.from('hello')];

const relays = (...texts: string[]): Nested => new Nested(texts.map(at));

/** What is left of a datagram and who has sent it, or the number that says what is wrong with it. */
function unwrapped(nested: Nested, ...bytes: number[]): string | number {
  // Not at the beginning of the memory, and not to its end.
  const memory = Uint8Array.from([99, 99, ...bytes, 99]);
  const size = nested.unwrap(memory, 2, 2 + bytes.length);
  if (size < 0) return size;
  const { from } = nested;
  return `${Buffer.from(bytes.slice(size)).toString()} of ${formatEndpoint(formatIp(ipOf(from)), from.port)}`;
}

test('one proxy has the destination in front', () => {
  const one = relays();
  assert.deepEqual([...one.headFor(at('192.0.2.9:4000'))], FOUR);
  assert.deepEqual([...one.headFor(at('[2001:db8::7]:443'))], SIX);
  assert.deepEqual([...one.headFor(at('proxy.example:4001'))], NAMED);
});

test('an absolute name goes to the proxy as the client has asked for it', () => {
  assert.equal(Buffer.from(relays().headFor(at('far.example.:53'))).toString('latin1', 5, 17), 'far.example.');
});

test('of several proxies each further one stands in front, the nearer outside', () => {
  const three = relays('192.0.2.9:4000', 'proxy.example:4001');
  assert.deepEqual([...three.headFor(at('[2001:db8::7]:443'))], [...FOUR, ...NAMED, ...SIX]);
});

test('what comes back is of who has sent it, and is only read where each proxy has it from the next', () => {
  assert.equal(unwrapped(relays(), ...FOUR, ...HELLO), 'hello of 192.0.2.9:4000');
  assert.equal(unwrapped(relays(), ...SIX), ' of [2001:db8::7]:443');
  const two = relays('192.0.2.9:4000');
  assert.equal(unwrapped(two, ...FOUR, ...SIX, ...HELLO), 'hello of [2001:db8::7]:443');
  assert.equal(unwrapped(two, ...SIX, ...FOUR, ...HELLO), STRAY, 'another address');
  assert.equal(unwrapped(two, ...FOUR.slice(0, -1), 0xa1, ...SIX), STRAY, 'another port');
  const three = relays('192.0.2.9:4000', '[2001:db8::7]:443');
  assert.equal(unwrapped(three, ...FOUR, ...SIX, ...FOUR, ...HELLO), 'hello of 192.0.2.9:4000');
  assert.equal(unwrapped(three, ...FOUR, ...FOUR, ...FOUR, ...HELLO), STRAY);
  assert.equal(unwrapped(three, ...FOUR, ...SIX), NO_HEADER);
});

test('an IPv4 address may come in IPv6 form', () => {
  assert.equal(unwrapped(relays(), ...MAPPED, ...HELLO), 'hello of 192.0.2.9:4000');
  assert.equal(unwrapped(relays('192.0.2.9:4000'), ...MAPPED, ...SIX, ...HELLO), 'hello of [2001:db8::7]:443');
});

test('of a proxy with a name only the port is known', () => {
  const two = relays('proxy.example:4000');
  assert.equal(unwrapped(two, ...FOUR, ...SIX), ' of [2001:db8::7]:443');
  assert.equal(unwrapped(two, ...NAMED, ...SIX), STRAY);
});

test('a sender with a name is nobody in particular at its port', () => {
  assert.equal(unwrapped(relays(), ...NAMED, ...HELLO), 'hello of 0.0.0.0:4001');
});

test('a truncated datagram has no header, wherever it ends', () => {
  const whole = [...FOUR, ...NAMED, ...SIX];
  const three = relays('192.0.2.9:4000', 'proxy.example:4001');
  for (let size = 0; size < whole.length; size += 1)
    assert.equal(unwrapped(three, ...whole.slice(0, size)), NO_HEADER, `${size} bytes`);
  assert.equal(unwrapped(three, ...whole), ' of [2001:db8::7]:443');
});

test('fragments and port 0 are not read', () => {
  assert.equal(unwrapped(relays(), 0, 0, 1, ...FOUR.slice(3)), FRAGMENT);
  assert.equal(unwrapped(relays('192.0.2.9:4000'), ...FOUR, 0, 0, 1, ...FOUR.slice(3)), FRAGMENT);
  assert.equal(unwrapped(relays(), ...FOUR.slice(0, -2), 0, 0), NO_HEADER);
});

const endpoint = fc.tuple(
  fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('far.example', 'a.b.c.test')),
  fc.integer({ min: 1, max: 65_535 }),
);

test('what was wrapped for the way is what is unwrapped, at any depth', () => {
  fc.assert(
    fc.property(
      fc.array(endpoint, { maxLength: 5 }),
      endpoint,
      fc.uint8Array({ maxLength: 40 }),
      (hops, last, data) => {
        const targets = hops.map(([host, port]) => at(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`));
        const [host, port] = last;
        const target = at(host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
        const nested = new Nested(targets);
        const head = nested.headFor(target);
        const memory = Uint8Array.from([...head, ...data]);
        assert.equal(nested.unwrap(memory, 0, memory.length), head.length);
        assert.equal(nested.from.port, port);
        if (target.ip !== undefined) assert.deepEqual(ipOf(nested.from), target.ip);
      },
    ),
    { numRuns: 500 },
  );
});

test('no bytes make it throw, and none but headers are read', () => {
  const nested = relays('192.0.2.9:4000', 'proxy.example:4001');
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const size = nested.unwrap(bytes, 0, bytes.length);
      assert.ok(size <= bytes.length && (size >= 30 || size < 0));
    }),
    { numRuns: 3000 },
  );
});
