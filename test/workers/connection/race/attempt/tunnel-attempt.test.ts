// An attempt through a tunnel, on a real engine and without a TLS actor: the test has the far end.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type SentFd, sentFd, socketPair } from '../../../../../src/linux/pairs.js';
import { closeFd, sendBytes } from '../../../../../src/linux/sockets.js';
import { targetOfName } from '../../../../../src/protocol/address/target.js';
import { DeadlineWheel } from '../../../../../src/protocol/deadline-wheel.js';
import { LineHealth } from '../../../../../src/protocol/lines/health/health.js';
import { type Hop, lineOf } from '../../../../../src/protocol/lines/line.js';
import { encodeOutcome, type TunnelOutcome } from '../../../../../src/protocol/outbound/tunnel.js';
import { type Failure, failureOf } from '../../../../../src/protocol/race/failure.js';
import type { RaceAttempt } from '../../../../../src/workers/connection/race/attempt/attempt.js';
import { attemptFor, type TunnelParts } from '../../../../../src/workers/connection/race/attempt/tunnel-attempt.js';
import { dialLines } from '../../../../../src/workers/connection/shared/dialling/dial-lines.js';
import { Links } from '../../../../../src/workers/connection/shared/dialling/links.js';
import { readNow } from '../../../../linux/peers.js';
import { ENGINES, type EngineKind, World } from '../../../../linux/world.js';

const HOP: Hop = {
  ...{ kind: 'https', host: '192.0.2.1', port: 443, username: undefined, password: undefined },
  tls: { serverName: 'proxy.test', caFile: undefined },
};
const LINES = dialLines([lineOf(0, 'office', { ip: undefined, port: 0 }, [HOP])]);
const TIMEOUT_MS = 5000;
const OPEN: TunnelOutcome = { code: 'open', fd: 4242, tcp: { fd: 4243, inode: 1 } };

/** One attempt for far.test:443, which has started. */
class Tried {
  readonly world: World;
  readonly deadlines: DeadlineWheel;
  readonly attempt: RaceAttempt;
  far = -1;
  connected = false;
  failure: Failure | undefined;
  readonly told: string[] = [];

  constructor(kind: EngineKind, refusal?: Failure) {
    const world = new World(kind);
    this.world = world;
    this.deadlines = new DeadlineWheel(world.engine.now);
    const tunnels: TunnelParts['tunnels'] = {
      order: (line, ip) => {
        if (refusal !== undefined) return refusal;
        this.told.push(`order ${line} ${ip.join('.')}`);
        const [near, far] = socketPair() as readonly [number, number];
        this.far = far;
        world.keep(far);
        return { code: 'ordered', near, far: sentFd(far) };
      },
      opened: (_near, { fd }, theirs) => this.told.push(`opened ${this.#name(fd)} ${theirs}`),
      letGo: ({ fd }: SentFd) => this.told.push(`let go ${this.#name(fd)}`),
    };
    const parts: TunnelParts = {
      ...{ engine: world.engine, deadlines: this.deadlines, lines: LINES, trace: undefined, tunnels },
      options: { tcp_user_timeout_ms: 0, race: { connect_timeout_ms: TIMEOUT_MS } },
      circles: { depthToTell: () => 0 },
      links: new Links(new LineHealth(1)),
    };
    const target = targetOfName('far.test', 443);
    assert.ok(target !== undefined);
    this.attempt = attemptFor(parts, { line: 0, ip: Uint8Array.of(192, 0, 2, 1) }, target, {
      depth: 0,
      connected: () => {
        this.connected = true;
      },
      failed: (_attempt, failure) => {
        this.failure = failure;
      },
    });
  }

  #name(fd: number): string {
    return fd === this.far ? 'far' : 'a stranger';
  }

  say(bytes: Uint8Array): void {
    sendBytes(this.far, bytes);
    this.world.settle();
  }

  heard(): string {
    const got = readNow(this.far);
    return typeof got === 'number' ? String(got) : got.toString();
  }

  end(): void {
    if (this.failure === undefined) this.attempt.abandon('abandoned');
    this.world.settle();
    this.world.end();
  }
}

