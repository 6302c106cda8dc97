// The kernel's answer about the table `local`: as bytes, and of this machine.
import assert from 'node:assert/strict';
import { constants } from 'node:os';
import { test } from 'node:test';
import { MORE } from '../../../src/linux/netlink/messages.js';
import { type OwnNetwork, ownNetworks, readNetworks, requestFor } from '../../../src/linux/netlink/own-networks.js';

const { EPROTO, ENOENT } = constants.errno as Record<string, number>;
const [IPV4, IPV6] = [2, 10];
const [UNICAST, LOCAL, BROADCAST] = [1, 2, 3];

/** A netlink message of a type. */
const message = (type: number, body: readonly number[]): number[] => {
  const size = 16 + body.length;
  const padding = new Array((4 - (size % 4)) % 4).fill(0);
  return [size & 255, size >> 8, 0, 0, type, 0, 2, 0, 0, 0, 0, 0, 9, 0, 0, 0, ...body, ...padding];
};
const attribute = (type: number, value: readonly number[]): number[] => [4 + value.length, 0, type, 0, ...value];

interface Route {
  readonly family: number;
  readonly prefix: number;
  readonly type: number;
  readonly destination?: readonly number[];
  readonly table?: number;
}
/** RTM_NEWROUTE, with the attributes that the kernel writes around the destination. */
const route = ({ family, prefix, type, destination, table = 255 }: Route): number[] =>
  message(24, [
    ...[family, prefix, 0, 0, table, 2, 254, type, 0, 0, 0, 0],
    ...attribute(15, [table, 0, 0, 0]),
    ...(destination === undefined ? [] : attribute(1, destination)),
    ...attribute(4, [1, 0, 0, 0]),
  ]);
const DONE = message(3, [0, 0, 0, 0]);
const SIX = [0x20, 1, 0x0d, 0xb8, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

function read(...parts: readonly (readonly number[])[]) {
  const networks: OwnNetwork[] = [];
  const results = parts.map((part) => readNetworks(Uint8Array.from(part), networks));
  return { results, networks: networks.map(({ ip, prefix }) => `${[...ip].join('.')}/${prefix}`) };
}

test('local and broadcast destinations of the table `local` are read, of both families, in parts', () => {
  const first = [
    ...route({ family: IPV4, prefix: 8, type: LOCAL, destination: [127, 0, 0, 0] }),
    ...route({ family: IPV4, prefix: 32, type: BROADCAST, destination: [10, 0, 0, 255] }),
    ...route({ family: IPV4, prefix: 24, type: UNICAST, destination: [10, 0, 1, 0] }),
  ];
  const second = [
    ...route({ family: IPV6, prefix: 64, type: LOCAL, destination: SIX }),
    ...route({ family: IPV4, prefix: 0, type: LOCAL }),
    ...DONE,
  ];
  assert.deepEqual(read(first, second), {
    results: [MORE, 0],
    networks: ['127.0.0.0/8', '10.0.0.255/32', `${SIX.join('.')}/64`, '0.0.0.0/0'],
  });
});

test('what is in another table, or of another family, is nobody’s own', () => {
  const { networks } = read([
    ...route({ family: IPV4, prefix: 0, type: LOCAL, table: 100 }),
    ...route({ family: IPV6, prefix: 0, type: LOCAL, table: 254 }),
    ...route({ family: 28, prefix: 20, type: LOCAL, destination: [1, 2, 3, 4] }),
    ...route({ family: IPV4, prefix: 32, type: LOCAL, destination: SIX }),
  ]);
  assert.deepEqual(networks, []);
});

test('an error of the kernel is returned', () => {
  const error = [256 - (ENOENT as number), 255, 255, 255];
  assert.deepEqual(read(message(2, error)).results, [-(ENOENT as number)]);
  assert.deepEqual(read(message(2, [])).results, [-(EPROTO as number)]);
});

test('a message that is cut off anywhere is no answer, and nothing beyond it is read', () => {
  const whole = route({ family: IPV4, prefix: 32, type: LOCAL, destination: [10, 0, 0, 1] });
  for (let size = 16; size < whole.length; size += 1) {
    const { results, networks } = read(whole.slice(0, size));
    assert.deepEqual([results, networks], [[-(EPROTO as number)], []], `${size}`);
  }
  for (let size = 0; size < 16; size += 1) assert.deepEqual(read(whole.slice(0, size)).networks, []);
  // Lengths that lie.
  for (let at = 0; at < whole.length; at += 1) {
    for (const value of [0, 1, 3, 255]) read(whole.with(at, value));
  }
});

test('it is asked for the one table', () => {
  assert.deepEqual(
    [...requestFor(IPV6 as number)],
    [28, 0, 0, 0, 26, 0, 1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0],
  );
});

test('this machine has loopback', () => {
  const networks = ownNetworks();
  assert.ok(typeof networks !== 'number');
  assert.ok(networks.some(({ ip, prefix }) => prefix === 8 && [...ip].join('.') === '127.0.0.0'));
});
