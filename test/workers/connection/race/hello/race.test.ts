// The hello race without a session, a race or a relay around it, on a real engine: which server carries the connection,
// what it ends with, and what becomes of the others. The attempts and the race that they come from are the test's.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Pending, type Socket } from '../../../../../src/linux/engine/socket.js';
import { ECONNRESET } from '../../../../../src/linux/errno.js';
import { sendBytes, shutdownWrite } from '../../../../../src/linux/sockets.js';
import { DeadlineWheel } from '../../../../../src/protocol/deadline-wheel.js';
import type { Candidate } from '../../../../../src/protocol/lines/candidate.js';
import type { LineEvent } from '../../../../../src/protocol/lines/health/health.js';
import type { AttemptResult } from '../../../../../src/protocol/race/record.js';
import { Counter } from '../../../../../src/threads/shared/counters.js';
import { LineCounts } from '../../../../../src/threads/shared/line-counts.js';
import type { ConnectedAttempt } from '../../../../../src/workers/connection/race/hello/attempt.js';
import type { Runners } from '../../../../../src/workers/connection/race/hello/attempts.js';
import { HelloRace, type Settled, type Undecided } from '../../../../../src/workers/connection/race/hello/race.js';
import { clientHello } from '../../../../helpers/client-hello.js';
import { fillUp, readNow, resetFd } from '../../../../linux/peers.js';
import { ENGINES, Recorder, World } from '../../../../linux/world.js';

const HELLO = Buffer.from(clientHello({ serverName: 'site.test' }));
/** The beginning of a record with a ServerHello. */
const ANSWER = Buffer.from([22, 3, 3, 0, 90, 2, 0, 0, 86, 3, 3]);
/** A fatal alert: handshake_failure (RFC 8446 section 6). */
const ALERT = Buffer.from([0x15, 3, 3, 0, 2, 2, 40]);
const HTTP = Buffer.from('HTTP/1.1 400 Bad Request\r\n');
const HOLD_MS = 300;
const PATIENCE_MS = 1000;
const CONNECT_TIMEOUT_MS = 5000;

class Connected implements ConnectedAttempt {
  readonly candidate: Candidate;
  readonly line: { readonly isDirect: boolean };
  readonly rest: Uint8Array | undefined;
  readonly peer: number;
  askedAt = Number.NaN;
  answeredAt = Number.NaN;
  endedAt = Number.NaN;
  result: AttemptResult | undefined = 'connected';
  readonly learned: string[] = [];
  readonly #socket: Socket;

  constructor(world: World, line: number, rest?: Uint8Array) {
    const { socket, peer } = world.connection();
    this.#socket = socket;
    this.peer = peer;
    this.candidate = { line, ip: Uint8Array.of(127, 0, 0, 1) };
    this.line = { isDirect: line === 0 };
    this.rest = rest;
  }

  get fd(): number {
    return this.#socket.fd;
  }

  release(): Socket {
    return this.#socket;
  }

  /** What its server has been sent by now. */
  heard(): Buffer {
    const parts: Buffer[] = [];
    for (let part = readNow(this.peer); typeof part !== 'number' && part.length > 0; part = readNow(this.peer))
      parts.push(part);
    return Buffer.concat(parts);
  }
}

interface End {
  readonly kind: (Settled<Connected> | Undecided)['kind'];
  readonly settled: Settled<Connected> | undefined;
  /** Copies of the bytes of the event. */
  readonly said: Buffer;
  /** What is pending on the client's socket and on the server's when it ends. */
  readonly pending: readonly [number, number];
}

/** A hello race, the client and the race that it gets its attempts from. */
class Racing implements Runners<Connected> {
  readonly attempts: Connected[];
  readonly client: number;
  readonly race: HelloRace<Connected>;
  readonly counters = new Float64Array(Object.keys(Counter).length);
  readonly lineCounts = new LineCounts(LineCounts.create(8));
  readonly told: LineEvent[] = [];
  /** What `another` gives once the attempts are used up. */
  last: 'coming' | 'none' = 'none';
  end: End | undefined;
  cancelled = 0;
  letGo = 0;
  readonly #world: World;
  readonly #near: Socket;
  readonly #deadlines: DeadlineWheel;
  readonly #ticks: DeadlineWheel;
  #next = 1;

