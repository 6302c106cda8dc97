// Records of connections as an operator looks at them, with a clock of the test.
import { AF_UNIX, packAddress } from '../../src/linux/addresses.js';
import { parseIp } from '../../src/protocol/address/address.js';
import { targetOfText } from '../../src/protocol/address/target.js';
import { failureOf } from '../../src/protocol/race/failure.js';
import type { NotedAttempt } from '../../src/workers/connection/records/race-record.js';
import { ConnectionRecords } from '../../src/workers/connection/records/records.js';
import type { CutBy } from '../../src/workers/connection/relay/carrier.js';

const LINES = ['direct', 'proxy'];
const LISTENERS = ['socks', 'http'];
const UNIX = Uint8Array.of(AF_UNIX, 0, 9, 9, 9, 9, 9, 9);
const QUIET = { keepalive: false, idle_timeout_ms: 0 } as const;

interface Opened {
  /** `unix` for a client of a Unix socket. */
  readonly client?: string;
  readonly user?: string;
  readonly target?: string;
  readonly listener?: number;
  /** The line that carries it; absent for a session without a relay. */
  readonly line?: number;
  /** Until its race. */
  readonly handshake_ms?: number;
}

export class RecordsWorld {
  readonly clock = { now: 1_000_000.25 };
  /** How long ago the actor has read the clock. */
  away_ms = 0;
  readonly records: ConnectionRecords;
  readonly names = {
    lineName: (line: number): string => LINES[line],
    listenerName: (listener: number): string => LISTENERS[listener],
  };
  /** The slots of those that were closed, and how. */
  readonly closed: (readonly [number, CutBy | 'session'])[] = [];
  #peer: Uint8Array = UNIX;

  constructor(connections_max = 10, ended_max = 3) {
    this.records = new ConnectionRecords({
      actor: 0,
      ...{ clock: this.clock, present: () => this.clock.now + this.away_ms, connections_max, ended_max, ...this.names },
      addressOf: () => this.#peer,
    });
  }

  later(ms: number): void {
    this.clock.now += ms;
  }

  /** Returns its slot. */
  open(
    { client = '10.0.0.1', user, target, listener = 0, line, handshake_ms = 0 }: Opened = {},
    up = 0,
    down = 0,
  ): number {
    this.#peer = client === 'unix' ? UNIX : packAddress(parseIp(client) as Uint8Array, 5000);
    const session = { up: 0, down: 0, closeByOperator: () => this.#close(slot, 'session') };
    const slot = this.records.open(session, listener, 1);
    const asked = target === undefined ? undefined : targetOfText(target, 443);
    if (asked !== undefined)
      this.records.targeted(slot, asked, user === undefined ? undefined : { name: user, tag: undefined });
    this.later(handshake_ms);
    if (line !== undefined) this.#wins(slot, line, up, down);
    return slot;
  }

  #wins(slot: number, line: number, up: number, down: number): void {
    const { now } = this.clock;
    const none = { askedAt: Number.NaN, answeredAt: Number.NaN, endedAt: Number.NaN, failure: undefined };
    const candidate = { line, ip: Uint8Array.of(192, 0, 2, 1) };
    const winner: NotedAttempt = { candidate, started: now, connectedAt: now + 3, ...none, result: 'connected' };
    const relay = {
      ...{ up, down, active: now, quiet: QUIET, client: { fd: 3 }, destination: { fd: 4 } },
      cut: (how: CutBy): void => void this.#close(slot, how),
    };
    this.records.won(slot, { started: now, attempts: [winner], lead: undefined }, winner, relay);
  }

  #close(slot: number, how: CutBy | 'session'): boolean {
    this.closed.push([slot, how]);
    this.records.ended(slot, 'closed-by-operator', 0, 0);
    return true;
  }

  /** It fails, and its client is being told so, or (`told`) was. */
  fail(slot: number, told = false): void {
    this.records.lost(slot, undefined, failureOf('refused'));
    const session = this.records.underway(slot);
    if (session !== undefined) session.closeByOperator = () => false;
    if (told) this.records.ended(slot, 'failed', 0, 0);
  }
}
