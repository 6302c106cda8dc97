// Flows in a row that a destination has left without an answer, by candidate. A resolver asks each question in a flow of its own with
// one datagram, which alone proves nothing; several flows without any answer are a reason to begin the next ones over another
// line. Where nothing answers over any line all begins anew, at ever longer intervals: many destinations never answer, and
// a dearer line is not to carry half of what they are sent. Pure: the time is an argument, in ms.
import { type Candidate, sameCandidate } from '../lines/candidate.js';

/** Flows in a row, the time since the first of them, and since the last: answers may still come. */
const FLOWS = 3;
export const SINCE_FIRST_MS = 3000;
const SINCE_LAST_MS = 1000;
/** Flows further apart are no row. Clients of NTP ask every 34 minutes at most when their clocks are good. */
export const APART_MS = 3_600_000;
/**
 * For how long a row counts behind its last flow: three times the time that it took, so that flows far apart have their turns
 * with the next lines, too.
 */
const KNOWN_FACTOR = 3;
const KNOWN_MS = 600_000;
const KNOWN_MAX_MS = 7_200_000;
/** How long nothing is counted when all lines had their turns in vain; twice as long for each further time. */
export const REST_MS = 30_000;
const REST_MAX_MS = 600_000;

const DESTINATIONS_MAX = 1024;
const CANDIDATES_MAX = 32;

interface Asked {
  readonly candidate: Candidate;
  flows: number;
  /** When the first flow asked, and the last one that was counted. */
  readonly first: number;
  last: number;
}

interface Destination {
  asked: readonly Asked[];
  rounds: number;
  restsUntil: number;
}

export class SilentFlows {
  /** Those that were asked last are at the end. */
  readonly #destinations = new Map<string, Destination>();

  /** A flow asks over the candidate. */
  asks(key: string, candidate: Candidate, now: number): void {
    const known = this.#destinations.get(key) ?? { asked: [], rounds: 0, restsUntil: Number.NEGATIVE_INFINITY };
    this.#place(key, known);
    if (now < known.restsUntil) return;
    const one = known.asked.find((other) => sameCandidate(other.candidate, candidate));
    if (one === undefined || isOver(one, now)) {
      const others = known.asked.filter((other) => other !== one).slice(1 - CANDIDATES_MAX);
      known.asked = [...others, { candidate, flows: 1, first: now, last: now }];
    } else if (isSilent(one, now)) {
      // There was none that is not silent.
      known.asked = [];
      known.restsUntil = now + Math.min(REST_MS * 2 ** known.rounds, REST_MAX_MS);
      known.rounds += 1;
    } else if (one.flows < FLOWS) {
      one.flows += 1;
      one.last = now;
    }
  }

  #place(key: string, known: Destination): void {
    this.#destinations.delete(key);
    this.#destinations.set(key, known);
    if (this.#destinations.size <= DESTINATIONS_MAX) return;
    const [oldest] = this.#destinations.keys();
    this.#destinations.delete(oldest);
  }

  /** An answer has come over the candidate. Returns the others that are silent, and forgets them. */
  answers(key: string, candidate: Candidate, now: number): readonly Candidate[] {
    const known = this.#destinations.get(key);
    if (known === undefined) return [];
    this.#destinations.delete(key);
    return known.asked.flatMap((one) =>
      isSilent(one, now) && !sameCandidate(one.candidate, candidate) ? [one.candidate] : [],
    );
  }

  isSilent(key: string, candidate: Candidate, now: number): boolean {
    return this.#some(key, now, (one) => sameCandidate(one, candidate));
  }

  /** Whether any of its candidates is: the next line has its turn before another address of this one. */
  isSilentLine(key: string, line: number, now: number): boolean {
    return this.#some(key, now, (one) => one.line === line);
  }

  #some(key: string, now: number, is: (candidate: Candidate) => boolean): boolean {
    const known = this.#destinations.get(key);
    return known?.asked.some((one) => is(one.candidate) && isSilent(one, now)) ?? false;
  }
}

function isSilent(asked: Asked, now: number): boolean {
  const { flows, first, last } = asked;
  if (flows < FLOWS || isOver(asked, now)) return false;
  return now - first >= SINCE_FIRST_MS && now - last >= SINCE_LAST_MS;
}

/** Whether what is known of it counts no longer. */
function isOver({ flows, first, last }: Asked, now: number): boolean {
  if (flows < FLOWS) return now - last >= APART_MS;
  return now - last >= Math.min(Math.max(KNOWN_FACTOR * (last - first), KNOWN_MS), KNOWN_MAX_MS);
}
