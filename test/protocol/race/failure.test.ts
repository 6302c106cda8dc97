// The table of failures: what each teaches, and which of several is told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  FAILURES,
  type FailureCode,
  failureOf,
  failureTowards,
  mostTelling,
} from '../../../src/protocol/race/failure.js';

const codes = Object.keys(FAILURES) as FailureCode[];

test("what is nobody else's fault teaches nothing of a candidate", () => {
  for (const code of codes) {
    const { whose, blames } = FAILURES[code];
    if (whose === 'us' || whose === 'client') assert.equal(blames, undefined, code);
    // What no attempt can fail with teaches nothing either: such a line is left out before a dial.
    if (whose === 'line' && !['line-address-type', 'line-no-udp', 'link-down'].includes(code))
      assert.notEqual(blames, undefined, code);
  }
});

test('only the failure of the gateway itself is logged as an error', () => {
  assert.deepEqual(
    codes.filter((code) => FAILURES[code].level === 'error'),
    ['internal'],
  );
});

test('a destination tells more than a line, and a line more than the gateway', () => {
  const told = (...several: FailureCode[]): string | undefined =>
    several.map((code) => failureOf(code)).reduce(mostTelling).code;
  assert.equal(told('internal', 'proxy-unreachable'), 'proxy-unreachable');
  assert.equal(told('unexplained', 'proxy-unreachable', 'proxy-protocol'), 'unexplained');
  assert.equal(told('refused', 'proxy-unreachable'), 'refused');
  assert.equal(told('kept-away', 'unexplained'), 'unexplained', 'a line that a rule leaves out tells least');
  assert.equal(told('out-of-resources', 'too-many-lookups'), 'too-many-lookups');
  const [first, second] = [failureOf('refused', 'ECONNREFUSED'), failureOf('refused', 'REP 5')];
  assert.equal(mostTelling(first, second), first);
  assert.equal(mostTelling(undefined, second), second);
});

test("on the way to a proxy a failure is not the destination's, and keeps what was said", () => {
  assert.deepEqual(
    failureTowards('line', failureOf('refused', 'ECONNREFUSED')),
    failureOf('proxy-unreachable', 'ECONNREFUSED'),
  );
  assert.deepEqual(failureTowards('line', failureOf('timed-out')), failureOf('proxy-unreachable', 'timed-out'));
  assert.deepEqual(
    failureTowards('line', failureOf('out-of-resources', 'EMFILE')),
    failureOf('out-of-resources', 'EMFILE'),
  );
  assert.deepEqual(failureTowards('line', failureOf('proxy-protocol')), failureOf('proxy-protocol'));
});

test('on the way to the destination a failure is whose it is by itself', () => {
  for (const code of codes) {
    const failure = failureOf(code);
    assert.equal(failureTowards('destination', failure), failure);
    assert.notEqual(failureTowards('line', failure).whose, 'destination', code);
  }
});
