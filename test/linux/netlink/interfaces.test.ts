// Messages of the kernel about interfaces, addresses and routes, as bytes.
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test } from 'node:test';
import { type NetworkMessage, readNetworkMessage } from '../../../src/linux/netlink/interfaces.js';
import { MORE, readMessages } from '../../../src/linux/netlink/messages.js';

const { EPROTO } = constants.errno as Record<string, number>;
const [IPV4, IPV6] = [2, 10];
const [NEWLINK, DELLINK, NEWADDR, DELADDR, NEWROUTE, DELROUTE] = [16, 17, 20, 21, 24, 25] as const;

const message = (type: number, body: readonly number[]): number[] => {
  const size = 16 + body.length;
  const padding = new Array((4 - (size % 4)) % 4).fill(0);
  return [size & 255, size >> 8, 0, 0, type, 0, 2, 0, 0, 0, 0, 0, 9, 0, 0, 0, ...body, ...padding];
};
const attribute = (type: number, value: readonly number[]): number[] => {
  const padding = new Array((4 - (value.length % 4)) % 4).fill(0);
  return [4 + value.length, 0, type & 255, type >> 8, ...value, ...padding];
};
const text = (name: string): number[] => [...Buffer.from(`${name}\0`)];

const link = (type: number, flags: number, name: string): number[] =>
  message(type, [
    ...[0, 0, 1, 0, 7, 0, 0, 0, flags & 255, (flags >> 8) & 255, flags >> 16, 0, 0, 0, 0, 0],
    ...attribute(16, [6]),
    ...attribute(3, text(name)),
    ...attribute(0x8000 | 52, attribute(3, text('inner'))),
  ]);
const address = (type: number, family: number, flags: number, attributes: readonly number[]): number[] =>
  message(type, [family, family === IPV4 ? 24 : 64, flags, 0, 7, 0, 0, 0, ...attributes]);
const route = (type: number, prefix: number, kind: number, attributes: readonly number[]): number[] =>
  message(type, [IPV4 as number, prefix, 0, 0, 254, 3, 0, kind, 0, 0, 0, 0, ...attributes]);

const TEN = [10, 0, 0, 1];
const SIX = [0x20, 1, 0x0d, 0xb8, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
const OUT = attribute(4, [7, 0, 0, 0]);

function read(bytes: readonly number[]): { end: number; told: NetworkMessage[] } {
  const told: NetworkMessage[] = [];
  const end = readMessages(Uint8Array.from(bytes), (...one) => {
    const value = readNetworkMessage(...one);
    if (value !== undefined) told.push(value);
  });
  return { end, told };
}

const only = (bytes: readonly number[]): NetworkMessage | undefined => {
  const { told } = read(bytes);
  assert.ok(told.length < 2);
  return told[0];
};

test('interfaces: switched on or off, with and without a carrier, gone', () => {
  const seen = (flags: number, type: number = NEWLINK): unknown => {
    const one = only(link(type, flags, 'eth1'));
    assert.ok(one?.kind === 'interface');
    assert.deepEqual([one.index, one.name], [7, 'eth1']);
    return [one.isUp, one.isRunning, one.isGone];
  };
  assert.deepEqual(seen(0x1_1043), [true, true, false]);
  assert.deepEqual(seen(0x1003), [true, false, false]);
  assert.deepEqual(seen(0x1002), [false, false, false]);
  assert.deepEqual(seen(0x1002, DELLINK), [false, false, true]);
});

test('addresses: the own one, not the peer’s, and what may be done with it', () => {
  const own = (family: number, flags: number, attributes: readonly number[], type: number = NEWADDR): unknown => {
    const one = only(address(type, family, flags, attributes));
    if (one === undefined) return undefined;
    assert.ok(one.kind === 'address');
    const { ip, isReady, isDeprecated, isTemporary, isGone } = one;
    return [[...ip].join('.'), isReady, isDeprecated, isTemporary, isGone];
  };
  const peer = [...attribute(1, [10, 0, 0, 2]), ...attribute(2, TEN)];
  assert.deepEqual(own(IPV4 as number, 0x80, peer), ['10.0.0.1', true, false, false, false]);
  assert.deepEqual(own(IPV4 as number, 0x81, attribute(2, TEN)), ['10.0.0.1', true, false, true, false]);
  const six = attribute(1, SIX);
  const flagged = (flags: number): unknown => own(IPV6 as number, 0, [...six, ...attribute(8, [flags, 0, 0, 0])]);
  const at = SIX.join('.');
  assert.deepEqual(flagged(0x21), [at, true, true, true, false]);
  assert.deepEqual(flagged(0x40), [at, false, false, false, false], 'it is still being looked for');
  assert.deepEqual(flagged(0x44), [at, true, false, false, false], 'but is optimistic');
  assert.deepEqual(flagged(0x08), [at, false, false, false, false], 'another machine has it');
  assert.deepEqual(own(IPV6 as number, 0, six, DELADDR), [at, true, false, false, true]);
  assert.equal(own(IPV6 as number, 0, attribute(1, TEN)), undefined);
  assert.equal(own(28, 0, six), undefined);
});

test('routes: new ones that lead to a host, by one interface', () => {
  assert.deepEqual(only(route(NEWROUTE, 0, 1, OUT)), { kind: 'route', interface: 7, prefix: 0 });
  assert.equal(only(route(DELROUTE, 0, 1, OUT)), undefined);
  assert.equal(only(route(NEWROUTE, 32, 2, OUT)), undefined);
  assert.equal(only(route(NEWROUTE, 0, 1, [])), undefined);
});

test('several in one part are all read', () => {
  const { end, told } = read([...link(NEWLINK, 0x43, 'a'), ...route(NEWROUTE, 0, 1, OUT), ...link(NEWLINK, 0, 'b')]);
  assert.equal(end, MORE);
  assert.deepEqual(
    told.map((one) => one.kind),
    ['interface', 'route', 'interface'],
  );
});

test('what is cut off anywhere, or lies about its lengths, is no answer, and nothing beyond it is read', () => {
  const all = [
    link(NEWLINK, 0x43, 'eth1'),
    address(NEWADDR, IPV6 as number, 0, [...attribute(1, SIX), ...attribute(8, [1, 0, 0, 0])]),
    route(NEWROUTE, 0, 1, OUT),
  ];
  for (const whole of all) {
    for (let size = 0; size < whole.length; size += 1) {
      const { end, told } = read(whole.slice(0, size));
      assert.deepEqual([end, told], [size < 16 ? MORE : -(EPROTO as number), []], `${size}`);
    }
    for (let at = 0; at < whole.length; at += 1) {
      for (const value of [0, 1, 3, 4, 5, 128, 255]) read(whole.with(at, value));
    }
    // A message that ends in the middle of an attribute, as its own length says.
    for (let size = 17; size < whole.length; size += 1) read([size, 0, ...whole.slice(2)]);
  }
});
