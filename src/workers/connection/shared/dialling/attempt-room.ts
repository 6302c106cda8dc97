// Room for one more attempt of a race on a line: within the budget of the actor, and, where the line may lead back here, in the
// crowd of its line, destination and client. A race for which there is no room waits for it here. It starts no attempt.
import { formatEndpoint } from '../../../../protocol/address/address.js';
import { networkOctets, networkText } from '../../../../protocol/address/client-network.js';
import type { Target } from '../../../../protocol/address/target.js';
import type { Candidate } from '../../../../protocol/lines/candidate.js';
import type { FailureCode } from '../../../../protocol/race/failure.js';
import type { AttemptBudget, Waiting } from './attempt-budget.js';
import { CROWD_LOOK, type Crowd, type Crowds } from './crowds.js';
import type { DialLine } from './dial-lines.js';
import type { Addressed, FailureLog, Whose } from './failure-log.js';

/** How attempts in a loop fail: a time-out, and what a proxy answers after one. */
const ALSO_IN_LOOPS: ReadonlySet<FailureCode> = new Set(['timed-out', 'host-unreachable', 'unexplained']);

/** A race that asks for room. What else it has here is written by the room only. */
export interface RoomSeeker extends Waiting, Whose, Addressed {
  readonly target: Target;
  /** The destination and the client's network as text; undefined until they are needed. */
  crowdOf: string | undefined;
  /** Whether it has waited for the budget. */
  waits: boolean;
  /** Keys of the crowds that it has waited for. */
  crowded: string[] | undefined;
}

/** An attempt that takes room. */
export interface RoomTaker {
  readonly candidate: Pick<Candidate, 'line'>;
  /** The crowd in which it is counted: attempts of its line for its destination and client. */
  crowd: Crowd | undefined;
}

type RoomLine = Pick<DialLine, 'name' | 'isDirect'>;

export class AttemptRoom {
  readonly #budget: AttemptBudget;
  readonly #crowds: Crowds;
  readonly #lines: readonly RoomLine[];
  readonly #failures: Pick<FailureLog, 'crowded'>;

  constructor(
    budget: AttemptBudget,
    crowds: Crowds,
    lines: readonly RoomLine[],
    failures: Pick<FailureLog, 'crowded'>,
  ) {
    this.#budget = budget;
    this.#crowds = crowds;
    this.#lines = lines;
    this.#failures = failures;
  }

  /** Whether an attempt of the race may start on the line. */
  isOpen(race: RoomSeeker, line: number): boolean {
    return this.#budget.hasRoom(line) && !this.#isCrowded(race, line);
  }

  /** The same. If it may not, `roomMade` of the race is called when it may, unless `forget` is called before. */
  isOpenTo(race: RoomSeeker, line: number, now: number): boolean {
    if (!this.#budget.hasRoom(line)) {
      race.waits = true;
      this.#budget.wait(race, line);
      return false;
    }
    if (!this.#isCrowded(race, line)) return true;
    const key = keyOf(race, line);
    this.#crowds.wait(race, key);
    race.crowded ??= [];
    race.crowded.push(key);
    this.#failures.crowded(this.#lines[line].name, race.target, race, now);
    return false;
  }

  /** The race no longer waits. */
  forget(race: RoomSeeker): void {
    if (race.waits) this.#budget.forget(race);
    if (race.crowded !== undefined) this.#crowds.forget(race, race.crowded);
  }

  /** The attempt has started; `connected`, `failed` or `givenUp` must follow. */
  take(race: RoomSeeker, attempt: RoomTaker): void {
    const { line } = attempt.candidate;
    if (this.#isCounted(line)) attempt.crowd = this.#crowds.join(keyOf(race, line));
    this.#budget.take(line);
  }

  /** Races that waited for its room may start another one meanwhile. */
  connected(attempt: RoomTaker): void {
    this.#decided(attempt);
  }

  /** The same, for an attempt that has failed. `now` in ms of the engine's clock. */
  failed(attempt: RoomTaker, code: FailureCode, now: number): void {
    if (ALSO_IN_LOOPS.has(code)) this.givenUp(attempt, now);
    else this.#decided(attempt);
  }

  /** The attempt ended without an outcome. */
  givenUp({ candidate, crowd }: RoomTaker, now: number): void {
    this.#budget.give(candidate.line);
    if (crowd !== undefined) this.#crowds.givenUp(crowd, now);
  }

  #decided({ candidate, crowd }: RoomTaker): void {
    this.#budget.give(candidate.line);
    if (crowd !== undefined) this.#crowds.decided(crowd);
  }

  /** Whether too many attempts of a line for this destination and client have no outcome: the line may lead back here. */
  #isCrowded(race: RoomSeeker, line: number): boolean {
    return this.#isCounted(line) && !this.#crowds.hasRoom(keyOf(race, line));
  }

  #isCounted(line: number): boolean {
    return this.#budget.underWay(line) >= CROWD_LOOK && !this.#lines[line].isDirect;
  }
}

function keyOf(race: RoomSeeker, line: number): string {
  race.crowdOf ??= crowdText(race.target, race.clientIp());
  return `${line} ${race.crowdOf}`;
}

const crowdText = ({ host, port }: Target, client: Uint8Array | undefined): string =>
  `${formatEndpoint(host, port)} ${networkText(networkOctets(client))}`;
