// The silent connections of an actor, with sockets of the kernel and a clock of the test.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { closeFd, setKeepAlive, setUserTimeout } from '../../../../src/linux/sockets.js';
import { DeadlineWheel } from '../../../../src/protocol/deadline-wheel.js';
import type { Quiet } from '../../../../src/protocol/quiet/quiet.js';
import { Counter } from '../../../../src/threads/shared/counters.js';
import type { QuietCarrier } from '../../../../src/workers/connection/relay/carrier.js';
import { SilentConnections } from '../../../../src/workers/connection/silence/silent-connections.js';
import { until } from '../../../helpers/until.js';
import { connectedPair, option } from '../../../linux/peers.js';

const [IPPROTO_TCP, TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT] = [6, 4, 5, 6, 18];
const MINUTE_MS = 60_000;
const ROUND_MS = 6000;
const KEEPALIVE = { idle_s: 60, interval_s: 20, probes: 9 };
const QUIET: Quiet = { keepalive: KEEPALIVE, idle_timeout_ms: 3_600_000 };
const EVERYTHING = { least_ms: MINUTE_MS, longest: 100, unprobed: 100 };

const open = new Set<number>();
afterEach(() => {
  for (const fd of open) closeFd(fd);
  open.clear();
});

class FakeCarrier implements QuietCarrier {
  active: number;
  readonly quiet: Quiet;
  readonly fds: readonly [number, number];
  isOver = false;
  ended: string | undefined;

  constructor(active: number, quiet: Quiet = QUIET) {
    this.active = active;
    this.quiet = quiet;
    const [client, destination] = [connectedPair(), connectedPair()];
    for (const fd of [...client, ...destination]) open.add(fd);
    this.fds = [client[0], destination[0]];
    if (quiet.keepalive) for (const fd of this.fds) setKeepAlive(fd, quiet.keepalive);
  }

  get client(): { readonly fd: number } {
    return { fd: this.fds[0] };
  }

  get destination(): { readonly fd: number } | undefined {
    return this.isOver ? undefined : { fd: this.fds[1] };
  }

  cut(how: string): void {
    this.ended = how;
    this.isOver = true;
  }

  /** Of both sockets: how the kernel probes, and its time-out. */
  get settings(): readonly (readonly number[])[] {
    const names = [TCP_KEEPIDLE, TCP_KEEPINTVL, TCP_KEEPCNT, TCP_USER_TIMEOUT];
    return this.fds.map((fd) => names.map((name) => option(fd, IPPROTO_TCP, name)));
  }
}

/** `carriers`: by number; undefined where there is none. */
function world(...carriers: readonly (FakeCarrier | undefined)[]) {
  const clock = { now: 100 * MINUTE_MS };
  const deadlines = new DeadlineWheel(clock.now);
  const counters = new Float64Array(64);
  const silence = new SilentConnections({
    ...{ engine: { clock: () => clock.now }, deadlines, counters },
    records: {
      end: carriers.length,
      underway: (connection) => (carriers[connection]?.isOver === false ? carriers[connection] : undefined),
    },
  });
  const after = (ms: number): void => {
    clock.now += ms;
    deadlines.expire(clock.now);
  };
  const states = () => silence.page(0, EVERYTHING).longest.map(({ connection, state }) => [connection, state]);
  return { silence, counters, clock, after, states };
}

