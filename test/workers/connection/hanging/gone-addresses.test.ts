import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatIp, parseIp } from '../../../../src/protocol/address/address.js';
import { GoneAddresses } from '../../../../src/workers/connection/hanging/gone-addresses.js';

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
  const gone = new GoneAddresses(machine);
  assert.equal(gone.since(ip('10.1.0.1'), 5), undefined);
  machine.own = ['10.2.0.1'];
  machine.time = 2000;
  assert.deepEqual([gone.since(ip('10.1.0.1'), 7), gone.since(ip('::ffff:10.1.0.1'), 9)], [7, 7]);
  assert.equal(gone.since(ip('10.2.0.1'), 9), undefined);
  machine.own = ['10.1.0.1'];
  machine.time = 4000;
  assert.equal(gone.since(ip('10.1.0.1'), 11), undefined);
  machine.own = [];
  machine.time = 6000;
  assert.equal(gone.since(ip('10.1.0.1'), 13), 13);
});

test('where any address can be bound none is gone', () => {
  const machine = new Machine();
  machine.canBindAll = true;
  assert.equal(new GoneAddresses(machine).since(ip('192.0.2.1'), 5), undefined);
});
