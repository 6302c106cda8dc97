// Replays recorded races of one destination on the pure plan and memory, without sockets; the only clock is the record's
// times. What race/race.ts decides itself (when a race is won, what is kept for later) is repeated here.
import assert from 'node:assert/strict';
import { type Target, targetOfName } from '../../src/protocol/address/target.js';
import type { Candidate } from '../../src/protocol/lines/candidate.js';
import { FAILURES, type FailureCode } from '../../src/protocol/race/failure.js';
import { RacePlan } from '../../src/protocol/race/plan.js';
import { TierGate } from '../../src/protocol/race/tier-gate.js';
import type { RouteFailure } from '../../src/protocol/routes/candidate-memory.js';
import { DestinationMemory } from '../../src/protocol/routes/destination-memory.js';

import { takeHint } from '../../src/workers/connection/race/take-hint.js';
import { type RaceResult, type RecordedEvent, type RecordedRace, type Recording, World } from './replay-world.js';

export function replay(recording: Recording): RaceResult[] {
  const world = new World(recording);
  return recording.races.map((race) => new Replayed(world, race).run());
}

const TARGET = targetOfName('site.test', 443) as Target;

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
  #trial: string | undefined;
  /** Lines whose names are still looked up, and when they are known. */
  #lookups: (readonly [line: string, at: number])[];
  #gathered = false;
  #won: string | undefined;
  #wanted = false;

  constructor(world: World, race: RecordedRace) {
    this.#world = world;
    this.#race = race;
    this.#lookups = Object.entries(race.lookups ?? {});
    const { rules } = world.recording;
    const gate = world.preferences && new TierGate(world.preferences, world, rules.unknown_ms);
    this.#plan = new RacePlan(rules, gate);
  }

  run(): RaceResult {
    const world = this.#world;
    const { at, events, until } = this.#race;
    assert.ok(at >= world.now, `the race at ${at} is in the past`);
    world.hearOfLines(at);
    world.now = at;
    world.rates = this.#race.rates ?? world.rates;
    for (const [text, to] of this.#race.moved ?? []) world.moves(text, to);
    const best = world.choose();
    if (best !== undefined) {
      this.#lead = world.text(best);
      this.#plan.lead(best, at);
      this.#begin(this.#lead);
      const trial = world.trial(best, this.#race.candidates);
      this.#trial = trial && world.text(trial);
    } else this.#takeHint();
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
      ...(this.#trial === undefined ? {} : { trial: this.#trial }),
    };
  }

  #takeHint(): void {
    const world = this.#world;
    const { rules: planRules } = world.recording;
    const parts = { engine: world, planRules, names: { peek: () => undefined }, preferences: world.preferences };
    const routes = { ttl_ms: world.recording.ttl_ms, neighbours: { hint: () => world.hint() } };
    takeHint({ ...parts, routes }, TARGET, world, this.#plan);
  }

  /** Advances the time to `to`, and does what is due on the way. */
  #pass(to: number): void {
    const world = this.#world;
    assert.ok(to >= world.now, `${to} is in the past`);
    for (let wake = this.#next(); wake > world.now && wake <= to; wake = this.#next()) {
      world.now = wake;
      this.#look();
      this.#step();
    }
    world.now = to;
  }

  /** When something is due that no event tells of. */
  #next(): number {
    const { now } = this.#world;
    const times = [this.#plan.wakeAt(now), ...(this.#gathered ? this.#lookups.map(([, at]) => at) : [])];
    return Math.min(...times.filter((at) => at > now));
  }

  /** Offers the lines whose names are known by now. */
  #look(): void {
    if (!this.#gathered) return;
    const heard = this.#lookups.filter(([, at]) => at <= this.#world.now);
    this.#lookups = this.#lookups.filter(([, at]) => at > this.#world.now);
    for (const [name] of heard) this.#offer(this.#world.recording.lines.indexOf(name));
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
    const world = this.#world;
    const lines = world.recording.lines.map((_, line) => line);
    this.#plan.begin(
      lines.filter((line) => world.mayUse(line)),
      world.now,
    );
    for (const line of lines) {
      const isLooked = this.#lookups.some(([name]) => name === world.recording.lines[line]);
      if (!isLooked) this.#offer(line);
    }
    this.#look();
  }

  #offer(line: number): void {
    const all = this.#race.candidates.map((text) => this.#world.parse(text));
    this.#plan.offer(
      all.filter((one) => one.line === line),
      !this.#world.mayUse(line),
    );
    this.#plan.settled(line);
  }

  #begin(text: string): void {
    assert.ok(!this.#started.has(text), `${text} starts twice`);
    this.#started.set(text, this.#world.now);
    this.#world.health.begins(this.#world.parse(text).line, this.#world.now);
  }

  #happen([, kind, text]: RecordedEvent): void {
    const world = this.#world;
    const candidate = world.parse(text);
    if (text === this.#trial) {
      this.#happenToTrial(candidate, kind);
      return;
    }
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

  /** Only the memory hears of it. */
  #happenToTrial(candidate: Candidate, kind: RecordedEvent[1]): void {
    const { memory, now } = this.#world;
    const took_ms = now - this.#race.at;
    if (kind === 'connected') memory?.connected(candidate, took_ms, now, this.#world, { anew: true });
    else if (kind === 'answered') memory?.answered(candidate, took_ms, now);
    else {
      const cause = kind in FAILURES ? FAILURES[kind as FailureCode].blames : (kind as RouteFailure);
      if (cause !== undefined) memory?.failed(candidate, cause, now);
    }
  }

  #connects(candidate: Candidate, text: string, connect_ms: number): void {
    const world = this.#world;
    world.memory ??= new DestinationMemory();
    for (const [earlier, cause] of this.#earlier.splice(0)) world.memory.failed(earlier, cause, world.now);
    world.memory.connected(candidate, connect_ms, world.now, world);
    world.health.proxyReached(candidate.line);
    if (world.preferences !== undefined) world.health.times.took(candidate.line, connect_ms);
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
