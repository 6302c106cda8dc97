// What is said of what happens over and over.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, mock, test } from 'node:test';
import { Notices } from '../../../src/main/process/notices.js';
import { captureLog } from '../../helpers/capture-log.js';

const EVERY_MS = 60_000;
let now = 0;

beforeEach(() => {
  now = 0;
  mock.timers.enable({ apis: ['setTimeout'] });
  mock.method(performance, 'now', () => now);
});
afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

function pass(ms: number): void {
  now += ms;
  mock.timers.tick(ms);
}

function world() {
  const { log, records } = captureLog();
  const notices = new Notices(log, EVERY_MS);
  const state = (good: boolean, burst = 1): void => {
    const level = good ? 'info' : 'warn';
    notices.tell({ topic: 'line a', good, level, message: good ? 'up' : 'down', fields: { line: 'a' }, burst });
  };
  const said = () =>
    records.map(({ level, msg, left_out }) =>
      left_out === undefined ? `${level} ${msg}` : `${level} ${msg} ${left_out}`,
    );
  return { notices, state, said, records };
}

test('an event is said at once, and within a minute only counted', () => {
  const { notices, said, records } = world();
  const tell = (topic: string): void =>
    notices.tell({ topic, level: 'warn', message: topic, fields: { address: '192.0.2.1' } });
  tell('one');
  tell('one');
  tell('two');
  tell('one');
  assert.deepEqual(said(), ['warn one', 'warn two']);
  pass(EVERY_MS);
  tell('one');
  assert.deepEqual(said().slice(2), ['warn one 2']);
  assert.equal(records[2]['address'], '192.0.2.1');
});

test('of a crowd each is said once a minute, and no more lines than a log can bear', () => {
  const { notices, said } = world();
  const tell = (client: number): void =>
    notices.tell({ topic: `client ${client}`, crowd: 'clients', level: 'warn', message: `${client}`, fields: {} });
  for (let times = 0; times < 3; times += 1) for (let client = 0; client < 100; client += 1) tell(client);
  assert.equal(said().length, 30);
  // Another crowd, and what is of none, have lines of their own.
  notices.tell({ topic: 'client 0', crowd: 'users', level: 'warn', message: 'a user', fields: {} });
  notices.tell({ topic: 'client 0', level: 'warn', message: 'nobody', fields: {} });
  assert.deepEqual(said().slice(30), ['warn a user', 'warn nobody']);
  pass(EVERY_MS);
  tell(0);
  // Two of it, and seventy others that were kept out.
  assert.deepEqual(said().slice(32), ['warn 0 72']);
});

test('a record without a topic is written as it is', () => {
  const { notices, said } = world();
  notices.write({ level: 'info', message: 'plain', fields: {} });
  notices.write({ level: 'info', message: 'plain', fields: {} });
  assert.deepEqual(said(), ['info plain', 'info plain']);
});

test('a state is said when it changes, not when it is told again, and not when it was good all the time', () => {
  const { state, said } = world();
  state(true);
  state(false);
  state(false);
  state(true);
  state(true);
  assert.deepEqual(said(), ['warn down', 'info up']);
});

test('a state that flaps is said once a minute, and in the end as it is', () => {
  const { state, said } = world();
  for (let i = 0; i < 5; i += 1) {
    state(false);
    state(true);
  }
  state(false);
  assert.deepEqual(said(), ['warn down', 'info up']);
  pass(EVERY_MS - 1);
  assert.equal(said().length, 2);
  pass(1);
  // Down and up four times more, then down for good.
  assert.deepEqual(said().slice(2), ['warn down 8']);
  pass(10 * EVERY_MS);
  assert.equal(said().length, 3);
});

test('a state that is again what was said last is not said again', () => {
  const { state, said } = world();
  state(false);
  state(true);
  state(false);
  state(true);
  pass(10 * EVERY_MS);
  assert.deepEqual(said(), ['warn down', 'info up']);
  state(false);
  assert.deepEqual(said().slice(2), ['warn down 2']);
});

test('what is said late is said with the time of the change', () => {
  const { state, records } = world();
  for (const good of [false, true, false]) state(good);
  pass(EVERY_MS);
  assert.deepEqual(
    records.map(({ since }) => since === undefined),
    [true, true, false],
  );
  assert.ok(Date.parse(String(records[2]?.['since'])) <= Date.now());
});

test('a state that is left is said to be so where it was bad, and the next one is said at once', () => {
  const { notices, state, said } = world();
  const left = { topic: 'line a', good: true, ends: true, level: 'info', message: 'left', fields: {} } as const;
  notices.tell(left);
  state(false);
  notices.tell(left);
  state(false);
  state(true);
  notices.tell(left);
  assert.deepEqual(said(), ['warn down', 'info left', 'warn down', 'info up']);
  assert.deepEqual(notices.troubles, []);
});

test('a state with a burst is said so often at once, and then when the first of these is a minute old', () => {
  const { state, said, records } = world();
  for (let i = 0; i < 3; i += 1) {
    state(false, 2);
    pass(1000);
    state(true, 2);
    pass(1000);
  }
  assert.deepEqual(said(), ['warn down', 'info up', 'warn down', 'info up']);
  state(false, 2);
  pass(EVERY_MS - 6000);
  assert.deepEqual(said().slice(4), ['warn down 2']);
  assert.deepEqual(
    records.map(({ since }) => since !== undefined),
    [false, false, false, false, true],
  );
});

test('a state that goes on has the cause that was told last', () => {
  const { notices, state } = world();
  state(false);
  notices.tell({ topic: 'line a', good: false, level: 'warn', message: 'down otherwise', fields: {} });
  assert.deepEqual(
    notices.troubles.map(({ message }) => message),
    ['down otherwise'],
  );
  notices.close();
});

test('closed, it has nothing more to say', () => {
  const { notices, state, said } = world();
  state(false);
  state(true);
  state(false);
  notices.close();
  pass(10 * EVERY_MS);
  assert.deepEqual(said(), ['warn down', 'info up']);
});

test('what is wrong now is told with its beginning, also where it was not said again', () => {
  const { notices, state } = world();
  const wrong = () =>
    notices.troubles.map(({ since, ...rest }) => ({ ...rest, isDated: Date.parse(since) <= Date.now() }));
  assert.deepEqual(wrong(), []);
  state(false);
  const trouble = { topic: 'line a', level: 'warn', message: 'down', fields: { line: 'a' }, isDated: true };
  assert.deepEqual(wrong(), [trouble]);
  state(true);
  assert.deepEqual(wrong(), []);
  state(false);
  assert.deepEqual(wrong(), [trouble]);
  notices.close();
});
