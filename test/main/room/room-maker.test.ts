// How room is made when connections_max is near or reached, with actors of the test and no clock but its own.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Notices } from '../../../src/main/process/notices.js';
import { RoomMaker, type RoomOptions } from '../../../src/main/room/room-maker.js';
import { Longest } from '../../../src/protocol/quiet/longest.js';
import type { ProbeState, Silent, SilentConnection, SilentPage, Wanted } from '../../../src/protocol/quiet/room.js';
import { captureLog } from '../../helpers/capture-log.js';

const MINUTE_MS = 60_000;

/** An actor with connections by their numbers, and how long they have been silent, in minutes. */
class FakeActor {
  readonly connections: Map<number, { silent_ms: number; state: ProbeState }>;
  readonly probed: number[] = [];
  readonly ended: number[] = [];
  asked = 0;
  /** Whether the peers of what is probed have vanished. */
  vanish = false;

  constructor(...minutes: readonly number[]) {
    this.connections = new Map(
      minutes.map((length, number) => [number, { silent_ms: length * MINUTE_MS, state: 'unprobed' as ProbeState }]),
    );
  }

  /** Two connections a page. */
  async silent(from: number, { least_ms, longest: most, unprobed: mostUnprobed }: Wanted): Promise<SilentPage> {
    this.asked += 1;
    const [longest, unprobed] = [new Longest<SilentConnection>(most), new Longest<SilentConnection>(mostUnprobed)];
    const all = [...this.connections].slice(from, from + 2);
    for (const [connection, own] of all) {
      if (own.silent_ms < least_ms) continue;
      longest.add({ connection, ...own });
      if (own.state === 'unprobed') unprobed.add({ connection, ...own });
    }
    const next = from + 2 < this.connections.size ? from + 2 : undefined;
    return { longest: longest.list, unprobed: unprobed.list, next };
  }

  async probeSilent(connections: readonly Silent[]): Promise<number> {
    for (const { connection } of connections) {
      this.probed.push(connection);
      const own = this.connections.get(connection);
      if (own !== undefined) own.state = this.vanish ? 'asked' : 'answered';
    }
    return connections.length;
  }

  async endSilent(connections: readonly Silent[]): Promise<number> {
    for (const { connection } of connections) {
      this.ended.push(connection);
      this.connections.delete(connection);
    }
    return connections.length;
  }
}

function world(actors: readonly (FakeActor | undefined)[], options: Partial<RoomOptions> = {}) {
  const { log, records } = captureLog();
  const state = { waiting: 0, now: 0 };
  const maker = new RoomMaker(
    { connections_max: 100, end_idle_after_s: 300, ...options },
    { actors: () => actors, waiting: () => state.waiting, notices: new Notices(log), now: () => state.now },
  );
  /** One look, a while after the last one. */
  const look = async (room: number, waiting = 0, after_ms = 2000, held = 0): Promise<void> => {
    state.waiting = waiting;
    state.now += after_ms;
    maker.turned(room, false, held);
    await maker.look();
  };
  return { maker, look, records, state };
}

test('when few are free, peers of what has been silent for a minute are probed, and none is ended', async () => {
  const actor = new FakeActor(0.9, 1, 30, 10);
  const { look, maker } = world([actor]);
  await look(20, 5);
  assert.deepEqual([actor.probed, actor.ended], [[2, 3, 1], []]);
  await look(20);
  assert.deepEqual(actor.probed.length, 3);
  maker.stop();
});

test('many are probed piece by piece', async () => {
  const actor = new FakeActor(...new Array(150).fill(9));
  const pieces: number[] = [];
  actor.probeSilent = async ({ length }) => {
    pieces.push(length);
    return length;
  };
  const { look, maker } = world([actor]);
  await look(20);
  assert.deepEqual(pieces, [64, 64, 22]);
  maker.stop();
});

test('when clients wait, exactly as many end as wait, the longest silent of all actors first, once they were probed', async () => {
  const [one, other] = [new FakeActor(10, 40, 0.5), new FakeActor(20, 30, 4.9)];
  const { look, maker, records } = world([one, undefined, other]);
  await look(0, 3);
  assert.deepEqual([one.ended, other.ended], [[], []]);
  await look(0, 3, 250);
  assert.deepEqual([one.ended, other.ended], [[1], [1, 0]]);
  assert.deepEqual(
    records.map(({ level, msg, ended, silent_s }) => [level, msg, ended, silent_s]),
    [
      [
        'warn',
        'connections_max is reached: those that were silent for longest are ended, so that clients that wait come in',
        3,
        1200,
      ],
    ],
  );
  // What is left has been silent for less than 300 s, but one.
  await look(0, 9, 250);
  await look(0, 9, 250);
  assert.deepEqual(
    [one.ended, other.ended],
    [
      [1, 0],
      [1, 0],
    ],
  );
  maker.stop();
});

