// The silent connections of this actor, for main, which makes room when the gateway is full: it tells which have been silent
// longest, has the kernel probe their peers, and ends them. It decides nothing: see protocol/quiet/room.ts. Main asks page by
// page, so that connections have their turns in between; while it does not ask, nothing is done here.
import { type Probing, setKeepAlive, setUserTimeout, userTimeoutOf } from '../../../linux/sockets.js';
import { tcpInfo } from '../../../linux/tcp-info.js';
import { Deadline, type DeadlineWheel } from '../../../protocol/deadline-wheel.js';
import { Longest } from '../../../protocol/quiet/longest.js';
import type { ProbeState, Silent, SilentConnection, SilentPage, Wanted } from '../../../protocol/quiet/room.js';
import { Counter } from '../../../threads/shared/counters.js';
import type { QuietCarrier } from '../relay/carrier.js';

/** Connections that are looked at for one page. It takes less than a millisecond. */
const PAGE = 1024;
/** A peer is asked at once, as it has been silent for longer than this, and again each second. */
const PROBING = { idle_s: 1, interval_s: 1, probes: 4 } as const;
/** Then the kernel has ended the connections of peers that have vanished, and the others have their own keepalive again. */
const ROUND_MS = 1000 * (PROBING.probes + 2);
/** A peer that has answered is not asked again for this time. */
const ANSWER_HOLDS_MS = 300_000;

/** The last probe of a connection: when it was, and whether both peers have been heard since. */
interface Probe {
  readonly at: number;
  hasAnswered: boolean;
}

export interface SilenceParts {
  readonly engine: { clock(): number };
  readonly deadlines: DeadlineWheel;
  readonly counters: Float64Array;
  readonly records: {
    /** Numbers of connections are below this. */
    readonly end: number;
    /** A session or a relay; undefined where there is none, or no longer. */
    underway(connection: number): Partial<QuietCarrier> | undefined;
  };
}

export class SilentConnections {
  readonly #parts: SilenceParts;
  /** By the numbers of connections: at most as many as there may be. */
  readonly #probed = new Map<number, Probe>();
  #probedLast = Number.NEGATIVE_INFINITY;

  constructor(parts: SilenceParts) {
    this.#parts = parts;
  }

  /** The longest silent of the connections from that number on. */
  page(from: number, { least_ms, longest: most, unprobed: mostUnprobed }: Wanted): SilentPage {
    const { engine, records } = this.#parts;
    const now = engine.clock();
    if (now - this.#probedLast > ANSWER_HOLDS_MS) this.#probed.clear();
    const [longest, unprobed] = [new Longest<SilentConnection>(most), new Longest<SilentConnection>(mostUnprobed)];
    const end = Math.min(records.end, from + PAGE);
    for (let connection = from; connection < end; connection += 1) {
      const carrier = this.#relayOf(connection);
      if (carrier === undefined) continue;
      const silent_ms = now - carrier.active;
      if (silent_ms < least_ms || !(longest.takes(silent_ms) || unprobed.takes(silent_ms))) continue;
      const one = { connection, silent_ms, state: this.#stateOf(connection, carrier, now) };
      if (carrier.quiet.idle_timeout_ms < Number.POSITIVE_INFINITY) longest.add(one);
      if (one.state === 'unprobed') unprobed.add(one);
    }
    return { longest: longest.list, unprobed: unprobed.list, next: end < records.end ? end : undefined };
  }

  #stateOf(connection: number, carrier: QuietCarrier, now: number): ProbeState {
    if (carrier.quiet.keepalive === false) return 'answered'; // nobody may ask
    const probe = this.#probed.get(connection);
    // A probe from before it moved may be of another connection with the same number.
    if (probe === undefined || probe.at < carrier.active || now - probe.at > ANSWER_HOLDS_MS) return 'unprobed';
    const since_ms = now - probe.at;
    // Kept, since asking the kernel costs more than all else here.
    probe.hasAnswered ||= fdsOf(carrier).every((fd) => hasBeenHeard(fd, since_ms));
    if (probe.hasAnswered) return 'answered';
    return since_ms < ROUND_MS ? 'asked' : 'mute';
  }

  /** Has the peers of those that are still silent probed. Returns how many that were. */
  probe(connections: readonly Silent[]): number {
    const { engine, deadlines } = this.#parts;
    const now = engine.clock();
    const hastened = this.#stillSilent(connections, now).flatMap(({ connection, carrier }) => {
      const { keepalive } = carrier.quiet;
      if (keepalive === false) return [];
      this.#probed.set(connection, { at: now, hasAnswered: false });
      return [{ carrier, slowDown: fdsOf(carrier).map((fd) => hasten(fd, keepalive)) }];
    });
    if (hastened.length === 0) return 0;
    this.#probedLast = now;
    this.#parts.counters[Counter.probedForRoom] += hastened.length;
    const slowDown = (): void => {
      for (const { carrier, slowDown: ends } of hastened) {
        // The numbers of sockets that are closed may be others' by now.
        if (carrier.destination !== undefined) for (const slowDownEnd of ends) slowDownEnd();
      }
    };
    deadlines.set(new Deadline(slowDown), now + ROUND_MS);
    return hastened.length;
  }

  /** Ends those that are still silent. Returns how many that were. */
  end(connections: readonly Silent[]): number {
    const carriers = this.#stillSilent(connections, this.#parts.engine.clock());
    for (const { carrier } of carriers) carrier.cut('ended-for-room');
    return carriers.length;
  }

  #relayOf(connection: number): QuietCarrier | undefined {
    const underway = this.#parts.records.underway(connection);
    return underway !== undefined && isRelay(underway) ? underway : undefined;
  }

  /** One that has moved since main was told of it, or another one with its number, has been silent for less. */
  #stillSilent(connections: readonly Silent[], now: number): readonly { connection: number; carrier: QuietCarrier }[] {
    return connections.flatMap(({ connection, silent_ms }) => {
      const carrier = this.#relayOf(connection);
      return carrier === undefined || now - carrier.active < silent_ms ? [] : [{ connection, carrier }];
    });
  }
}

const isRelay = (underway: Partial<QuietCarrier>): underway is QuietCarrier => underway.cut !== undefined;

/** None once both have been closed. */
function fdsOf({ client, destination }: QuietCarrier): readonly number[] {
  return destination === undefined ? [] : [client.fd, destination.fd];
}

/** Whether anything of the peer has come within this time. Of what is no TCP socket nothing needs to. */
function hasBeenHeard(fd: number, within_ms: number): boolean {
  const news = tcpInfo(fd);
  return news === undefined || news.heard_ms < within_ms;
}

/** Has the peer probed at once. Returns what has it probed as usual again. */
function hasten(fd: number, usual: Probing): () => void {
  const timeout_ms = userTimeoutOf(fd);
  // With a time-out the first probe without an answer would end it, however far the peer is.
  if (timeout_ms > 0) setUserTimeout(fd, 0);
  setKeepAlive(fd, PROBING);
  return () => {
    setKeepAlive(fd, usual);
    if (timeout_ms > 0) setUserTimeout(fd, timeout_ms);
  };
}
