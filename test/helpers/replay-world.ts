// Recorded races (test/fixtures/races), and what a replay knows of their lines and destination. replay.ts replays them.
import assert from 'node:assert/strict';
import { formatIp, parseIp } from '../../src/protocol/address/address.js';
import type { Rates } from '../../src/protocol/bulk/compare.js';
import type { Candidate } from '../../src/protocol/lines/candidate.js';
import { LineHealth } from '../../src/protocol/lines/health/health.js';
import { lineOf } from '../../src/protocol/lines/line.js';
import { type Preference, USUAL } from '../../src/protocol/lines/preference.js';
import { Preferences } from '../../src/protocol/lines/preferences.js';
import type { FailureCode } from '../../src/protocol/race/failure.js';
import type { PlanRules } from '../../src/protocol/race/plan.js';
import type { Patience } from '../../src/protocol/race/tier-gate.js';
import type { CandidateMemory, Outage, RouteFailure } from '../../src/protocol/routes/candidate-memory.js';
import type { DestinationMemory, LineView } from '../../src/protocol/routes/destination-memory.js';
import { type Hint, hintFrom } from '../../src/protocol/routes/hints.js';
import { homeTrial } from '../../src/protocol/routes/home-trial.js';
import { moveAway } from '../../src/protocol/routes/moves.js';
import { type CandidateState, memoryOf } from '../../src/protocol/routes/state.js';

/** All times in ms; a candidate is the name of its line and an address. */
export interface Recording {
  /** What the recording shows. */
  readonly about: string;
  readonly lines: readonly string[];
  readonly rules: PlanRules;
  readonly ttl_ms: number;
  /** Limit of attempts at a time. */
  readonly most: number;
  readonly sticky?: boolean;
  /** Bytes a second that lines carry, for a destination of bulk transfers; a race may have others from then on. */
  readonly rates?: Readonly<Record<string, number>>;
  /** By the name of the line. */
  readonly preferences?: Readonly<Record<string, Partial<Preference>>>;
  /** What is remembered at time 0, the best candidate first; missing fields have their usual values. */
  readonly known?: readonly (Partial<CandidateState> & { readonly candidate: string })[];
  /** What is remembered at time 0 of another host of the site, at the same port. */
  readonly neighbour?: readonly (Partial<CandidateState> & { readonly candidate: string })[];
  /** Events of the lines, applied before the first race that begins at their time or later. */
  readonly health?: readonly RecordedLineEvent[];
  readonly races: readonly RecordedRace[];
}

export type RecordedLineEvent = readonly [
  at: number,
  kind: 'proxy-failed' | 'proxy-reached' | 'early' | 'link-down' | 'link-up',
  line: string,
];

export interface RecordedRace {
  readonly at: number;
  readonly rates?: Readonly<Record<string, number>>;
  /** Before it begins, the names of these candidates turn out to have other addresses. */
  readonly moved?: readonly (readonly [candidate: string, to: readonly string[]])[];
  /** In the order in which the lines offer them. */
  readonly candidates: readonly string[];
  readonly events: readonly RecordedEvent[];
  /** When the names of lines are looked up; the others are known at once. */
  readonly lookups?: Readonly<Record<string, number>>;
  /** Time until which starts are recorded; default: the last event. */
  readonly until?: number;
  readonly expect: RaceResult;
}

/**
 * `connected`; or a failure, by its name in the memory or by its code. `answered`: the first byte of the destination came.
 * `demand`: the connected candidate does not answer in time, and another one is wanted.
 */
export type RecordedEvent = readonly [
  at: number,
  kind: 'connected' | 'answered' | 'demand' | RouteFailure | FailureCode,
  candidate: string,
];

export interface RaceResult {
  readonly starts: readonly (readonly [at: number, candidate: string])[];
  readonly won: string | null;
  /** The candidate that would go first in the next race. */
  readonly best: string | null;
  /** The cheaper candidate that was tried beside the lead; not among the starts. */
  readonly trial?: string;
}

const KEY = 'site.test:443';
const NEIGHBOUR = 'other.site.test:443';

export class World implements LineView, Patience {
  readonly preferences: Preferences | undefined;
  readonly recording: Recording;
  readonly health: LineHealth;
  readonly #lineEvents: RecordedLineEvent[];
  memory: DestinationMemory | undefined;
  readonly #neighbour: DestinationMemory | undefined;
  now = 0;
  rates: Recording['rates'];

  constructor(recording: Recording) {
    this.recording = recording;
    this.health = new LineHealth(recording.lines.length);
    this.rates = recording.rates;
    this.#lineEvents = [...(recording.health ?? [])];
    const source = { ip: undefined, port: 0 };
    this.preferences = Preferences.of(
      recording.lines.map((name, line) =>
        lineOf(line, name, source, [], { ...USUAL, ...recording.preferences?.[name] }),
      ),
    );
    this.hearOfLines(0);
    this.memory = this.#remembered(KEY, recording.known);
    this.#neighbour = this.#remembered(NEIGHBOUR, recording.neighbour);
  }

