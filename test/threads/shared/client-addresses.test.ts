import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packAddress } from '../../../src/linux/addresses.js';
import { parseIp } from '../../../src/protocol/address/address.js';
import { ClientAddresses } from '../../../src/threads/shared/client-addresses.js';

const FDS_MAX = 8;
const words = (address: Uint8Array): Uint32Array => {
  const padded = new Uint8Array(28);
  padded.set(address);
  return new Uint32Array(padded.buffer);
};

test('an address comes out as it went in, for the first fd and the last, and is replaced by the next one', () => {
  const memory = ClientAddresses.create(FDS_MAX);
  const [main, actor] = [new ClientAddresses(memory), new ClientAddresses(memory)];
  const short = packAddress(parseIp('192.0.2.1')!, 5000);
  const long = packAddress(parseIp('2001:db8::ffff')!, 65_535);
  main.write(0, words(short));
  main.write(FDS_MAX - 1, words(long));
  assert.deepEqual([...actor.read(0).subarray(0, 8)], [...short.subarray(0, 8)]);
  assert.deepEqual([...actor.read(FDS_MAX - 1)], [...long.subarray(0, 24)]);
  main.write(FDS_MAX - 1, words(short));
  assert.deepEqual([...actor.read(FDS_MAX - 1).subarray(0, 8)], [...short.subarray(0, 8)]);
});

test('a client that has gone leaves no address of another one', () => {
  const table = new ClientAddresses(ClientAddresses.create(FDS_MAX));
  table.write(3, words(packAddress(parseIp('2001:db8::1')!, 1)));
  table.write(3, undefined);
  assert.deepEqual([...table.read(3)], Array<number>(24).fill(0));
});
