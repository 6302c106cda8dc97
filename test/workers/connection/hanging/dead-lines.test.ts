// Which sessions are ended on a line that is doubted, dead or without a link. The kernel and the time are the test's.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TcpInfo } from '../../../../src/linux/tcp-info.js';
import { parseIp } from '../../../../src/protocol/address/address.js';
import { DeadlineWheel } from '../../../../src/protocol/deadline-wheel.js';
import { type LineEvent, LineHealth } from '../../../../src/protocol/lines/health/health.js';
import { DeadLines } from '../../../../src/workers/connection/hanging/dead-lines.js';
import type { Carrier } from '../../../../src/workers/connection/relay/carrier.js';

const ip = (text: string): Uint8Array => parseIp(text) as Uint8Array;
const LOCAL = ip('10.1.0.1');
const [DIRECT, PROXY] = [0, 1];
const FIRST_RTO_MS = 200;
const STEP_MS = 4;

/** A session of the test; its fd is its number. */
class Session implements Carrier {
  readonly line: number;
  readonly peer: Uint8Array;
  readonly #world: World;
  /** When something was sent that is not acknowledged. */
  sentAt: number | undefined;
  heardAt: number;
  acked = 1;
  hasDevice = true;
  isTunnel = false;
  isCut = false;
  readonly fd: number;

  constructor(world: World, fd: number, line: number, peer: string) {
    this.#world = world;
    this.fd = fd;
    this.line = line;
    this.peer = ip(peer);
    // Before the lines are doubted.
    this.heardAt = world.engine.now - 1000;
  }

  get destination(): { readonly fd: number } | undefined {
    return this.isCut ? undefined : this;
  }

  cut(): void {
    assert.ok(!this.isCut);
    this.isCut = true;
  }

  get info(): TcpInfo {
    const { now } = this.#world.engine;
    const unacked = this.sentAt === undefined ? 0 : 1;
    let backoff = 0;
    while (this.sentAt !== undefined && FIRST_RTO_MS * (2 ** (backoff + 1) - 1) <= now - this.sentAt) backoff += 1;
    const rto_ms = FIRST_RTO_MS * 2 ** backoff;
    const { acked } = this;
    const waited_ms = this.sentAt === undefined ? 3_600_000 : now - this.sentAt;
    const sent_ms = waited_ms - (this.sentAt === undefined ? 0 : FIRST_RTO_MS * (2 ** backoff - 1));
    const news = { sent_ms, unacked, notSent: 0, retransmits: backoff, probes: 0, backoff, rto_ms, acked, received: 0 };
    return { ...news, heard_ms: now - this.heardAt };
  }
}

class World {
  readonly engine = { now: 1_000_000 };
  readonly deadlines = new DeadlineWheel(this.engine.now);
  readonly ticks = new DeadlineWheel(this.engine.now, 4);
  readonly health = new LineHealth(2);
  readonly told: LineEvent[] = [];
  readonly sessions: Session[] = [];
  readonly lines: DeadLines;
  /** Since when the local address has been gone. */
  goneSince: number | undefined;
  looks = 0;

  constructor() {
    const of = (fd: number): Session => this.sessions[fd % 1000] as Session;
    this.lines = new DeadLines({
      ...{ engine: this.engine, deadlines: this.deadlines, ticks: this.ticks, health: this.health },
      routes: { tell: (event) => void this.told.push(event) },
      records: new Records(this.sessions),
      // The sockets of tunnels have numbers above 1000.
      tunnels: { tcpOf: (fd) => fd + 1000 },
      isDirect: (line) => line === DIRECT,
      goneSince: () => this.goneSince,
      kernel: {
        tcpInfo: (fd) => {
          this.looks += 1;
          return of(fd).isTunnel && fd < 1000 ? undefined : of(fd).info;
        },
        hasLostDevice: (fd) => !of(fd).hasDevice,
        localEndpoint: () => ({ ip: LOCAL, port: 1 }),
        peerEndpoint: (fd) => ({ ip: of(fd).peer, port: 443 }),
      },
    });
  }

  open(line: number, peer: string, count = 1): Session[] {
    const opened = Array.from({ length: count }, (_, i) => new Session(this, this.sessions.length + i, line, peer));
    this.sessions.push(...opened);
    return opened;
  }

  after(ms: number): void {
    for (const end = this.engine.now + ms; this.engine.now < end; ) {
      this.engine.now += STEP_MS;
      this.deadlines.expire(this.engine.now);
      this.ticks.expire(this.engine.now);
    }
  }

  /** Another line wins a race for an address in this network. */
  lose(peer: number, line = DIRECT): void {
    const { now } = this.engine;
    if (this.health.lost(line, line === DIRECT ? peer : 0, now - 60, now)) this.lines.doubts(line);
  }

  /** The line dies: three networks fail over it, for longer than a second. */
  die(line = DIRECT): void {
    this.lose(1, line);
    this.lose(2, line);
    this.after(1200);
    this.lose(3, line);
  }