  constructor(world: World, ...attempts: Connected[]) {
    const { engine } = world;
    const { socket, peer } = world.connection();
    this.attempts = attempts;
    this.client = peer;
    this.#world = world;
    this.#near = socket;
    this.#deadlines = new DeadlineWheel(engine.now);
    this.#ticks = new DeadlineWheel(engine.now, 4);
    const context = {
      ...{
        engine,
        deadlines: this.#deadlines,
        ticks: this.#ticks,
        counters: this.counters,
        lineCounts: this.lineCounts,
      },
      options: { race: { hold_ms: HOLD_MS, connect_timeout_ms: CONNECT_TIMEOUT_MS } },
      budget: {
        letGo: (connections: number) => {
          this.letGo += connections;
        },
      },
      health: { silent: () => true },
      routes: { tell: (event: LineEvent) => this.told.push(event) },
    };
    this.race = new HelloRace(context, this, attempts[0], socket, { helloRaceEnded: (end) => this.#ended(end) });
  }

  #ended(end: Settled<Connected> | Undecided): void {
    assert.equal(this.end, undefined, 'told twice');
    const settled = end.kind === 'settled' ? end : undefined;
    const { engine } = this.#world;
    const pendingOf = (socket: Socket | undefined): number =>
      socket === undefined ? 0 : engine.handOver(socket, new Recorder());
    const pending = [pendingOf(this.#near), pendingOf(settled?.socket)] as const;
    this.end = { kind: end.kind, settled, said: saidOf(settled), pending };
  }

  another(): Connected | 'coming' | 'none' {
    const next = this.attempts[this.#next];
    if (next === undefined) return this.last;
    this.#next += 1;
    return next;
  }

  answersWithin(): number {
    return PATIENCE_MS;
  }

  reached({ learned }: Connected) {
    return {
      answered: (result: string) => learned.push(`answered ${result}`),
      failed: (cause: string) => learned.push(`failed ${cause}`),
      late: () => learned.push('late'),
    };
  }

  cancel(): void {
    this.cancelled += 1;
  }

  say(bytes: Uint8Array): void {
    sendBytes(this.client, bytes);
    this.#world.settle();
  }

  answer(attempt: Connected, bytes: Uint8Array): void {
    sendBytes(attempt.peer, bytes);
    this.#world.settle();
  }

  /** So many ms later. */
  expire(after_ms: number): void {
    const { now } = this.#world.engine;
    this.#deadlines.expire(now + after_ms);
    this.#ticks.expire(now + after_ms);
  }

  /** What it has ended with. */
  over(): End {
    this.#world.until(() => this.end !== undefined, 'the end');
    const { end } = this;
    assert.ok(end !== undefined);
    assert.equal(this.cancelled, 1);
    return end;
  }

  /** The same where a server carries the connection. */
  settled(): End & { readonly settled: Settled<Connected> } {
    const end = this.over();
    const { settled } = end;
    assert.ok(settled !== undefined, end.kind);
    return { ...end, settled };
  }
}

function saidOf(settled: Settled<Connected> | undefined): Buffer {
  const event = settled?.event;
  if (event === undefined) return Buffer.alloc(0);
  return Buffer.from(event.memory.bytes.slice(event.offset, event.offset + Math.max(event.result, 0)));
}

for (const { kind, missing } of ENGINES) {
  const scenario = (name: string, body: (world: World) => void): void => {
    test(name, { skip: missing ?? false }, () => {
      const world = new World(kind);
      try {
        body(world);
      } finally {
        world.destroy();
      }
      world.end();
    });
  };

  describe(`${kind}: a hello race in which no ClientHello is sent`, () => {
    scenario('is settled by what the client says first, if that is no TLS', (world) => {
      const racing = new Racing(world, new Connected(world, 0));
      racing.race.start(undefined);
      racing.say(Buffer.from('GET / HTTP/1.1\r\n'));
      const { settled, said, pending } = racing.settled();
      assert.equal(said.toString(), 'GET / HTTP/1.1\r\n');
      assert.deepEqual(
        [settled.early, settled.sent, settled.unsent, settled.firstBytes],
        [undefined, 0, undefined, undefined],
      );
      assert.equal(settled.winner, racing.attempts[0]);
      assert.ok(settled.firstByte !== undefined);
      assert.deepEqual(pending, [0, Pending.receive]);
      assert.equal(settled.winner.heard().length, 0);
    });

    scenario('is settled by early bytes that are no TLS', (world) => {
      const racing = new Racing(world, new Connected(world, 0));
      racing.race.start(HTTP);
      const { settled, pending } = racing.settled();
      assert.deepEqual([settled.early, settled.event], [HTTP, undefined]);
      assert.deepEqual(pending, [0, Pending.receive]);
    });

    scenario('is settled by a server that speaks first', (world) => {
      const racing = new Racing(world, new Connected(world, 0));
      racing.race.start(undefined);
      racing.answer(racing.attempts[0], Buffer.from('220 ready\r\n'));
      const { settled, said, pending } = racing.settled();
      assert.equal(said.toString(), '220 ready\r\n');
      assert.equal(settled.event?.socket, settled.socket);
      assert.deepEqual(pending, [Pending.receive, 0]);
    });

    scenario('is settled at once by bytes that came with the last reply of a proxy', (world) => {
      const rest = Buffer.from('220 ready\r\n');
      const racing = new Racing(world, new Connected(world, 1, rest));
      racing.race.start(HELLO);
      const { settled, pending } = racing.settled();
      assert.deepEqual([settled.early, settled.firstBytes, settled.event], [HELLO, rest, undefined]);
      assert.deepEqual(pending, [0, 0]);
    });

    scenario('is settled by a ClientHello that must not be sent twice, since it has early data', (world) => {
      const racing = new Racing(world, new Connected(world, 0), new Connected(world, 1));
      const hello = Buffer.from(clientHello({ earlyData: true }));
      racing.race.start(undefined);
      racing.say(hello);
      const { settled } = racing.settled();
      assert.deepEqual(Buffer.from(settled.early as Uint8Array), hello);
      assert.deepEqual([settled.sent, settled.event], [0, undefined]);
    });

    scenario('is settled in time where the client says half a ClientHello', (world) => {
      const racing = new Racing(world, new Connected(world, 0));
      racing.race.start(undefined);
      racing.say(HELLO.subarray(0, 20));
      racing.expire(HOLD_MS - 100);
      assert.equal(racing.end, undefined);
      racing.expire(HOLD_MS + 100);
      const { settled, pending } = racing.settled();
      assert.deepEqual(Buffer.from(settled.early as Uint8Array), HELLO.subarray(0, 20));
      assert.equal(settled.event, undefined);
      assert.deepEqual(pending, [Pending.receive, Pending.receive]);
    });

    scenario(
      'goes on with another server when one leaves before it was asked, and holds nothing against the client',
      (world) => {
        for (const leave of [shutdownWrite, (peer: number) => world.hangUp(peer, resetFd)]) {
          const racing = new Racing(world, new Connected(world, 0), new Connected(world, 1));
          const [first, second] = racing.attempts;
          racing.race.start(undefined);
          leave(first.peer);
          world.settle();
          assert.equal(racing.end, undefined);
          racing.say(Buffer.from('GET / HTTP/1.1\r\n'));
          const { settled, said, pending } = racing.settled();
          assert.equal(settled.winner, second);
          assert.equal(said.toString(), 'GET / HTTP/1.1\r\n');
          assert.deepEqual(pending, [0, Pending.receive]);
          assert.ok(settled.firstByte !== undefined);
          assert.deepEqual([first.result, ...first.learned], ['left', 'failed silent']);
          assert.deepEqual([racing.counters[Counter.replays], racing.counters[Counter.rescued]], [0, 0]);
          assert.equal(racing.letGo, 1);
        }
      },
    );

    /** The first server has left, what the client has said is kept, and another server is coming. */
    const vacant = (world: World, said: Uint8Array | undefined): Racing => {
      const racing = new Racing(world, new Connected(world, 2));
      racing.last = 'coming';
      racing.race.start(undefined);
      shutdownWrite(racing.attempts[0].peer);
      world.settle();
      if (said !== undefined) racing.say(said);
      assert.equal(racing.end, undefined);
      return racing;
    };
    const comes = (world: World, racing: Racing): Connected => {
      const next = new Connected(world, 1);
      racing.attempts.push(next);
      racing.race.joined();
      return next;
    };

    scenario('keeps what the client says for the server that is coming', (world) => {
      for (const said of [HTTP, Buffer.concat([HELLO, Buffer.from('more')])]) {
        const racing = vacant(world, said);
        const next = comes(world, racing);
        const { settled } = racing.settled();
        assert.equal(settled.winner, next);
        assert.deepEqual(Buffer.from(settled.early as Uint8Array), said);
        assert.deepEqual([settled.sent, settled.event], [0, undefined]);
      }
    });

    scenario('keeps a ClientHello, and asks the server that is coming', (world) => {
      const racing = vacant(world, HELLO);
      const next = comes(world, racing);
      assert.deepEqual(next.heard(), HELLO);
      racing.answer(next, ANSWER);
      const { settled, said } = racing.settled();
      assert.deepEqual([settled.winner, settled.sent], [next, HELLO.length]);
      assert.deepEqual(said, ANSWER);
      assert.deepEqual([racing.counters[Counter.replays], racing.counters[Counter.rescued]], [0, 0]);
    });

    scenario('reads the rest of a ClientHello once there is a server', (world) => {
      const racing = vacant(world, HELLO.subarray(0, 20));
      const next = comes(world, racing);
      racing.say(HELLO.subarray(20));
      assert.deepEqual(next.heard(), HELLO);
      racing.answer(next, ANSWER);
      assert.equal(racing.settled().settled.winner, next);
    });

    scenario('gives what was kept to the first server, whole, when no other comes', (world) => {
      const refused = vacant(world, HELLO);
      refused.race.exhausted();
      const late = vacant(world, HELLO);
      late.expire(HOLD_MS + 100);
      for (const racing of [refused, late]) {
        const { settled } = racing.settled();
        assert.equal(settled.winner, racing.attempts[0]);
        assert.deepEqual(Buffer.from(settled.early as Uint8Array), HELLO);
        assert.deepEqual([settled.sent, settled.firstByte], [0, undefined]);
      }
    });

    scenario('is passed the refusal of the server that was asked, not of the one that had left', (world) => {
      const racing = vacant(world, HELLO);
      const next = comes(world, racing);
      world.hangUp(next.peer, resetFd);
      world.settle();
      racing.race.exhausted();
      assert.equal(racing.over().kind, 'reset-by-destination');
    });

    scenario('ends when the client is gone, also while its words are kept', (world) => {
      for (const said of [undefined, HTTP, HELLO]) {
        const racing = vacant(world, said);
        world.hangUp(racing.client, resetFd);
        assert.equal(racing.over().kind, 'reset-by-client');
      }
      world.until(() => world.engine.size === 3, 'only the clients are left');
    });

    scenario('keeps the end of a client for the server that is coming', (world) => {
      const racing = vacant(world, HTTP);
      shutdownWrite(racing.client);
      world.settle();
      assert.equal(racing.end, undefined);
      const next = comes(world, racing);
      const { settled } = racing.settled();
      assert.equal(settled.winner, next);
      assert.deepEqual(Buffer.from(settled.early as Uint8Array), HTTP);
    });

    scenario('passes on what the next server says first', (world) => {
      const rest = Buffer.from('220 ready\r\n');
      const racing = new Racing(world, new Connected(world, 0), new Connected(world, 1, rest));
      racing.race.start(undefined);
      shutdownWrite(racing.attempts[0].peer);
      const { settled } = racing.settled();
      assert.deepEqual([settled.winner, settled.firstBytes], [racing.attempts[1], rest]);
    });

    scenario('ends with the end of the server where there is no other', (world) => {
      const racing = new Racing(world, new Connected(world, 0));
      racing.race.start(undefined);
      shutdownWrite(racing.attempts[0].peer);
      const { settled, pending } = racing.settled();
      assert.deepEqual([settled.winner, settled.event], [racing.attempts[0], undefined]);
      assert.equal(settled.firstByte, undefined);
      assert.deepEqual(pending, [Pending.receive, 0]);
    });

    scenario('is settled by the end of a client that has said half a ClientHello', (world) => {
      const racing = new Racing(world, new Connected(world, 0));
      racing.race.start(HELLO.subarray(0, 20));
      shutdownWrite(racing.client);
      const { settled } = racing.settled();
      assert.deepEqual(settled.early, HELLO.subarray(0, 20));
      assert.equal(settled.event?.result, 0);
    });
  });

  describe(`${kind}: a hello race with a ClientHello`, () => {
    scenario('sends it whole, wherever it is cut, and is settled by the answer', (world) => {
      for (let cut = 0; cut <= HELLO.length; cut += 1) {
        const racing = new Racing(world, new Connected(world, 0));
        racing.race.start(cut === 0 ? undefined : HELLO.subarray(0, cut));
        if (cut < HELLO.length) racing.say(HELLO.subarray(cut));
        const [attempt] = racing.attempts;
        world.until(() => !Number.isNaN(attempt.askedAt), `the question, cut at ${cut}`);
        assert.deepEqual(attempt.heard(), HELLO);
        sendBytes(attempt.peer, ANSWER);
        const { settled, said, pending } = racing.settled();
        assert.deepEqual([settled.early, settled.sent, settled.unsent], [undefined, HELLO.length, undefined]);
        assert.deepEqual([settled.firstBytes, settled.firstByte], [undefined, undefined]);
        assert.deepEqual(said, ANSWER);
        assert.deepEqual(pending, [Pending.receive, 0]);
        assert.deepEqual(attempt.learned, ['answered tls']);
      }
    });

    scenario('keeps an answer whole, wherever it is cut', (world) => {
      for (let cut = 1; cut < ANSWER.length; cut += 1) {
        const racing = new Racing(world, new Connected(world, 0));
        racing.race.start(HELLO);
        racing.answer(racing.attempts[0], ANSWER.subarray(0, cut));
        if (racing.end === undefined) racing.answer(racing.attempts[0], ANSWER.subarray(cut));
        const { settled, said } = racing.settled();
        const whole = Buffer.concat([settled.firstBytes ?? Buffer.alloc(0), said]);
        assert.deepEqual(whole, ANSWER.subarray(0, whole.length));
        assert.ok(whole.length >= Math.min(cut, 5), `cut at ${cut}`);
      }
    });

    scenario('asks the next attempt when the first one refuses, and ends the first when the next answers', (world) => {
      const racing = new Racing(world, new Connected(world, 0), new Connected(world, 1));
      const [first, second] = racing.attempts;
      racing.race.start(HELLO);
      assert.deepEqual(first.heard(), HELLO);
      racing.answer(first, ALERT);
      assert.deepEqual(second.heard(), HELLO);
      racing.answer(second, ANSWER);
      const { settled, said } = racing.settled();
      assert.equal(settled.winner, second);
      assert.deepEqual(said, ANSWER);
      assert.deepEqual([racing.counters[Counter.replays], racing.counters[Counter.rescued]], [1, 1]);
      assert.deepEqual([first.result, ...first.learned], ['silent', 'failed silent']);
      assert.equal(racing.letGo, 1);
      world.settle();
      assert.equal(readNow(first.peer), -ECONNRESET);
    });

    scenario(
      'asks the next attempt when the first one is late, and blames its line once the next has answered',
      (world) => {
        const racing = new Racing(world, new Connected(world, 2), new Connected(world, 1));
        const [first, second] = racing.attempts;
        racing.race.start(HELLO);
        racing.expire(PATIENCE_MS - 100);
        assert.equal(second.heard().length, 0);
        racing.expire(PATIENCE_MS + 100);
        assert.deepEqual(second.heard(), HELLO);
        assert.deepEqual([first.result, racing.told.length], ['connected', 0]);
        racing.answer(second, ANSWER);
        assert.equal(racing.settled().settled.winner, second);
      },
    );

    scenario('takes the attempt that comes later, and that of the first one which answers', (world) => {
      const racing = new Racing(world, new Connected(world, 0));
      const [first] = racing.attempts;
      racing.last = 'coming';
      racing.race.start(HELLO);
      racing.answer(first, HTTP);
      assert.equal(racing.end, undefined);
      const second = new Connected(world, 1);
      racing.attempts.push(second);
      racing.race.joined();
      assert.deepEqual(second.heard(), HELLO);
      racing.answer(second, ANSWER);
      assert.equal(racing.settled().settled.winner, second);
      assert.deepEqual([first.result, ...first.learned], ['not-tls', 'failed not-tls']);
    });

    scenario('passes on the most telling refusal where nobody is left', (world) => {
      const racing = new Racing(world, new Connected(world, 0), new Connected(world, 1), new Connected(world, 2));
      const [ended, alerted, broken] = racing.attempts;
      racing.last = 'coming';
      racing.race.start(HELLO);
      shutdownWrite(ended.peer);
      world.settle();
      racing.answer(alerted, ALERT);
      world.hangUp(broken.peer, resetFd);
      world.settle();
      assert.equal(racing.end, undefined);
      racing.race.exhausted();
      const { settled, pending } = racing.settled();
      assert.equal(settled.winner, alerted);
      assert.deepEqual(Buffer.from(settled.firstBytes as Uint8Array), ALERT);
      assert.deepEqual([settled.sent, settled.event], [HELLO.length, undefined]);
      assert.deepEqual(pending, [Pending.receive, 0]);
    });

    scenario('is undecided where all servers are broken', (world) => {
      const racing = new Racing(world, new Connected(world, 0));
      racing.race.start(HELLO);
      world.hangUp(racing.attempts[0].peer, resetFd);
      assert.equal(racing.over().kind, 'reset-by-destination');
      world.until(() => world.engine.size === 1, 'only the client is left');
    });

    scenario('is undecided when the client is gone', (world) => {
      const racing = new Racing(world, new Connected(world, 0));
      racing.race.start(HELLO);
      world.settle();
      world.hangUp(racing.client, resetFd);
      assert.equal(racing.over().kind, 'reset-by-client');
      world.until(() => world.engine.size === 1, 'only the client is left');
    });

    scenario('is settled by whatever the client says next, in favour of the first that may still answer', (world) => {
      const racing = new Racing(world, new Connected(world, 0), new Connected(world, 1));
      const [first, second] = racing.attempts;
      racing.race.start(HELLO);
      racing.answer(first, ALERT);
      racing.say(Buffer.from('more'));
      const { settled, said, pending } = racing.settled();
      assert.equal(settled.winner, second);
      assert.equal(said.toString(), 'more');
      assert.deepEqual(pending, [0, Pending.receive]);
    });

    scenario('ends in time with the first attempt where nobody says anything', (world) => {
      const racing = new Racing(world, new Connected(world, 0));
      racing.race.start(HELLO);
      racing.expire(CONNECT_TIMEOUT_MS + 100);
      const { settled, pending } = racing.settled();
      assert.deepEqual([settled.winner, settled.event], [racing.attempts[0], undefined]);
      assert.deepEqual(pending, [Pending.receive, Pending.receive]);
    });

    scenario('tells what of the ClientHello a server has not taken yet', (world) => {
      const racing = new Racing(world, new Connected(world, 0));
      fillUp(racing.attempts[0].fd);
      racing.race.start(HELLO);
      racing.say(Buffer.from('more'));
      const { settled, pending } = racing.settled();
      assert.deepEqual([settled.sent, settled.unsent], [HELLO.length, HELLO]);
      assert.deepEqual(pending, [0, Pending.receive | Pending.pollOut]);
    });
  });
}
