// Replays recorded races of one destination on the pure plan and memory, without sockets; the only clock is the record's
// times. What race/race.ts decides itself (when a race is won, what is kept for later) is repeated here.
import assert from 'node:assert/strict';
import { formatIp, parseIp } from '../../src/protocol/address/address.js';
import type { Candidate } from '../../src/protocol/lines/candidate.js';
import { FAILURES, type FailureCode } from '../../src/protocol/race/failure.js';
import { LineHealth } from '../../src/protocol/race/line-health.js';
import { type PlanRules, RacePlan } from '../../src/protocol/race/plan.js';
import type { CandidateMemory, Outage, RouteFailure } from '../../src/protocol/routes/candidate-memory.js';
import { DestinationMemory, type LineView } from '../../src/protocol/routes/destination-memory.js';
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
  /** What is remembered at time 0, the best candidate first; missing fields have their usual values. */
  readonly known?: readonly (Partial<CandidateState> & { readonly candidate: string })[];
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
  /** Before it begins, the names of these candidates turn out to have other addresses. */
  readonly moved?: readonly (readonly [candidate: string, to: readonly string[]])[];
  /** In the order in which the lines offer them. */
  readonly candidates: readonly string[];
  readonly events: readonly RecordedEvent[];
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
}

export function replay(recording: Recording): RaceResult[] {
  const world = new World(recording);
  return recording.races.map((race) => new Replayed(world, race).run());
}

class World implements LineView {
  readonly recording: Recording;
  readonly health: LineHealth;
  readonly #lineEvents: RecordedLineEvent[];
  memory: DestinationMemory | undefined;
  now = 0;

  constructor(recording: Recording) {
    this.recording = recording;
    this.health = new LineHealth(recording.lines.length);
    this.#lineEvents = [...(recording.health ?? [])];
    this.hearOfLines(0);
    if (recording.known === undefined) return;
    const candidates = recording.known.map(({ candidate, ...told }) => this.#known(this.parse(candidate), told));
    this.memory = memoryOf({ destination: 'site.test:443', candidates, best: 0 }, 0, recording.lines.length);
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

  choose(): CandidateMemory | undefined {
    const { ttl_ms, sticky } = this.recording;
    return this.memory?.choose(this.now, ttl_ms, this, sticky ?? false);
  }
}

class Replayed {
  readonly #world: World;
  readonly #race: RecordedRace;
  readonly #plan: RacePlan;
  /** Start times by the candidate's text. */
  readonly #started = new Map<string, number>();
  readonly #connected = new Map<string, number>();
  readonly #failed = new Set<string>();
  /** Failures that came before anything was known of the destination. */
  readonly #earlier: (readonly [Candidate, RouteFailure])[] = [];
  #lead: string | undefined;
  #gathered = false;
  #won: string | undefined;
  #wanted = false;

  constructor(world: World, race: RecordedRace) {
    this.#world = world;
    this.#race = race;
    this.#plan = new RacePlan(world.recording.rules);
  }

  run(): RaceResult {
    const world = this.#world;
    const { at, events, until } = this.#race;
    assert.ok(at >= world.now, `the race at ${at} is in the past`);
    world.hearOfLines(at);
    world.now = at;
    for (const [text, to] of this.#race.moved ?? []) world.moves(text, to);
    const best = world.choose();
    if (best !== undefined) {
      this.#lead = world.text(best);
      this.#plan.lead(best, at);
      this.#begin(this.#lead);
    }
    this.#step();
    for (const event of events) {
      this.#pass(event[0]);
      this.#happen(event);
      this.#step();
    }
    this.#pass(until ?? world.now);
    const next = world.choose();
    return {
      starts: [...this.#started].map(([text, ms]) => [ms, text]),
      won: this.#won ?? null,
      best: next === undefined ? null : world.text(next),
    };
  }

  /** Advances the time to `to`, and does what is due on the way. */
  #pass(to: number): void {
    const world = this.#world;
    assert.ok(to >= world.now, `${to} is in the past`);
    for (let wake = this.#plan.wakeAt(); wake > world.now && wake <= to; wake = this.#plan.wakeAt()) {
      world.now = wake;
      this.#step();
    }
    world.now = to;
  }

  #step(): void {
    if (this.#won !== undefined && !this.#wanted) return;
    const { now, recording } = this.#world;
    if (!this.#gathered && this.#plan.othersDue(now)) this.#gather();
    for (;;) {
      const candidate = this.#plan.take(now, recording.most, { hasRoom: () => true });
      if (candidate === undefined) return;
      this.#begin(this.#world.text(candidate));
    }
  }

  #gather(): void {
    this.#gathered = true;
    const all = this.#race.candidates.map((text) => this.#world.parse(text));
    for (let line = 0; line < this.#world.recording.lines.length; line += 1) {
      const offered = all.filter((one) => one.line === line);
      this.#plan.offer(offered, !this.#world.mayUse(line));
    }
  }

  #begin(text: string): void {
    assert.ok(!this.#started.has(text), `${text} starts twice`);
    this.#started.set(text, this.#world.now);
    this.#world.health.begins(this.#world.parse(text).line, this.#world.now);
  }

  #happen([, kind, text]: RecordedEvent): void {
    const world = this.#world;
    const candidate = world.parse(text);
    const started = this.#started.get(text);
    assert.ok(started !== undefined, `${text} has not been started at ${world.now}`);
    switch (kind) {
      case 'connected':
        this.#plan.connected(candidate);
        this.#connected.set(text, world.now);
        this.#connects(candidate, text, world.now - started);
        break;
      case 'answered':
        world.memory?.answered(candidate, world.now - (this.#connected.get(text) as number), world.now);
        world.health.answered(candidate.line);
        break;
      case 'demand':
        this.#another();
        break;
      default:
        this.#fails(candidate, text, kind);
    }
  }

  #connects(candidate: Candidate, text: string, connect_ms: number): void {
    const world = this.#world;
    world.memory ??= new DestinationMemory();
    for (const [earlier, cause] of this.#earlier.splice(0)) world.memory.failed(earlier, cause, world.now);
    world.memory.connected(candidate, connect_ms, world.now, world);
    world.health.proxyReached(candidate.line);
    const lead = this.#lead;
    if (lead !== undefined && lead !== text && this.#gathered && this.#won === undefined && !this.#ended(lead))
      world.memory.failed(world.parse(lead), 'late', world.now);
    const isLast = !this.#plan.hasWaiting && this.#plan.running === 0;
    if (world.answersEarly(candidate.line) && text !== lead && !isLast) return;
    this.#won ??= text;
    this.#wanted = false;
  }

  #ended(text: string): boolean {
    return this.#connected.has(text) || this.#failed.has(text);
  }

  #fails(candidate: Candidate, text: string, kind: RouteFailure | FailureCode): void {
    const world = this.#world;
    if (kind === 'silent' || kind === 'not-tls') {
      world.memory?.failed(candidate, kind, world.now);
      this.#another();
      return;
    }
    this.#failed.add(text);
    this.#plan.failed(candidate, world.now);
    if (kind === 'proxy' || kind === 'proxy-unreachable') world.health.proxyFailed(candidate.line, world.now);
    else if (kind in FAILURES) world.health.proxyReached(candidate.line);
    const cause = kind in FAILURES ? FAILURES[kind as FailureCode].blames : (kind as RouteFailure);
    if (cause === undefined) return;
    if (world.memory === undefined) this.#earlier.push([candidate, cause]);
    else world.memory.failed(candidate, cause, world.now);
  }

  /** The winner does not answer. */
  #another(): void {
    this.#wanted = true;
    this.#plan.demand(this.#world.now);
  }
}