  send(sessions: readonly Session[]): void {
    for (const session of sessions) session.sentAt ??= this.engine.now;
  }

  /** Everything that was sent is acknowledged. */
  hear(sessions: readonly Session[]): void {
    for (const session of sessions) {
      session.sentAt = undefined;
      session.acked += 1;
      session.heardAt = this.engine.now;
    }
  }

  get kinds(): readonly string[] {
    return this.told.map(({ kind }) => kind);
  }
}

class Records {
  readonly #sessions: readonly Session[];

  constructor(sessions: readonly Session[]) {
    this.#sessions = sessions;
  }

  get end(): number {
    return this.#sessions.length;
  }

  lineOf(slot: number): number | undefined {
    return this.#sessions[slot]?.line;
  }

  underway(slot: number): Carrier | undefined {
    return this.#sessions[slot]?.isCut ? undefined : this.#sessions[slot];
  }
}

const cutOf = (sessions: readonly Session[]): number => sessions.filter(({ isCut }) => isCut).length;

test('of hundreds of sessions over a line that dies, those that wait are ended, and no other', () => {
  const world = new World();
  const [waiting, quiet] = [world.open(DIRECT, '192.0.2.1', 300), world.open(DIRECT, '198.51.100.1', 300)];
  const others = world.open(PROXY, '203.0.113.1', 300);
  world.after(1000);
  world.send([...waiting, ...others]);
  world.die();
  world.after(3500);
  assert.equal(cutOf(world.sessions), 0);
  world.after(4500);
  assert.deepEqual([waiting, quiet, others].map(cutOf), [300, 0, 0]);
  const cut = world.told.filter((event) => event.kind === 'cut');
  assert.deepEqual(cut, [{ kind: 'cut', line: DIRECT, sessions: 300 }]);
  // One that sends later hangs later.
  world.after(60_000);
  world.send(quiet.slice(0, 7));
  world.after(4500);
  assert.equal(cutOf(quiet), 0);
  world.after(10_000);
  assert.equal(cutOf(quiet), 7);
});

test('where no line is doubted nothing is looked at', () => {
  const world = new World();
  world.send(world.open(DIRECT, '192.0.2.1', 10));
  world.after(600_000);
  assert.deepEqual([world.looks, world.deadlines.size, world.ticks.size], [0, 0, 0]);
});

test('a session over the line that moves disproves the doubt, and nobody is ended', () => {
  const world = new World();
  const waiting = world.open(DIRECT, '192.0.2.1', 10);
  const [moving] = world.open(DIRECT, '198.51.100.1');
  world.send(waiting);
  world.die();
  world.after(1000);
  world.hear([moving as Session]);
  world.after(20_000);
  assert.equal(cutOf(world.sessions), 0);
  assert.equal(world.health.isDead(DIRECT, world.engine.now), false);
  assert.deepEqual(world.kinds, ['works']);
  assert.deepEqual([world.deadlines.size, world.ticks.size], [0, 0]);
});

test('what a peer sends again and again disproves nothing: it does not hear this machine', () => {
  const world = new World();
  const waiting = world.open(DIRECT, '192.0.2.1', 10);
  const [deaf] = world.open(DIRECT, '198.51.100.1');
  world.send(waiting);
  world.die();
  for (let i = 0; i < 70; i += 1) {
    world.after(100);
    (deaf as Session).heardAt = world.engine.now;
  }
  assert.deepEqual([cutOf(waiting), deaf?.isCut], [10, false]);
});

test('what came before the line fell silent disproves nothing', () => {
  const world = new World();
  const waiting = world.open(DIRECT, '192.0.2.1', 10);
  const [moved] = world.open(DIRECT, '198.51.100.1');
  world.hear([moved as Session]);
  world.after(100);
  world.send(waiting);
  world.die();
  world.after(6000);
  assert.deepEqual([cutOf(waiting), moved?.isCut], [10, false]);
});

test('a neighbour that moves says nothing of what is far away', () => {
  const world = new World();
  const waiting = world.open(DIRECT, '192.0.2.1', 10);
  const neighbour = world.open(DIRECT, '192.168.1.5');
  world.send(waiting);
  world.die();
  for (let i = 0; i < 70; i += 1) {
    world.after(100);
    world.hear(neighbour);
  }
  assert.deepEqual([cutOf(waiting), cutOf(neighbour)], [10, 0]);
});

test('a line that comes back in time, seen by a new connection, ends nobody', () => {
  const world = new World();
  const waiting = world.open(DIRECT, '192.0.2.1', 100);
  world.send(waiting);
  world.die();
  world.after(3000);
  assert.equal(world.health.works(DIRECT, world.engine.now, false), true);
  world.after(5000);
  assert.equal(cutOf(waiting), 0);
});

