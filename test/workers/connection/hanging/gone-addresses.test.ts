import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIp, parseIp } from '../../../../src/protocol/address/address.js';
import { GoneAddresses, hasInterface } from '../../../../src/workers/connection/hanging/gone-addresses.js';

const ip = (text: string): Uint8Array => parseIp(text) as Uint8Array;

/** A machine whose addresses are told anew each time. */
class Machine {
  time = 0;
  canBindAll = false;
  own = ['10.1.0.1', '10.2.0.1'];
  now = (): number => this.time;
  networks = () => this.own.map((text) => ({ ip: ip(text), prefix: 32 }));
  canBind = (address: Uint8Array): boolean => this.canBindAll || this.own.includes(formatIp(address));
}

test('an address is gone from when it was first missed until it is back', () => {
  const machine = new Machine();
  const gone = new GoneAddresses(machine, () => false);
  assert.equal(gone.since(ip('10.1.0.1'), 5), undefined);
  machine.own = ['10.2.0.1'];
  machine.time = 2000;
  assert.deepEqual([gone.since(ip('10.1.0.1'), 7), gone.since(ip('::ffff:10.1.0.1'), 9)], [7, 7]);
  assert.equal(gone.since(ip('10.1.0.1'), 2000), 7);
  assert.equal(gone.since(ip('10.2.0.1'), 2000), undefined);
  machine.own = ['10.1.0.1'];
  machine.time = 4000;
  assert.equal(gone.since(ip('10.1.0.1'), 4000), undefined);
  machine.own = [];
  machine.time = 6000;
  assert.equal(gone.since(ip('10.1.0.1'), 6000), 6000);
});

test('an interface that is switched off keeps its address, and is asked for it once a second', () => {
  const machine = new Machine();
  machine.own = [];
  let asked = 0;
  let isThere = true;
  const gone = new GoneAddresses(machine, () => {
    asked += 1;
    return isThere;
  });
  for (let now = 0; now < 3000; now += 10) assert.equal(gone.since(ip('10.1.0.1'), now), undefined);
  assert.equal(asked, 3);
  isThere = false;
  assert.equal(gone.since(ip('10.1.0.1'), 3000), 3000);
  isThere = true;
  assert.equal(gone.since(ip('10.1.0.1'), 4000), undefined);
  isThere = false;
  assert.equal(gone.since(ip('10.1.0.1'), 5000), 5000);
});

test('where any address can be bound none is gone', () => {
  const machine = new Machine();
  machine.canBindAll = true;
  assert.equal(new GoneAddresses(machine, () => false).since(ip('192.0.2.1'), 5), undefined);
});

test('the kernel is asked for interfaces', () => {
  assert.deepEqual([hasInterface(ip('127.0.0.1')), hasInterface(ip('192.0.2.1'))], [true, false]);
});