test('tells the longest silent first, without those that moved in the last minute or may be quiet for ever', () => {
  const { silence } = world(
    new FakeCarrier(98 * MINUTE_MS),
    undefined,
    new FakeCarrier(90 * MINUTE_MS),
    new FakeCarrier(99.5 * MINUTE_MS),
    new FakeCarrier(80 * MINUTE_MS, { ...QUIET, idle_timeout_ms: Number.POSITIVE_INFINITY }),
    new FakeCarrier(70 * MINUTE_MS, { ...QUIET, keepalive: false }),
  );
  const { longest, unprobed, next } = silence.page(0, EVERYTHING);
  assert.deepEqual(longest, [
    { connection: 5, silent_ms: 30 * MINUTE_MS, state: 'answered' },
    { connection: 2, silent_ms: 10 * MINUTE_MS, state: 'unprobed' },
    { connection: 0, silent_ms: 2 * MINUTE_MS, state: 'unprobed' },
  ]);
  assert.deepEqual(
    unprobed.map(({ connection }) => connection),
    [4, 2, 0],
  );
  assert.equal(next, undefined);
  const few = silence.page(0, { ...EVERYTHING, longest: 1, unprobed: 1 });
  assert.deepEqual([few.longest[0]?.connection, few.unprobed[0]?.connection], [5, 4]);
  assert.deepEqual([few.longest.length, few.unprobed.length], [1, 1]);
});

test('what it tells comes page by page', () => {
  const one = new FakeCarrier(0);
  const { silence } = world(...new Array(1500).fill(undefined), one);
  const first = silence.page(0, EVERYTHING);
  assert.deepEqual([first.longest, first.next], [[], 1024]);
  assert.deepEqual(silence.page(1024, EVERYTHING).longest[0]?.connection, 1500);
});

test('probes at once on both sides, whatever TCP_USER_TIMEOUT says, until the round is over', async () => {
  const carrier = new FakeCarrier(90 * MINUTE_MS);
  for (const fd of carrier.fds) setUserTimeout(fd, 1234);
  const { silence, counters, after, states, clock } = world(carrier);
  const [usual, hasty] = [
    [60, 20, 9, 1234],
    [1, 1, 4, 0],
  ];
  assert.equal(silence.probe([{ connection: 0, silent_ms: 10 * MINUTE_MS }]), 1);
  assert.deepEqual(carrier.settings, [hasty, hasty]);
  assert.equal(counters[Counter.probedForRoom], 1);
  assert.deepEqual(states(), [[0, 'asked']]);
  // Something has come from both kernels in the time that has really passed.
  const begun = performance.now();
  await until('both have been heard', () => {
    clock.now = 100 * MINUTE_MS + (performance.now() - begun);
    return states()[0]?.[1] === 'answered';
  });
  after(ROUND_MS + 100);
  assert.deepEqual(carrier.settings, [usual, usual]);
  after(5 * MINUTE_MS);
  assert.deepEqual(states(), [[0, 'unprobed']]);
});

test('what lives when the round is over has answered; what has moved since is not what was probed', () => {
  const [quiet, moved] = [new FakeCarrier(90 * MINUTE_MS), new FakeCarrier(90 * MINUTE_MS)];
  const { silence, after, states } = world(quiet, moved);
  silence.probe([0, 1].map((connection) => ({ connection, silent_ms: 0 })));
  after(ROUND_MS + 100);
  moved.active = 100 * MINUTE_MS + 50;
  after(2 * MINUTE_MS);
  assert.deepEqual(states(), [
    [0, 'answered'],
    [1, 'unprobed'],
  ]);
});

test('what has ended, moved, or must not be probed is left alone', () => {
  const [over, moved, off] = [
    new FakeCarrier(0),
    new FakeCarrier(0),
    new FakeCarrier(0, { ...QUIET, keepalive: false }),
  ];
  const { silence, counters, after } = world(over, moved, off);
  const told = [0, 1, 2].map((connection) => ({ connection, silent_ms: 100 * MINUTE_MS }));
  moved.active = 99 * MINUTE_MS;
  const before = off.settings;
  assert.equal(silence.probe(told), 1);
  assert.deepEqual([off.settings, moved.settings[0]?.[0]], [before, 60]);
  over.isOver = true;
  after(ROUND_MS);
  assert.equal(over.settings[0]?.[0], 1, 'its number may be of another socket');
  assert.equal(silence.end(told), 1);
  assert.deepEqual([over.ended, moved.ended, off.ended], [undefined, undefined, 'ended-for-room']);
  assert.equal(counters[Counter.probedForRoom], 1);
});
