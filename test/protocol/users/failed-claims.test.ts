import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FailedClaims } from '../../../src/protocol/users/failed-claims.js';

const from = (client: string, network = client) => ({ client, network });
const HOME = from('192.0.2.1');

test('each wrong claim costs its client twice the time, up to four seconds', () => {
  const failed = new FailedClaims();
  const delays = Array.from({ length: 7 }, (_, number) => failed.failed(HOME, `${number}`, 0));
  assert.deepEqual(delays, [250, 500, 1000, 2000, 4000, 4000, 4000]);
  assert.equal(failed.failed(from('192.0.2.2'), '0', 0), 250);
});

test('after twenty in a row no claim of the network is judged, and then one in six seconds', () => {
  const failed = new FailedClaims();
  for (let number = 0; number < 20; number += 1) {
    assert.equal(failed.closedFor(HOME, 0), 0, `${number}`);
    failed.failed(HOME, `${number}`, 0);
  }
  assert.deepEqual(
    [failed.closedFor(HOME, 0), failed.closedFor(HOME, 3000), failed.closedFor(HOME, 6000)],
    [6000, 3000, 0],
  );
  failed.failed(HOME, 'x', 6000);
  assert.equal(failed.closedFor(HOME, 6000), 6000);
  assert.equal(failed.closedFor(from('192.0.2.2'), 6000), 0);
  // All of it is forgotten in two minutes.
  assert.equal(failed.failed(HOME, 'y', 126_001), 250);
});

test('a wrong claim that is repeated is known, for the last four of a network', () => {
  const failed = new FailedClaims();
  assert.equal(failed.repeated(HOME, 'a', 0), undefined);
  for (const digest of ['a', 'b', 'c', 'd', 'e']) failed.failed(HOME, digest, 0);
  assert.deepEqual(
    ['a', 'b', 'e'].map((digest) => failed.repeated(HOME, digest, 0)),
    [undefined, 4000, 4000],
  );
  assert.equal(failed.repeated(from('192.0.2.2'), 'e', 0), undefined);
  assert.equal(failed.repeated(HOME, 'e', 1_000_000), 250);
  failed.forgetRepeated();
  assert.equal(failed.repeated(HOME, 'e', 0), undefined);
});

test('of more networks than fit, the one that failed longest ago is forgotten', () => {
  const failed = new FailedClaims(2);
  for (const network of ['a', 'b', 'a', 'c']) failed.failed(from(network), 'x', 0);
  assert.deepEqual(
    ['a', 'b', 'c'].map((network) => failed.repeated(from(network), 'x', 0) !== undefined),
    [true, false, true],
  );
});

test('one address does not shut out its network, and many addresses of a network do', () => {
  const failed = new FailedClaims();
  const at = (number: number) => from(`2001:db8::${number}`, '2001:db8::/64');
  for (let number = 0; number < 20; number += 1) failed.failed(at(1), `${number}`, 0);
  assert.deepEqual([failed.closedFor(at(1), 0), failed.closedFor(at(2), 0)], [6000, 0]);
  assert.equal(failed.failed(at(2), 'x', 0), 250);
  for (let number = 21; number < 80; number += 1) {
    assert.equal(failed.closedFor(at(number), 0), 0, `${number}`);
    failed.failed(at(number), `${number}`, 0);
  }
  assert.deepEqual([failed.closedFor(at(99), 0), failed.closedFor(at(99), 6000)], [6000, 0]);
  assert.equal(failed.closedFor(from('2001:db8:0:1::1', '2001:db8:0:1::/64'), 0), 0);
});
