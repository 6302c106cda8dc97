// A trial beside the lead, on a real engine: what it sends, what it learns, and that it leaves nothing behind.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Engine } from '../../../../src/linux/engine/engine.js';
import type { Socket } from '../../../../src/linux/engine/socket.js';
import { EAGAIN } from '../../../../src/linux/errno.js';
import { sendBytes } from '../../../../src/linux/sockets.js';
import type { Failure } from '../../../../src/protocol/race/failure.js';
import type { RouteFailure } from '../../../../src/protocol/routes/candidate-memory.js';
import { type CountsOfLine, LineCounts } from '../../../../src/threads/shared/line-counts.js';
import type { MakeAttempt, RaceAttempt } from '../../../../src/workers/connection/race/attempt/attempt.js';
import { HomeTrial } from '../../../../src/workers/connection/race/home-trial.js';
import type { RoomSeeker } from '../../../../src/workers/connection/shared/dialling/attempt-room.js';
import type { DialLine } from '../../../../src/workers/connection/shared/dialling/dial-lines.js';
import { readNow, resetFd } from '../../../linux/peers.js';
import { ENGINES, type EngineKind, World } from '../../../linux/world.js';
import { FakeAttempt } from './fake-attempt.js';
import { A, ip, RaceWorld, SITE } from './race-world.js';

const HELLO = Buffer.from('the ClientHello');
/** The beginning of a record with a ServerHello. */
const ANSWER = Buffer.from([22, 3, 3, 0, 90, 2, 0, 0, 86, 3, 3]);
const HTTP = Buffer.from('HTTP/1.1 400 Bad Request\r\n');

/** An attempt with a socket. */
class PeeredAttempt extends FakeAttempt {
  readonly #socket: Socket;

  constructor(socket: Socket, ...attempt: ConstructorParameters<typeof FakeAttempt>) {
    super(...attempt);
    this.#socket = socket;
  }

  override release(): Socket {
    return this.#socket;
  }
}

class Actor extends RaceWorld<Engine> {
  readonly made: PeeredAttempt[] = [];
  readonly #socket: Socket;

  constructor(engine: Engine, socket: Socket) {
    super(engine);
    this.#socket = socket;
  }

  override readonly newAttempt: MakeAttempt = (candidate, target, outcome) => {
    const line = this.lines[candidate.line] as DialLine;
    const attempt = new PeeredAttempt(this.#socket, this.engine, line, candidate, target, outcome);
    this.made.push(attempt);
    return attempt;
  };
}

class Trying {
  readonly world: World;
  readonly actor: Actor;
  readonly learned: string[] = [];
  readonly attempt: PeeredAttempt;
  readonly trial: HomeTrial;
  readonly peer: number;

  constructor(kind: EngineKind) {
    this.world = new World(kind);
    const { socket, peer } = this.world.connection();
    this.peer = peer;
    this.actor = new Actor(this.world.engine, socket);
    const learn = (what: string) => void this.learned.push(what);
    const known = {
      triedWell: () => learn('connected'),
      failed: (_attempt: RaceAttempt, { code }: Failure) => learn(`lost ${code}`),
      reached: () => ({
        answered: (result: string) => learn(`answered ${result}`),
        failed: (cause: RouteFailure) => learn(`failed ${cause}`),
        late: () => learn('late'),
      }),
    };
    this.trial = new HomeTrial(this.actor, { line: 0, ip: ip(A) }, SITE, 0, known);
    this.attempt = this.actor.made[0];
    this.trial.start(new Seeker());
  }

  /** Its peer sends these bytes. */
  says(bytes: Uint8Array): void {
    sendBytes(this.peer, bytes);
    this.world.settle();
  }

  /** All deadlines have come. */
  waits(): void {
    this.world.settle();
    this.actor.deadlines.expire(this.world.engine.now + 60_000);
  }

  /** Of its line. */
  get counts(): CountsOfLine {
    return LineCounts.sum([this.actor.lineCounts], 0);
  }

  /** Nothing of it is left, and this was learned. */
  ends(...learned: readonly string[]): void {
    this.world.until(() => this.world.engine.size === 0, 'its connection is closed');
    assert.deepEqual(this.learned, learned);
    assert.deepEqual([this.actor.budget.total, this.actor.budget.held, this.actor.deadlines.size], [0, 0, 0]);
    this.world.end();
  }
}

class Seeker implements RoomSeeker {
  readonly target = SITE;
  waits = false;
  crowded: string[] | undefined;
  crowdOf: string | undefined;
  roomMade(): void {}
  clientIp(): undefined {
    return undefined;
  }
  clientName(): string {
    return 'a client';
  }
}

for (const { kind, missing } of ENGINES) {
  describe(`${kind}: a trial beside the lead`, { skip: missing ?? false }, () => {
    test('sends the ClientHello that the client has sent before, and learns of the answer after its race', () => {
      const trying = new Trying(kind);
      trying.trial.said(HELLO);
      trying.trial.raceOver();
      trying.attempt.connects();
      trying.world.settle();
      assert.deepEqual(readNow(trying.peer), HELLO);
      trying.says(ANSWER);
      trying.ends('connected', 'answered tls');
      const { attempts, connected, failures, wins } = trying.counts;
      assert.deepEqual([attempts, connected, failures, wins], [1, 1, 0, 0]);
      assert.ok(trying.attempt.answeredAt >= trying.attempt.askedAt);
    });

    test('sends a ClientHello that comes later', () => {
      const trying = new Trying(kind);
      trying.attempt.connects();
      trying.world.settle();
      assert.equal(readNow(trying.peer), -EAGAIN);
      trying.trial.said(HELLO);
      trying.world.settle();
      assert.deepEqual(readNow(trying.peer), HELLO);
      trying.says(HTTP);
      trying.ends('connected', 'failed not-tls');
      assert.equal(trying.attempt.result, 'not-tls');
    });

    test('learns that a server is silent', () => {
      const trying = new Trying(kind);
      trying.attempt.connects();
      trying.trial.said(HELLO);
      trying.trial.raceOver();
      trying.waits();
      trying.ends('connected', 'late');
      assert.equal(trying.attempt.result, 'silent');
    });

    test('learns of a reset', () => {
      const trying = new Trying(kind);
      trying.attempt.connects();
      trying.trial.said(HELLO);
      trying.world.hangUp(trying.peer, resetFd);
      trying.ends('connected', 'failed silent');
    });

    test('learns of a server that speaks first', () => {
      const trying = new Trying(kind);
      trying.attempt.connects();
      trying.says(Buffer.from('SSH-2.0-x\r\n'));
      trying.ends('connected', 'answered plain');
    });

    test('ends where no ClientHello comes: with its race, after it, or when the client says nothing', () => {
      const held = new Trying(kind);
      held.attempt.connects();
      held.trial.raceOver();
      held.ends('connected');
      const later = new Trying(kind);
      later.trial.raceOver();
      later.attempt.connects();
      later.ends('connected');
      const quiet = new Trying(kind);
      quiet.attempt.connects();
      quiet.waits();
      quiet.ends('connected');
      assert.equal(quiet.attempt.result, 'connected');
    });

    test('fails without a trace', () => {
      const trying = new Trying(kind);
      trying.trial.raceOver();
      trying.attempt.fails('refused');
      trying.world.engine.close(trying.attempt.release(), 'reset');
      trying.ends('lost refused');
      const { attempts, connected, failures } = trying.counts;
      assert.deepEqual([attempts, connected, failures], [1, 0, 1]);
    });
  });
}
