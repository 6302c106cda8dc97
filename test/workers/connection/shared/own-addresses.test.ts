// The machine's addresses, remembered: how often the kernel is asked.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIp, parseIp } from '../../../../src/protocol/address/address.js';
import { OwnAddresses } from '../../../../src/workers/connection/shared/own-addresses.js';

const ip = (text: string): Uint8Array => parseIp(text) as Uint8Array;

function world() {
  const machine = new Set(['192.0.2.1', '2001:db8::1']);
  const clock = { now: 0, asked: 0 };
  const own = new OwnAddresses(
    () => clock.now,
    (address) => {
      clock.asked += 1;
      return machine.has(formatIp(address));
    },
  );
  return { machine, clock, own };
}

test('an address is asked for once a second, and both answers are remembered', () => {
  const { machine, clock, own } = world();
  const look = () => ['192.0.2.1', '192.0.2.2', '2001:db8::1', '2001:db8::2'].map((text) => own.has(ip(text)));
  assert.deepEqual(look(), [true, false, true, false]);
  clock.now = 999;
  machine.clear();
  assert.deepEqual(look(), [true, false, true, false]);
  assert.equal(clock.asked, 4);
  clock.now = 1000;
  assert.deepEqual(look(), [false, false, false, false]);
  assert.equal(clock.asked, 8);
});

test('the bytes of the caller are not kept', () => {
  const { own } = world();
  const lent = ip('192.0.2.1');
  assert.equal(own.has(lent), true);
  lent[3] = 2;
  assert.equal(own.has(lent), false);
  assert.equal(own.has(ip('192.0.2.1')), true);
});

test('what is remembered has a bound', () => {
  const { clock, own } = world();
  own.has(ip('192.0.2.1'));
  for (let address = 0; address < 4096; address += 1) own.has(Uint8Array.of(10, 0, address >> 8, address & 255));
  assert.equal(clock.asked, 4097);
  own.has(ip('192.0.2.1'));
  assert.equal(clock.asked, 4098);
});
