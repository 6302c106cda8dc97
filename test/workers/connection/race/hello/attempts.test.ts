// Whom a hello race blames once another server has answered, and when it asks the next one: on a real engine, without a client.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Socket } from '../../../../../src/linux/engine/socket.js';
import { sendBytes } from '../../../../../src/linux/sockets.js';
import { DeadlineWheel } from '../../../../../src/protocol/deadline-wheel.js';
import type { Candidate } from '../../../../../src/protocol/lines/candidate.js';
import type { LineEvent } from '../../../../../src/protocol/lines/health/health.js';
import type { AttemptResult } from '../../../../../src/protocol/race/record.js';
import { Counter } from '../../../../../src/threads/shared/counters.js';
import { LineCounts } from '../../../../../src/threads/shared/line-counts.js';
import type { ConnectedAttempt } from '../../../../../src/workers/connection/race/hello/attempt.js';
import {
  HelloAttempts,
  type HelloAttemptsParts,
  type Runners,
} from '../../../../../src/workers/connection/race/hello/attempts.js';
import { ENGINES, type EngineKind, World } from '../../../../linux/world.js';

const HELLO = Buffer.from('the ClientHello');
/** The beginning of a record with a ServerHello. */
const ANSWER = Buffer.from([22, 3, 3, 0, 90, 2, 0, 0, 86, 3, 3]);
/** A fatal alert: handshake_failure (RFC 8446 section 6). */
const ALERT = Buffer.from([0x15, 3, 3, 0, 2, 2, 40]);
const HTTP = Buffer.from('HTTP/1.1 400 Bad Request\r\n');
const DIRECT = 0;

class Server implements ConnectedAttempt {
  readonly candidate: Candidate;
  readonly line: { readonly isDirect: boolean };
  readonly rest = undefined;
  askedAt = Number.NaN;
  answeredAt = Number.NaN;
  endedAt = Number.NaN;
  result: AttemptResult | undefined = 'connected';
  readonly learned: string[] = [];
  readonly peer: number;
  readonly #socket: Socket;

  constructor(world: World, line: number) {
    const { socket, peer } = world.connection();
    this.#socket = socket;
    this.peer = peer;
    this.candidate = { line, ip: Uint8Array.of(127, 0, 0, line) };
    this.line = { isDirect: line === DIRECT };
  }

  release(): Socket {
    return this.#socket;
  }
}

/** Servers of these lines, the first of which has won the race. */
class Asking implements Runners<Server> {
  readonly world: World;
  readonly servers: readonly Server[];
  readonly attempts: HelloAttempts<Server>;
  readonly told: LineEvent[] = [];
  readonly counters = new Float64Array(Object.keys(Counter).length);
  readonly lineCounts = new LineCounts(LineCounts.create(8));
  readonly ticks: DeadlineWheel;
  /** What has become of it. */
  outcome: string | undefined;
  /** Within which time each server should answer, in ms. */
  readonly #within_ms: number;
  #next = 1;

  constructor(kind: EngineKind, within_ms: number, lines: readonly number[]) {
    this.world = new World(kind);
    const { engine } = this.world;
    this.#within_ms = within_ms;
    this.servers = lines.map((line) => new Server(this.world, line));
    this.ticks = new DeadlineWheel(engine.now, 1);
    const parts: HelloAttemptsParts = {
      ...{ engine, ticks: this.ticks, counters: this.counters, lineCounts: this.lineCounts },
      budget: { letGo: () => {} },
      health: { silent: () => true },
      routes: { tell: (event) => void this.told.push(event) },
    };
    this.attempts = new HelloAttempts<Server>(parts, this, this.servers[0], {
      spokeFirst: () => this.#over('spoke first'),
      vacant: () => {},
      replaced: () => {},
      answered: ({ attempt }) => this.#over(`line ${attempt.candidate.line}`),
      allRefused: () => this.#over('all refused'),
    });
  }

