import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carriedOver, named, numbered } from '../../../src/protocol/steering/named.js';
import { Steered } from '../../../src/protocol/steering/steered.js';
import {
  change,
  PINS_MAX,
  type Steering,
  type SteeringChange,
  UNSTEERED,
} from '../../../src/protocol/steering/steering.js';

const SITE = 'site.test:443';
const BOTH: Steering = { paused: [2], pinned: 1, pins: [{ destination: SITE, line: 0 }] };
const LINES = ['a', 'b', 'c'].map((name, number) => ({ name, number }));

function after(...changes: readonly SteeringChange[]): Steering {
  return changes.reduce<Steering>((steering, what) => {
    const changed = change(steering, what);
    assert.ok(changed.code === 'changed', `${what.kind}: ${changed.code}`);
    return changed.steering;
  }, UNSTEERED);
}

test('what is set is taken back by its opposite', () => {
  assert.deepEqual(after({ kind: 'pause', line: 2 }, { kind: 'pause', line: 0 }).paused, [0, 2]);
  const all = after(
    { kind: 'pause', line: 2 },
    { kind: 'pin', line: 1 },
    { kind: 'pin-destination', destination: SITE, line: 0 },
  );
  assert.deepEqual(all, BOTH);
  const back = [
    { kind: 'resume', line: 2 },
    { kind: 'unpin' },
    { kind: 'unpin-destination', destination: SITE },
  ] as const;
  let left = all;
  for (const what of back) {
    const changed = change(left, what);
    assert.ok(changed.code === 'changed');
    left = changed.steering;
    assert.equal(change(left, what).code, 'unchanged');
  }
  assert.deepEqual(left, UNSTEERED);
});

test('another pin takes the place of the one before, of all and of a destination', () => {
  assert.equal(after({ kind: 'pin', line: 1 }, { kind: 'pin', line: 2 }).pinned, 2);
  const pinned = (line: number) => ({ kind: 'pin-destination', destination: SITE, line }) as const;
  assert.deepEqual(after(pinned(1), pinned(2)).pins, [{ destination: SITE, line: 2 }]);
});

test('no line is paused and pinned at once', () => {
  assert.equal(change(BOTH, { kind: 'pause', line: 1 }).code, 'is-pinned');
  assert.equal(change(BOTH, { kind: 'pin', line: 2 }).code, 'is-paused');
});

test('pins have a bound', () => {
  const pins = Array.from({ length: PINS_MAX }, (_, i) => ({ destination: `d${i}:1`, line: 0 }));
  const full = { ...UNSTEERED, pins };
  const one = { kind: 'pin-destination', destination: SITE, line: 0 } as const;
  assert.equal(change(full, one).code, 'too-many-pins');
  assert.equal(change(full, { ...one, destination: 'd0:1', line: 1 }).code, 'changed');
});

test('a pin of the destination goes before one of all, and either only where the line may be used', () => {
  const steered = new Steered(BOTH);
  assert.deepEqual(steered.left([0, 1, 2], SITE), [0]);
  assert.deepEqual(steered.left([1, 2], SITE), [1]);
  assert.deepEqual(steered.left([0, 1, 2], 'other.test:443'), [1]);
  assert.deepEqual(steered.left([0, 2], 'other.test:443'), [0]);
  assert.deepEqual(steered.left([2], 'other.test:443'), []);
  const usual = [0, 1];
  assert.equal(new Steered({ ...UNSTEERED, paused: [2] }).left(usual, SITE), usual);
});

test('says why a line is left out', () => {
  const steered = new Steered(BOTH);
  const all = [0, 1, 2];
  assert.deepEqual(
    all.map((line) => steered.away(line, all, SITE)),
    [undefined, { kind: 'pinned-elsewhere', line: 0, all: false }, { kind: 'paused' }],
  );
  assert.deepEqual(steered.away(0, all, 'other.test:443'), { kind: 'pinned-elsewhere', line: 1, all: true });
});

test('a pinned destination whose line is paused has no line', () => {
  const steered = new Steered({ ...UNSTEERED, paused: [1], pins: [{ destination: SITE, line: 1 }] });
  assert.deepEqual(steered.left([0, 1], SITE), []);
});

test('another process has it by names, and leaves out what it has no line for', () => {
  const told = named(BOTH, LINES);
  assert.deepEqual(told, { paused: ['c'], pinned: 'b', pins: [{ destination: SITE, line: 'a' }] });
  const others = [
    { name: 'c', number: 0 },
    { name: 'b', number: 1 },
  ];
  assert.deepEqual(numbered(told, others), { paused: [0], pinned: 1, pins: [] });
  assert.deepEqual(numbered(named(UNSTEERED, LINES), others), UNSTEERED);
});

test('a line that has changed under its name in another configuration is the one that was meant', () => {
  const after = [
    { name: 'a', number: 0 },
    { name: 'c', number: 7 },
  ];
  assert.deepEqual(carriedOver(BOTH, LINES, after), {
    ...{ paused: [7], pinned: undefined, pins: [{ destination: SITE, line: 0 }] },
  });
});