  #remembered(destination: string, known: Recording['known']): DestinationMemory | undefined {
    if (known === undefined) return undefined;
    const candidates = known.map(({ candidate, ...told }) => this.#known(this.parse(candidate), told));
    return memoryOf({ destination, candidates, best: 0 }, 0, this.recording.lines.length);
  }

  /** What the neighbour tells of a first contact. */
  hint(): Hint | undefined {
    const { rules, ttl_ms } = this.recording;
    if (this.memory !== undefined || this.#neighbour === undefined) return undefined;
    const { margin_ms } = rules;
    return hintFrom('site', [[NEIGHBOUR, this.#neighbour]], 443, { margin_ms, ttl_ms }, this.now, this);
  }

  /** Applies the events of lines up to a time. */
  hearOfLines(to: number): void {
    while (this.#lineEvents.length > 0 && (this.#lineEvents[0] as RecordedLineEvent)[0] <= to) {
      const [at, kind, name] = this.#lineEvents.shift() as RecordedLineEvent;
      const line = this.#line(name);
      if (kind === 'early') this.health.apply({ kind, line, early: true }, at);
      else if (kind === 'link-down' || kind === 'link-up')
        this.health.apply({ kind: 'link', line, up: kind === 'link-up' }, at);
      else this.health.apply({ kind, line }, at);
    }
  }

  #known({ line, ip }: Candidate, told: Partial<CandidateState>): CandidateState {
    return {
      ...{ line, address: formatIp(ip), connect: [0, 0, 0], first_byte: [0, 0, 0], successes: 0, worked_age_ms: null },
      ...{ answered_age_ms: null, failed_age_ms: null, updated_age_ms: told.worked_age_ms ?? 0, streak: 0, lates: 0 },
      ...{ mute: false, pending: null, failures: [] },
      ...told,
    };
  }

  #line(name: string): number {
    const line = this.recording.lines.indexOf(name);
    assert.ok(line >= 0, `no line ${name}`);
    return line;
  }

  parse(text: string): Candidate {
    const [line, address] = text.split(' ');
    const ip = parseIp(address as string);
    assert.ok(ip, text);
    return { line: this.#line(line as string), ip };
  }

  text({ line, ip }: Candidate): string {
    return `${this.recording.lines[line]} ${formatIp(ip)}`;
  }

  mayUse(line: number): boolean {
    return this.health.mayUse(line, this.now);
  }

  answersEarly(line: number): boolean {
    return this.health.answersEarly(line, this.now);
  }

  outage(line: number): Outage | undefined {
    return this.health.outage(line);
  }

  holds_ms(candidate: Candidate): number {
    const { margin_ms, unknown_ms } = this.recording.rules;
    const known = this.memory?.find(candidate);
    if (known?.isFailing(this.now)) return 0;
    if (known !== undefined && known.connect.samples > 0) return known.connect.late(margin_ms, unknown_ms);
    return this.health.times.late(candidate.line, margin_ms, unknown_ms);
  }

  firstOf(lines: readonly number[]): number | undefined {
    return this.preferences?.areSpread ? this.preferences.shareOf(KEY, this.health.times.fastest(lines)) : undefined;
  }

  /** The candidate to be tried beside the lead. `candidates`: all that the lines can dial. */
  trial(lead: Candidate, candidates: readonly string[]): Candidate | undefined {
    const { memory, preferences, recording } = this;
    if (memory === undefined || preferences === undefined || recording.sticky) return undefined;
    if (preferences.isCheapest(lead.line)) return undefined;
    const all = candidates.map((text) => this.parse(text));
    const lines = {
      ...{ preferences, numbers: recording.lines.map((_, line) => line) },
      mayUse: (line: number) => this.mayUse(line),
      outage: (line: number) => this.outage(line),
      addressesOf: (line: number) => all.filter((one) => one.line === line).map(({ ip }) => ip),
    };
    const trial = homeTrial(memory, lead.line, lines, this.now);
    if (trial !== undefined) memory.tried(this.now);
    return trial;
  }

  moves(text: string, to: readonly string[]): void {
    const candidate = this.memory?.find(this.parse(text));
    assert.ok(this.memory && candidate, `${text} is not remembered`);
    moveAway(
      this.memory,
      candidate,
      to.map(parseIp).filter((ip) => ip !== undefined),
      this.now,
    );
  }

  #rates(): Rates | undefined {
    const { rates } = this;
    return rates && { rateOf: (line) => rates[this.recording.lines[line]] };
  }

  choose(): CandidateMemory | undefined {
    const { ttl_ms, sticky } = this.recording;
    return this.memory?.choose(this.now, ttl_ms, this, sticky ?? false, this.#rates());
  }
}
