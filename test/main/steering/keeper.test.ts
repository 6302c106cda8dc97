// What an operator sets, as main keeps it and the actors are told.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SteeringKeeper } from '../../../src/main/steering/keeper.js';
import type { NamedSteering } from '../../../src/protocol/steering/named.js';
import { type Steering, UNSTEERED } from '../../../src/protocol/steering/steering.js';
import { captureLog } from '../../helpers/capture-log.js';

const LINES = ['a', 'b', 'c'].map((name, number) => ({ name, number }));
const SITE = 'site.test:443';

function world(left?: NamedSteering) {
  const told: Steering[] = [];
  const { log, records } = captureLog();
  const keeper = new SteeringKeeper(
    LINES,
    {
      tell: async (steering) => void told.push(steering),
      log,
    },
    left,
  );
  const said = (): string[] => records.map(({ msg }) => msg);
  return { keeper, told, said };
}

test('the actors are told what is set, and the log says it', async () => {
  const { keeper, told, said } = world();
  assert.equal(await keeper.change({ kind: 'pause', line: 'b' }), 'changed');
  assert.equal(await keeper.change({ kind: 'pin', line: 'a' }), 'changed');
  assert.equal(await keeper.change({ kind: 'pin-destination', destination: SITE, line: 'c' }), 'changed');
  assert.deepEqual(told.at(-1), { paused: [1], pinned: 0, pins: [{ destination: SITE, line: 2 }] });
  assert.equal(await keeper.change({ kind: 'resume', line: 'b' }), 'changed');
  assert.equal(await keeper.change({ kind: 'unpin' }), 'changed');
  assert.equal(await keeper.change({ kind: 'unpin-destination', destination: SITE }), 'changed');
  assert.deepEqual(told.at(-1), UNSTEERED);
  assert.deepEqual(said(), [
    'line "b" is paused: new connections do not use it, live ones go on',
    'connections are pinned to line "a": those that may use it use no other, also while it fails',
    'site.test:443 is pinned to line "c": connections that may use it use no other, also while it fails',
    'line "b" is no longer paused',
    'connections are no longer pinned to a line',
    'site.test:443 is no longer pinned to a line',
  ]);
});

test('nobody is told of what changes nothing, or cannot be', async () => {
  const { keeper, told, said } = world();
  await keeper.change({ kind: 'pin', line: 'a' });
  assert.equal(await keeper.change({ kind: 'pin', line: 'a' }), 'unchanged');
  assert.equal(await keeper.change({ kind: 'pause', line: 'a' }), 'is-pinned');
  assert.equal(await keeper.change({ kind: 'pause', line: 'd' }), 'no-such-line');
  assert.deepEqual([told.length, said().length], [1, 1]);
});

test('the last line that is paused is said to be that', async () => {
  const { keeper, said } = world();
  for (const { name } of LINES) await keeper.change({ kind: 'pause', line: name });
  assert.match(said().at(-1) as string, /and no line is left: every connection fails$/);
});

test('a line of another configuration with the same name is meant, and what goes with a line is said', async () => {
  const { keeper, said } = world({ paused: ['a', 'b'], pinned: 'c', pins: [{ destination: SITE, line: 'c' }] });
  const steering = keeper.setLines([
    { name: 'a', number: 0 },
    { name: 'b', number: 5 },
  ]);
  assert.deepEqual(steering, { paused: [0, 5], pinned: undefined, pins: [] });
  assert.deepEqual(said(), [
    'line "c" is gone: connections are no longer pinned to it',
    'destinations were pinned to a line that is gone',
  ]);
  assert.deepEqual(keeper.left, { paused: ['a', 'b'], pins: [] });
});

test('the pins of the state file count at the start, and not those that were taken back meanwhile', async () => {
  const { keeper, told } = world();
  const pin = { destination: SITE, line: 1 };
  await keeper.takePins([pin]);
  assert.deepEqual(told.at(-1)?.pins, [pin]);
  await keeper.change({ kind: 'unpin-destination', destination: SITE });
  // The route actor has been started again with the file as it was.
  await keeper.takePins([pin]);
  assert.deepEqual(told.at(-1), UNSTEERED);
  await keeper.takePins([pin], true);
  assert.deepEqual(told.at(-1)?.pins, [pin], 'of another file');
  const next = world({ paused: [], pins: [] });
  await next.keeper.takePins([pin]);
  assert.deepEqual(next.keeper.steering, UNSTEERED, 'the process before has taken it back');
});