test('nobody who lives ends while peers that may have vanished are asked', async () => {
  const actor = new FakeActor(60, 50);
  actor.vanish = true;
  const { look, maker } = world([actor]);
  await look(0, 1);
  await look(0, 1, 250);
  assert.deepEqual(actor.ended, []);
  const [own, gone] = [actor.connections.get(0), actor.connections.get(1)];
  assert.ok(own !== undefined && gone !== undefined);
  own.state = 'answered';
  await look(0, 1, 250);
  assert.deepEqual(actor.ended, []);
  actor.connections.delete(1);
  await look(0, 1, 250);
  assert.deepEqual(actor.ended, [0]);
  maker.stop();
});

test('nobody ends while nobody waits, while there is room, or where none may end', async () => {
  for (const [room, waiting, end_idle_after_s] of [
    [0, 0, 300],
    [1, 5, 300],
    [0, 5, 0],
  ] as const) {
    const actor = new FakeActor(60, 50);
    const { look, maker } = world([actor], { end_idle_after_s });
    for (let count = 0; count < 3; count += 1) await look(room, waiting);
    assert.deepEqual([actor.probed, actor.ended], [[0, 1], []]);
    maker.stop();
  }
});

test('a client that is accepted and held waits like those in the backlogs', async () => {
  const actor = new FakeActor(60, 50, 40, 30);
  const { look, maker } = world([actor]);
  for (let count = 0; count < 2; count += 1) await look(0, 0, 2000, 1);
  assert.deepEqual(actor.ended, [0]);
  await look(0, 1, 2000, 1);
  assert.deepEqual(actor.ended, [0, 1, 2]);
  await look(0);
  assert.deepEqual(actor.ended, [0, 1, 2]);
  maker.stop();
});

test('nobody ends for a client that is held though there is room: it waits for an actor', async () => {
  const actor = new FakeActor(60, 50, 40);
  const { maker, state } = world([actor]);
  maker.turned(2, true, 2);
  for (let count = 0; count < 2; count += 1) {
    state.now += 2000;
    await maker.look();
  }
  assert.deepEqual(actor.ended, []);
  maker.turned(2, true, 3);
  state.now += 2000;
  await maker.look();
  assert.deepEqual(actor.ended, [0]);
  maker.stop();
});

test('when another process has the backlogs, room is made for those that are held, and then no more', async (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const actor = new FakeActor(60, 50, 40);
  const { look, maker, state } = world([actor]);
  maker.retire();
  for (let count = 0; count < 2; count += 1) await look(0, 9, 2000, 1);
  assert.deepEqual(actor.ended, [0]);
  const { asked } = actor;
  for (let count = 0; count < 3; count += 1) {
    maker.turned(0, false, 0);
    context.mock.timers.tick(5000);
    await new Promise(setImmediate);
    state.now += 5000;
  }
  assert.equal(actor.asked, asked);
  maker.stop();
});

test('a reload may allow it, or forbid it', async () => {
  const actor = new FakeActor(60, 50, 40);
  const { look, maker } = world([actor], { end_idle_after_s: 0 });
  for (let count = 0; count < 2; count += 1) await look(0, 1);
  assert.deepEqual(actor.ended, []);
  maker.set({ connections_max: 100, end_idle_after_s: 300 });
  await look(0, 1);
  assert.deepEqual(actor.ended, [0]);
  maker.set({ connections_max: 100, end_idle_after_s: 0 });
  await look(0, 1);
  assert.deepEqual(actor.ended, [0]);
  maker.stop();
});

test('a machine without descriptors is full, too', async () => {
  const actor = new FakeActor(60);
  const { maker, state } = world([actor]);
  maker.turned(90, true, 0);
  state.waiting = 1;
  for (let count = 0; count < 2; count += 1) {
    state.now += 2000;
    await maker.look();
  }
  assert.deepEqual(actor.ended, [0]);
  maker.stop();
});

test('connections are looked at seldom where that is of no use, and not at all while there is room', async () => {
  const actor = new FakeActor(0.5, 0.4);
  const { look, maker } = world([actor]);
  await look(0, 5);
  assert.equal(actor.asked, 1);
  for (let count = 0; count < 7; count += 1) await look(0, 5, 250);
  assert.equal(actor.asked, 1);
  await look(0, 5, 250);
  assert.equal(actor.asked, 2);
  maker.stop();
});

test('an actor that does not answer, or dies, holds nobody up', async (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  const mute = new FakeActor(90);
  mute.silent = () => {
    setImmediate(() => context.mock.timers.tick(5000));
    return new Promise(() => {});
  };
  const broken = new FakeActor(80);
  broken.probeSilent = () => Promise.reject(new Error('gone'));
  const well = new FakeActor(70);
  const { look, maker } = world([mute, broken, well]);
  await look(0, 1);
  assert.deepEqual(well.probed, [0]);
  maker.stop();
});