test('two sessions that hang make it certain for a gateway with one destination', () => {
  const world = new World();
  const sessions = [...world.open(DIRECT, '192.0.2.1'), ...world.open(DIRECT, '198.51.100.1')];
  world.send(sessions);
  world.lose(77);
  world.after(1200);
  world.lose(77);
  world.after(3000);
  assert.equal(cutOf(sessions), 0);
  world.after(4000);
  assert.equal(cutOf(sessions), 2);
  assert.deepEqual(world.kinds, ['hangs', 'hangs', 'cut']);
});

test('one site that cannot be reached ends no session, though its own hangs', () => {
  const world = new World();
  const [own] = world.open(DIRECT, '0.0.76.1');
  const quiet = world.open(DIRECT, '198.51.100.1', 5);
  world.send([own as Session]);
  for (let i = 0; i < 20; i += 1) {
    world.lose(77);
    world.after(1000);
  }
  assert.deepEqual([own?.isCut, cutOf(quiet)], [false, 0]);
});

test('sessions over proxies, and through tunnels to them, are judged by the way to the proxy', () => {
  const world = new World();
  const sessions = world.open(PROXY, '203.0.113.80', 4);
  for (const session of sessions.slice(2)) session.isTunnel = true;
  const waiting = [sessions[0], sessions[2]] as Session[];
  world.send(waiting);
  world.die(PROXY);
  world.after(6000);
  assert.deepEqual(
    sessions.map(({ isCut }) => isCut),
    [true, false, true, false],
  );
});

test('while its link is down a line ends what waits, and keeps what is quiet', () => {
  const world = new World();
  const [waiting, quiet] = [world.open(DIRECT, '192.0.2.1', 3), world.open(DIRECT, '192.0.2.1', 3)];
  world.health.linkIs(DIRECT, false, world.engine.now);
  world.lines.doubts(DIRECT);
  world.send(waiting);
  world.after(4000);
  assert.equal(cutOf(world.sessions), 0);
  world.after(3000);
  assert.deepEqual([cutOf(waiting), cutOf(quiet)], [3, 0]);
  world.after(600_000);
  assert.equal(cutOf(quiet), 0);
  world.health.linkIs(DIRECT, true, world.engine.now);
  world.after(5000);
  assert.deepEqual([cutOf(quiet), world.deadlines.size], [0, 0]);
});

test('a wiggled cable ends nobody', () => {
  const world = new World();
  const waiting = world.open(DIRECT, '192.0.2.1', 3);
  world.health.linkIs(DIRECT, false, world.engine.now);
  world.lines.doubts(DIRECT);
  world.send(waiting);
  world.after(4000);
  world.health.linkIs(DIRECT, true, world.engine.now);
  world.after(2000);
  world.hear(waiting);
  world.after(5000);
  assert.equal(cutOf(waiting), 0);
});

test('whose interface is deleted can never go on, and whose address is gone not for long', () => {
  const world = new World();
  const [deleted, kept] = [world.open(DIRECT, '192.0.2.1', 3), world.open(DIRECT, '192.0.2.1', 3)];
  for (const session of deleted) session.hasDevice = false;
  world.health.linkIs(DIRECT, false, world.engine.now);
  world.lines.doubts(DIRECT);
  world.after(1500);
  assert.deepEqual([cutOf(deleted), cutOf(kept)], [3, 0]);
  world.goneSince = world.engine.now;
  world.after(4000);
  assert.equal(cutOf(kept), 0);
  world.after(3000);
  assert.equal(cutOf(kept), 3);
});

test('a link that comes back with another address leaves nobody behind, and looks no longer than it must', () => {
  const world = new World();
  const sessions = world.open(DIRECT, '192.0.2.1', 3);
  world.send(sessions);
  world.goneSince = world.engine.now;
  world.health.linkIs(DIRECT, true, world.engine.now);
  world.lines.linkChanged(DIRECT);
  world.after(4000);
  assert.equal(cutOf(sessions), 0);
  world.after(3000);
  assert.equal(cutOf(sessions), 3);
  world.after(3000);
  assert.deepEqual([world.deadlines.size, world.ticks.size], [0, 0]);
});

test('a link that changes ends no session whose address is there, though its peer is slow', () => {
  const world = new World();
  const sessions = world.open(DIRECT, '192.0.2.1', 3);
  world.send(sessions);
  world.lines.linkChanged(DIRECT);
  world.after(60_000);
  assert.equal(cutOf(sessions), 0);
});

test('a look at thousands of sessions takes many turns', () => {
  const world = new World();
  const sessions = world.open(DIRECT, '192.0.2.1', 900);
  world.send(sessions.slice(0, 500));
  world.die();
  world.after(4000);
  let most = 0;
  for (let i = 0; i < 700; i += 1) {
    const [looks, cut] = [world.looks, cutOf(sessions)];
    world.after(STEP_MS);
    most = Math.max(most, world.looks - looks);
    assert.ok(cutOf(sessions) - cut <= 64);
  }
  assert.equal(cutOf(sessions), 500);
  assert.ok(most <= 128, `${most} sockets in one turn`);
});
