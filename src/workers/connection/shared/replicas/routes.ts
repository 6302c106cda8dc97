// This actor's replica of what all actors have learned about routes and lines: read on the hot path, updated by pushes of the
// route actor. What this actor learns is applied here at once and reported in batches; repetitions are reported rarely.
import type { MessagePort } from 'node:worker_threads';
import type { Measured, Way } from '../../../../protocol/bulk/transfer.js';
import type { Candidate } from '../../../../protocol/lines/candidate.js';
import type { LineEvent, LineHealth } from '../../../../protocol/lines/health/health.js';
import { preferencesOf } from '../../../../protocol/lines/health/present-preferences.js';
import { tableLength } from '../../../../protocol/lines/numbers.js';
import type { Preferences } from '../../../../protocol/lines/preferences.js';
import type { Options } from '../../../../protocol/options.js';
import type { How, Move, Outage, RouteFailure } from '../../../../protocol/routes/candidate-memory.js';
import { isSticky } from '../../../../protocol/routes/destination-key.js';
import type { DestinationMemory, LineView } from '../../../../protocol/routes/destination-memory.js';
import type { RouteEvent } from '../../../../protocol/routes/route-event.js';
import { memoryOf, type RouteState } from '../../../../protocol/routes/state.js';
import { RouteTable } from '../../../../protocol/routes/table.js';
import type { RouteReport, RouteSubscriber, RoutesActor } from '../../../../threads/contracts/routes.js';
import { call, type Remote, serve } from '../../../../threads/port.js';
import { KnownNeighbours } from './known-neighbours.js';

/** Reports that wait at most; further ones are dropped, and the other actors learn by themselves. */
const REPORTS_MAX = 4096;
/** Events of lines in one batch at most; the first ones already tell of a dead proxy. */
const LINE_EVENTS_MAX = 256;
/** Sites whose other bytes wait at most; those of further ones are not reported. */
const TRICKLES_MAX = 256;
/** Reports are sent at this interval, or when there are this many. */
const REPORT_EVERY_MS = 100;
const REPORT_BATCH = 256;
/** A candidate that keeps connecting, answering or failing is reported at these intervals for each of the three. */
const REPEAT_MS = 10_000;
const REPEAT_FAILURE_MS = 1000;

export class RoutesReplica implements RouteSubscriber, LineView {
  ttl_ms: number;
  readonly #actor: number;
  /** Greater than all numbers of lines. */
  #lines: number;
  preferences: Preferences | undefined;
  readonly #health: LineHealth;
  readonly #table: RouteTable;
  readonly neighbours: KnownNeighbours;
  #repeat_ms: number;
  readonly #now: () => number;
  #ports: MessagePort[] = [];
  #remote: Remote<RoutesActor> | undefined;
  #reports: RouteReport[] = [];
  #lineEvents: LineEvent[] = [];
  /** Of sites with bulk transfers: what else has been carried, which waits to be reported. */
  readonly #trickles = new Map<string, { readonly line: Candidate; readonly bytes: number }>();
  #hasBulk = false;
  #reported = 0;
  /** Called with a line against which something speaks. */
  doubts: (line: number) => void = () => {};
  /** Whether the last batch has not been answered yet: a route actor that hangs must not get ever more batches. */
  #isReporting = false;
  /** Resolves when the last batch has been answered, and so all earlier ones. */
  #answered: Promise<void> = Promise.resolve();

