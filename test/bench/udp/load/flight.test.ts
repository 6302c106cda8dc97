import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Flight } from '../../../../bench/udp/load/flight.js';

test('what comes back is counted once, with its time', () => {
  const flight = new Flight(200);
  flight.sent(3, 10);
  assert.deepEqual([flight.next, flight.underWay], [3, 3]);
  flight.cameBack(1, 14);
  flight.cameBack(1, 15);
  // Nobody has sent that one.
  flight.cameBack(3, 15);
  assert.deepEqual([flight.answered, flight.wrong, flight.underWay], [1, 2, 2]);
  assert.equal(flight.latency.percentiles().max, 4);
});

test('what was sent too long ago makes room, and counts when it comes all the same', () => {
  const flight = new Flight(200);
  flight.sent(2, 0);
  flight.sent(1, 100);
  flight.expire(199);
  assert.equal(flight.underWay, 3);
  flight.expire(200);
  assert.equal(flight.underWay, 1);
  flight.cameBack(0, 250);
  assert.deepEqual([flight.answered, flight.wrong, flight.underWay], [1, 0, 1]);
  flight.cameBack(2, 250);
  flight.expire(1000);
  assert.deepEqual([flight.answered, flight.underWay], [2, 0]);
});