  #over(outcome: string): void {
    assert.equal(this.outcome, undefined, 'told twice');
    this.outcome = outcome;
  }

  another(): Server | 'none' {
    const next = this.servers[this.#next];
    this.#next += 1;
    return next ?? 'none';
  }

  answersWithin(): number {
    return this.#within_ms;
  }

  reached({ learned }: Server) {
    return {
      answered: (result: string) => learned.push(`answered ${result}`),
      failed: (cause: string) => learned.push(`failed ${cause}`),
      late: () => learned.push('late'),
    };
  }

  cancel(): void {}

  says(server: Server, bytes: Uint8Array): void {
    sendBytes(server.peer, bytes);
    this.world.settle();
  }

  /** The server that was asked last is late. */
  waits(): void {
    this.world.settle();
    this.ticks.expire(this.world.engine.now + this.#within_ms + 10);
  }

  /** Ends with this outcome; gives what is told to the other actors. */
  ends(outcome: string): LineEvent[] {
    this.world.until(() => this.outcome !== undefined, 'the outcome');
    assert.equal(this.outcome, outcome);
    this.attempts.end(undefined);
    assert.equal(this.ticks.size, 0);
    this.world.end();
    return this.told;
  }
}

for (const { kind, missing } of ENGINES) {
  describe(`${kind}: hello attempts`, { skip: missing ?? false }, () => {
    test('blame the line of a proxy that was late, once another line has answered', () => {
      const asking = new Asking(kind, 0, [2, 1]);
      const [first, second] = asking.servers;
      asking.attempts.ask(HELLO);
      asking.waits();
      assert.deepEqual([first.result, asking.told], ['connected', []], 'nobody is blamed before that');
      asking.says(second, ANSWER);
      assert.deepEqual(asking.ends('line 1'), [{ kind: 'early', line: 2, early: true }]);
      assert.deepEqual([first.result, first.learned], ['silent', ['late']]);
      assert.deepEqual([second.result, second.learned], ['connected', ['answered tls']]);
      assert.deepEqual([asking.counters[Counter.replays], asking.counters[Counter.rescued]], [1, 1]);
      const unanswered = [1, 2].map((line) => LineCounts.sum([asking.lineCounts], line).unanswered);
      assert.deepEqual(unanswered, [0, 1]);
    });

    test('blame no line that still had time, none that is direct, and none that is the winner’s', () => {
      const slow = new Asking(kind, 5000, [2, 1]);
      slow.attempts.ask(HELLO);
      slow.waits();
      slow.says(slow.servers[1], ANSWER);
      assert.deepEqual(slow.ends('line 1'), []);
      assert.deepEqual([slow.servers[0].result, slow.servers[0].learned], ['connected', []]);
      for (const lines of [
        [DIRECT, 1],
        [1, 1],
      ]) {
        const asking = new Asking(kind, 0, lines);
        asking.attempts.ask(HELLO);
        asking.waits();
        asking.says(asking.servers[1], ANSWER);
        assert.deepEqual(asking.ends('line 1'), []);
        assert.deepEqual([asking.servers[0].result, asking.servers[0].learned], ['silent', ['late']]);
      }
    });

    for (const [what, said, result, told] of [
      ['an alert', ALERT, 'silent', []],
      ['another protocol', HTTP, 'not-tls', [{ kind: 'early', line: 2, early: true }]],
    ] as const) {
      test(`ask the next server after ${what}`, () => {
        const asking = new Asking(kind, 5000, [2, 1]);
        const [first, second] = asking.servers;
        asking.attempts.ask(HELLO);
        asking.says(first, said);
        asking.says(second, ANSWER);
        assert.deepEqual(asking.ends('line 1'), told);
        assert.deepEqual([first.result, first.learned], [result, [`failed ${result}`]]);
      });
    }

    test('are over when all have refused, the most telling refusal first', () => {
      const asking = new Asking(kind, 5000, [1, 2]);
      asking.attempts.ask(HELLO);
      asking.says(asking.servers[0], HTTP);
      asking.says(asking.servers[1], ALERT);
      asking.world.until(() => asking.outcome !== undefined, 'the outcome');
      assert.equal(asking.attempts.open, undefined);
      assert.equal(asking.attempts.mostTelling.attempt, asking.servers[1]);
      assert.deepEqual(asking.ends('all refused'), []);
    });
  });
}