for (const { kind, missing } of ENGINES) {
  describe(`${kind}: an attempt through a tunnel`, { skip: missing ?? false }, () => {
    test('asks the proxy once the tunnel is open, wherever the outcome is split', () => {
      const outcome = encodeOutcome(OPEN);
      for (let split = 0; split <= outcome.length; split += 1) {
        const tried = new Tried(kind);
        assert.equal(tried.attempt.start().code, 'started');
        if (split > 0) tried.say(outcome.subarray(0, split));
        if (split < outcome.length) tried.say(outcome.subarray(split));
        assert.match(tried.heard(), /^CONNECT far\.test:443 HTTP\/1\.1\r\n/);
        tried.say(Buffer.from('HTTP/1.1 200 OK\r\n\r\nhello'));
        assert.equal(tried.connected, true);
        assert.equal(Buffer.from(tried.attempt.rest ?? []).toString(), 'hello');
        assert.deepEqual(tried.told, ['order 0 192.0.2.1', 'opened far 4242']);
        tried.end();
      }
    });

    test('fails with the cause that it is told, and lets the far end go', () => {
      for (const [said, code, whose] of [
        [{ code: 'failed', cause: 'proxy-certificate', detail: 'CERT_HAS_EXPIRED' }, 'proxy-certificate', 'line'],
        [{ code: 'failed', cause: 'timed-out', detail: undefined }, 'proxy-unreachable', 'line'],
        [{ code: 'failed', cause: 'out-of-resources', detail: 'EMFILE' }, 'out-of-resources', 'us'],
      ] as const) {
        const tried = new Tried(kind);
        tried.attempt.start();
        tried.say(encodeOutcome(said));
        assert.deepEqual([tried.failure?.code, tried.failure?.whose], [code, whose]);
        assert.deepEqual(tried.told.slice(1), ['let go far']);
        tried.end();
      }
    });

    test('is this gateway’s own failure where the other thread ends, or says what is no outcome', () => {
      for (const wrong of [Buffer.from('no JSON\n'), undefined]) {
        const tried = new Tried(kind);
        tried.attempt.start();
        if (wrong === undefined) tried.world.hangUp(tried.far, closeFd);
        else sendBytes(tried.far, wrong);
        tried.world.until(() => tried.failure !== undefined, 'the failure');
        assert.deepEqual([tried.failure?.code, tried.failure?.whose], ['internal', 'us']);
        tried.end();
      }
    });

    test('takes no word from a proxy that has not been asked', () => {
      const tried = new Tried(kind);
      tried.attempt.start();
      tried.say(Buffer.concat([encodeOutcome(OPEN), Buffer.from('220')]));
      assert.equal(tried.failure?.code, 'proxy-protocol');
      tried.end();
    });

    test('is given up with both ends, by its deadline or by the race', () => {
      const late = new Tried(kind);
      late.attempt.start();
      late.deadlines.expire(late.world.engine.now + TIMEOUT_MS + 1000);
      assert.equal(late.failure?.code, 'proxy-unreachable');
      assert.deepEqual(late.told.slice(1), ['let go far']);
      late.end();
      const needless = new Tried(kind);
      needless.attempt.start();
      needless.attempt.abandon('abandoned');
      assert.deepEqual(needless.told.slice(1), ['let go far']);
      needless.end();
    });

    test('does not start where there is no tunnel to be had', () => {
      const tried = new Tried(kind, failureOf('internal', 'the thread for TLS is being started'));
      assert.equal(tried.attempt.start().code, 'internal');
      assert.equal(tried.failure, undefined);
      assert.equal(tried.attempt.result, 'internal');
      tried.world.end();
    });
  });
}