  constructor(actor: number, options: Options, health: LineHealth, now: () => number) {
    const { lines, cache } = options;
    this.ttl_ms = cache.ttl_s * 1000;
    this.#actor = actor;
    this.#lines = tableLength(lines);
    this.#health = health;
    this.preferences = preferencesOf(options, health);
    this.#table = new RouteTable(cache.entries_max, this.ttl_ms);
    this.#repeat_ms = repeatOf(this.ttl_ms);
    this.#now = now;
    this.neighbours = new KnownNeighbours(this.#table, lines);
  }

  /** Other lines and bounds. What is remembered of lines that stay is kept, as far as there is room. */
  set({ lines, cache, budgets }: Pick<Options, 'lines' | 'cache' | 'budgets'>): void {
    this.ttl_ms = cache.ttl_s * 1000;
    this.#repeat_ms = repeatOf(this.ttl_ms);
    this.#table.setBounds(cache.entries_max, this.ttl_ms);
    this.#lines = Math.max(this.#lines, tableLength(lines));
    this.preferences = preferencesOf({ lines, budgets }, this.#health);
    this.#health.grow(this.#lines);
    this.neighbours.setLines(lines);
  }

  /** Reports to, and takes pushes from, the route actor at the other ends of the ports from now on. */
  connect(reports: MessagePort, pushes: MessagePort): void {
    this.close();
    this.#ports = [reports, pushes];
    for (const port of this.#ports) port.unref();
    this.#remote = call<RoutesActor>(reports);
    const subscriber: RouteSubscriber = {
      routesChanged: (routes, lines, sites, forgotten) => this.routesChanged(routes, lines, sites, forgotten),
      reportNow: () => this.reportNow(),
    };
    serve(subscriber, pushes);
  }

  /** What is remembered of a destination; for its key see protocol/routes/destination-key.ts. */
  get(destination: string, now: number): DestinationMemory | undefined {
    return this.#table.get(destination, now);
  }

  /** The same, with an empty memory where nothing is remembered. */
  open(destination: string, now: number): DestinationMemory {
    const memory = this.#table.open(destination, now);
    if (memory.touched === Number.NEGATIVE_INFINITY) this.neighbours.add(destination);
    return memory;
  }

  connected(
    destination: string,
    memory: DestinationMemory,
    candidate: Candidate,
    connect_ms: number,
    now: number,
    how?: How,
  ): void {
    if (memory.worked === Number.NEGATIVE_INFINITY) this.neighbours.place(destination, candidate);
    const known = memory.connected(candidate, connect_ms, now, this, how);
    if (memory.best !== known) this.#keep(destination, memory, now);
    if (how === undefined && now - known.connectReported < this.#repeat_ms) return;
    known.connectReported = now;
    this.#report(destination, { ...of(candidate), kind: 'connected', connect_ms, ...how });
  }

  answered(
    destination: string,
    memory: DestinationMemory,
    candidate: Candidate,
    first_byte_ms: number,
    now: number,
  ): void {
    const known = memory.answered(candidate, first_byte_ms, now);
    if (memory.best !== known) this.#keep(destination, memory, now);
    if (now - known.answerReported < this.#repeat_ms) return;
    known.answerReported = now;
    this.#report(destination, { ...of(candidate), kind: 'answered', first_byte_ms });
  }

  /** A sticky rule keeps what works first, and leaves it at once when it fails: the route actor does the same for all actors. */
  #keep(destination: string, memory: DestinationMemory, now: number): void {
    if (isSticky(destination)) memory.choose(now, this.ttl_ms, this, true);
  }

  failed(destination: string, memory: DestinationMemory, candidate: Candidate, cause: RouteFailure, now: number): void {
    const known = memory.failed(candidate, cause, now);
    if (memory.best === known && known.isFailing(now)) this.#keep(destination, memory, now);
    if (now - known.failureReported < REPEAT_FAILURE_MS) return;
    known.failureReported = now;
    // The next success is news again.
    known.connectReported = Number.NEGATIVE_INFINITY;
    known.answerReported = Number.NEGATIVE_INFINITY;
    this.#report(destination, { ...of(candidate), kind: 'failed', cause });
  }

  /** Reports that a name has moved away from the address of a candidate, or with undefined that it has it again. */
  moved(destination: string, candidate: Candidate, move: Move | undefined): void {
    this.#report(
      destination,
      move === undefined ? { ...of(candidate), kind: 'back' } : { ...of(candidate), kind: 'moved', to: move.to },
    );
  }

  /** Whether any site has had bulk transfers. */
  get hasBulk(): boolean {
    return this.#hasBulk;
  }

  /** `key`: of a site (see destination-key.ts), of which a line has carried a part of a bulk transfer. */
  carried(key: string, line: Candidate, way: Way, measured: Measured, now: number): void {
    this.#hasBulk = true;
    this.#table.open(key, now).carried(line, way, measured, now);
    this.#report(key, { ...of(line), kind: 'carried', way, ...measured });
  }

  /** A line has carried bytes that did not come in bulk. They count where the site has bulk transfers. */
  trickled(key: string, line: Candidate, bytes: number, now: number): void {
    const memory = this.#table.get(key, now);
    if (memory?.traffic === undefined) return;
    memory.trickled(line, bytes, now);
    const waiting = this.#trickles.get(key);
    if (waiting !== undefined) this.#trickles.set(key, { line, bytes: waiting.bytes + bytes });
    else if (this.#trickles.size < TRICKLES_MAX) this.#trickles.set(key, { line, bytes });
  }

  #reportTrickles(): void {
    for (const [key, { line, bytes }] of this.#trickles) this.#report(key, { ...of(line), kind: 'trickled', bytes });
    this.#trickles.clear();
  }

  /** A cheaper candidate is tried. All actors hear of it, so that they do not try one, too. */
  tried(destination: string, memory: DestinationMemory, candidate: Candidate, now: number): void {
    memory.tried(now);
    this.#report(destination, { ...of(candidate), kind: 'tried' });
  }

  /** Reports an event of a line to the other actors; it has been applied here already. */
  tell(event: LineEvent): void {
    if (this.#lineEvents.length < LINE_EVENTS_MAX) this.#lineEvents.push(event);
    if (event.kind === 'lost') this.doubts(event.line);
  }

  mayUse(line: number): boolean {
    return this.#health.mayUse(line, this.#now());
  }

  answersEarly(line: number): boolean {
    return this.#health.answersEarly(line, this.#now());
  }

  outage(line: number): Outage | undefined {
    return this.#health.outage(line);
  }

  async routesChanged(
    routes: readonly RouteState[],
    lines: readonly LineEvent[],
    sites: readonly string[] = [],
    forgotten: readonly string[] = [],
  ): Promise<void> {
    const now = this.#now();
    for (const destination of forgotten) this.#table.forget(destination);
    this.neighbours.learn(sites);
    for (const state of routes) {
      if (state.traffic !== undefined) this.#hasBulk = true;
      const told = memoryOf(state, now, this.#lines);
      if (told.candidates.length === 0) continue;
      const known = this.#table.get(state.destination, now);
      if (known === undefined) {
        this.#table.put(state.destination, told);
        this.neighbours.add(state.destination);
        for (const candidate of told.candidates) this.neighbours.place(state.destination, candidate);
      } else known.adopt(told, isSticky(state.destination));
    }
    for (const event of lines) {
      // It may come before the generation that has the line.
      this.#health.grow(event.line + 1);
      this.#health.apply(event, now);
      if (event.kind === 'lost') this.doubts(event.line);
    }
  }

  /** Sends waiting reports when they are due, or with `atOnce`. Called once a turn. */
  flush(now: number, atOnce = false): void {
    const waiting = this.#reports.length + this.#lineEvents.length + this.#trickles.size;
    if (waiting === 0 || this.#remote === undefined) return;
    if (!atOnce) {
      if (this.#isReporting) return;
      if (waiting < REPORT_BATCH && now - this.#reported < REPORT_EVERY_MS) return;
    }
    this.#reported = now;
    this.#reportTrickles();
    this.#sendTo(this.#remote);
  }

  async reportNow(): Promise<void> {
    this.flush(this.#now(), true);
    await this.#answered;
  }

  #sendTo(remote: Remote<RoutesActor>): void {
    const reports = this.#reports;
    const lineEvents = this.#lineEvents;
    this.#reports = [];
    this.#lineEvents = [];
    this.#isReporting = true;
    const answered = (): void => {
      if (this.#remote === remote) this.#isReporting = false;
    };
    // A dead route actor never answers. The next one learns from later connections.
    this.#answered = remote.report(this.#actor, reports, lineEvents).then(answered, answered);
  }

  close(): void {
    for (const port of this.#ports) port.close();
    this.#ports = [];
    this.#remote = undefined;
    this.#isReporting = false;
  }

  #report(destination: string, event: RouteEvent): void {
    if (this.#reports.length < REPORTS_MAX) this.#reports.push({ destination, event });
  }
}

const repeatOf = (ttl_ms: number): number => Math.min(REPEAT_MS, ttl_ms / 4);

const of = ({ line, ip }: Candidate): Candidate => ({ line, ip });
