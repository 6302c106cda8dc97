// The profile of one server: how fast it is, whether it returns EDNS, in which form it is asked, and counts of its replies.
// The profile decides head starts, the times of repeats, and which answers look forged. It asks nothing.
import { TIME_BOUNDS_MS, TimeHistogram } from '../../../threads/shared/time-histogram.js';
import type { Reply } from './exchange.js';
import { type Form, Forms } from './forms.js';

export interface ServerCounts {
  /** Questions put to the server, repeats not counted. */
  queries: number;
  addresses: number;
  nodata: number;
  nxdomain: number;
  /** SERVFAIL, REFUSED and the like. */
  failures: number;
  /** No answer before the deadline. */
  timeouts: number;
  /** Connections refused or cut, certificates not accepted and the like. */
  errors: number;
  repeats: number;
  truncated: number;
  /** Messages that did not answer what was asked. */
  invalid: number;
  /** Messages under an id that no question uses: late, or guessed. */
  strays: number;
  /** Answers that were held because they looked forged. */
  held: number;
  /** Answers that a later answer under the same id contradicted. */
  contradicted: number;
  /** Answers judged suspect: see protocol/trust/blacklist.ts. */
  suspect: number;
}

/** The weight of a new sample in the smoothed time (RFC 6298 section 2, alpha). */
const WEIGHT = 1 / 8;
/** How long answers are held after one was contradicted. */
const WARY_MS = 600_000;
/** How long, and over how many answers, until the fastest answer counts as the server's floor: a burst is not enough. */
const FLOOR_MS = 60_000;
const FLOOR_SAMPLES = 32;
/** Below this, the scheduler and the server's cache take as much of the time as the network. */
const FLOOR_LEAST_MS = 10;
const EDNS_SAMPLES = 4;
/** After this many doubtful answers in a row that nothing contradicted, the server itself has changed. */
const DOUBTS_MAX = 8;

export class ServerProfile {
  readonly counts: ServerCounts = {
    ...{ queries: 0, addresses: 0, nodata: 0, nxdomain: 0, failures: 0, timeouts: 0, errors: 0, repeats: 0 },
    ...{ truncated: 0, invalid: 0, strays: 0, held: 0, contradicted: 0, suspect: 0 },
  };
  /** How long its answers took; not those that are late, or refused to talk. */
  readonly times = new TimeHistogram(TimeHistogram.create(TIME_BOUNDS_MS), TIME_BOUNDS_MS);
  /** Hears the reply of each question. */
  observer: ((reply: Reply) => void) | undefined;
  readonly forms: Forms;
  readonly #now: () => number;
  #smoothed_ms: number | undefined;
  #floor: Floor = fresh();
  #returnsEdns = false;
  #ednsSeen = 0;
  #wary_ms = Number.NEGATIVE_INFINITY;
  #doubts = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.forms = new Forms(now);
  }

  /** The smoothed time to an answer, in ms; undefined before the first. */
  get latency_ms(): number | undefined {
    return this.#smoothed_ms;
  }

  /** Whether an answer of this server was contradicted within the last ten minutes: answers may be forged. */
  get isWary(): boolean {
    return this.#now() - this.#wary_ms < WARY_MS;
  }

  /** Records the reply of a question after `elapsed_ms`. */
  replied(reply: Reply, elapsed_ms: number): void {
    const { counts } = this;
    counts.queries += 1;
    this.observer?.(reply);
    if (reply.kind === 'no-answer') {
      if (reply.code === 'timed-out') counts.timeouts += 1;
      else if (reply.code !== 'overtaken') counts.errors += 1;
      // The server is at least this slow. An error does not show how slow it is: a closed port refuses at once.
      const isSilent = reply.code === 'timed-out' || reply.code === 'overtaken';
      if (isSilent && elapsed_ms > (this.#smoothed_ms ?? 0)) this.#smooth(elapsed_ms);
      return;
    }
    this.times.count(elapsed_ms);
    if (reply.kind === 'server-failure') counts.failures += 1;
    else if (reply.kind !== 'truncated') counts[reply.kind] += 1;
    if (reply.doubt === undefined) this.#smooth(elapsed_ms);
  }

  /** Why an answer over UDP may be forged, if so. `asked`, `carried`: whether query and answer had the EDNS option. */
  doubt(elapsed_ms: number, asked: boolean, carried: boolean): string | undefined {
    if (asked && !carried && this.#returnsEdns) return 'without the EDNS option that this server returns';
    const { previous_ms, least_ms } = this.#floor;
    const floor_ms = previous_ms === undefined ? 0 : Math.min(previous_ms, least_ms);
    if (floor_ms >= FLOOR_LEAST_MS && elapsed_ms < floor_ms / 2) return 'faster than this server can be';
    return undefined;
  }

  /** Learns from an answer over UDP that is believed. Parameters as for `doubt`. */
  believed(elapsed_ms: number, asked: boolean, carried: boolean): void {
    this.#doubts = 0;
    if (asked && carried) {
      this.forms.returnedEdns();
      this.#ednsSeen += 1;
      if (this.#ednsSeen >= EDNS_SAMPLES) this.#returnsEdns = true;
    }
    const floor = this.#floor;
    floor.since_ms ??= this.#now();
    floor.samples += 1;
    floor.least_ms = Math.min(floor.least_ms, elapsed_ms);
    if (floor.samples < FLOOR_SAMPLES || this.#now() - floor.since_ms < FLOOR_MS) return;
    this.#floor = { ...fresh(), previous_ms: floor.least_ms };
  }

  /** A doubtful answer was held for the whole time, and nothing contradicted it. */
  unrefuted(): void {
    this.#doubts += 1;
    if (this.#doubts < DOUBTS_MAX) return;
    this.#doubts = 0;
    this.#floor = fresh();
    this.#returnsEdns = false;
    this.#ednsSeen = 0;
    this.forms.doubt();
  }

  contradicted(): void {
    this.counts.contradicted += 1;
    this.#wary_ms = this.#now();
  }

  /** Returns the form to ask in again. */
  refusedEdns(): Form {
    return this.forms.refusedEdns(this.#returnsEdns);
  }

  #smooth(elapsed_ms: number): void {
    this.#smoothed_ms ??= elapsed_ms;
    this.#smoothed_ms += (elapsed_ms - this.#smoothed_ms) * WEIGHT;
  }
}

/** The fastest answer of this period, and of the one before it. */
interface Floor {
  least_ms: number;
  samples: number;
  since_ms: number | undefined;
  readonly previous_ms: number | undefined;
}

function fresh(): Floor {
  return { least_ms: Number.POSITIVE_INFINITY, samples: 0, since_ms: undefined, previous_ms: undefined };
}
