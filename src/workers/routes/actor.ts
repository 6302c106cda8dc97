// The route actor: the long task of one worker thread, in which all that connection actors learn comes together. It passes the
// reports of one connection actor to the others, and everything to a new one. It measures nothing itself.
import { setTimeout as wait } from 'node:timers/promises';
import type { MessagePort } from 'node:worker_threads';
import type { LineEvent } from '../../protocol/lines/health/health.js';
import { UNSTEERED } from '../../protocol/steering/steering.js';
import { actorLog } from '../../threads/actor-log.js';
import type { RouteReport, RoutesActor, RoutesControl } from '../../threads/contracts/routes.js';
import type { RoutesStart } from '../../threads/contracts/start.js';
import { HeapWatch } from '../../threads/heap-watch.js';
import { OnePort } from '../../threads/one-port.js';
import { closed, serve } from '../../threads/port.js';
import { Pulse } from '../../threads/pulse.js';
import { within } from '../../threads/within.js';
import { routesForAdmin } from './for-admin.js';
import { KnownLines } from './known-lines.js';
import { LineStates } from './line-states.js';
import { RouteFeed } from './route-feed.js';
import { RouteMemory } from './route-memory.js';
import { SiteNames } from './site-names.js';
import { Snapshots } from './snapshots.js';
import { startFrom } from './start-from.js';

/** Part of the 15 s in which an actor must be ready. */
const RESTORE_WAIT_MS = 1000;
/** A living actor takes a turn. Less than its asker waits: see workers/admin/endpoint/told.ts. */
const REPORTED_MS = 1000;

/** The ports and the feed of one connection actor. */
interface Connected {
  readonly reports: MessagePort;
  readonly pushes: MessagePort;
  readonly feed: RouteFeed;
}

/** Resolves after `stop()`, or when the other end of the control port closes. */
export async function run({
  options,
  beats,
  control,
  log,
  readOnly = false,
  left,
  isFirst = false,
}: RoutesStart): Promise<void> {
  const pulse = new Pulse(beats);
  const heap = new HeapWatch();
  heap.follow(pulse);
  pulse.start();
  const { log: written, warn } = actorLog(log, options.log_level);
  const states = new LineStates(options.lines, (notice) => written?.tell(notice));
  pulse.each(() => states.look(performance.now()));
  const lines = new KnownLines(options);
  const tell = (destinations: readonly string[]): void => routes.tell(destinations);
  const memory = new RouteMemory(options.cache, lines, { warn, readOnly, left, tell });
  const sites = new SiteNames(options.lines.length);
  const routes = new Routes(memory, lines, states, sites, options.cache.entries_max, pulse.busy);
  const snapshots = new Snapshots(() => memory.encoded());
  pulse.each(() => snapshots.sweep(performance.now()));
  let steering = UNSTEERED;
  const admin = new OnePort(
    routesForAdmin({ memory, lines, snapshots, steering: () => steering, tell, reported: () => routes.reported() }),
  );
  const ending = new AbortController();
  const inform = (message: string): void => written?.write('info', {}, message);
  const parts = { cache: options.cache, lines, memory, warn, inform };
  const joined = isFirst ? startFrom(parts, ending.signal) : Promise.resolve();
  const ended = new Promise<void>((resolve) => control.once('close', resolve));
  const warm = Promise.all([memory.restored, joined]);
  await Promise.race([warm, ended, restoreWait(warm)]);
  serve(
    {
      connect: async (actor: number, reports: MessagePort, pushes: MessagePort) =>
        routes.connect(actor, reports, pushes),
      connectAdmin: async (port: MessagePort) => admin.connect(port),
      async configure({ lines: all, budgets, cache, log_level }, readOnly) {
        written?.setLevel(log_level);
        states.setLines(all);
        lines.set({ lines: all, budgets });
        memory.linesChanged();
        sites.setLines(all.length);
        routes.setMax(cache.entries_max);
        await memory.setCache(cache, readOnly);
      },
      tellLines: async (events) => routes.tellLines(events),
      takePins: () => memory.takePins(),
      async setSteering(told) {
        steering = told;
        memory.setPins(told.pins);
        states.setSteering(told);
      },
      async setLinks(links) {
        lines.setLinks(links);
        states.setLinks(links);
      },
      snapshot: async (path) => {
        await told();
        await memory.snapshot(path);
      },
      settled: async () => {
        await Promise.all([memory.restored, joined]);
        await routes.told();
      },
      retire: () => memory.retire(),
      save: async () => {
        await told();
        await memory.save();
      },
      // The answer to this call is sent first.
      stop: async () => void setImmediate(() => control.close()),
    } satisfies RoutesControl,
    control,
  );
  await ended;
  pulse.stop();
  heap.stop();
  admin.close();
  await routes.close();
  states.look(Number.POSITIVE_INFINITY);
  ending.abort();
  await joined;
  await memory.close();
  written?.close();
}

/** Resolves when reports have been read that were sent earlier on other ports. */
const told = (): Promise<void> => new Promise(setImmediate);

/** A short state is restored before the first connection; a long one while the gateway serves. */
async function restoreWait(restored: Promise<unknown>): Promise<void> {
  const abort = new AbortController();
  void restored.then(() => abort.abort());
  await wait(RESTORE_WAIT_MS, undefined, { signal: abort.signal }).catch(() => {});
}

class Routes {
  readonly #memory: RouteMemory;
  readonly #lines: KnownLines;
  readonly #states: LineStates;
  readonly #sites: SiteNames;
  #entries_max: number;
  readonly #busy: () => void;
  readonly #connected = new Map<number, Connected>();

  /** `busy` is called for what makes work: the thread's memory may grow. */
  constructor(
    memory: RouteMemory,
    lines: KnownLines,
    states: LineStates,
    sites: SiteNames,
    entries_max: number,
    busy: () => void,
  ) {
    this.#memory = memory;
    this.#lines = lines;
    this.#states = states;
    this.#sites = sites;
    this.#entries_max = entries_max;
    this.#busy = busy;
  }

  /** The bound of the table. */
  setMax(entries_max: number): void {
    this.#entries_max = entries_max;
  }

  connect(actor: number, reports: MessagePort, pushes: MessagePort): void {
    const before = this.#connected.get(actor);
    const feed = new RouteFeed(
      pushes,
      () => this.#entries_max,
      (destination) => this.#memory.stateOf(destination),
      (destination) => this.#sites.of(destination),
    );
    const connected = { reports, pushes, feed };
    this.#connected.set(actor, connected);
    before?.reports.close();
    before?.pushes.close();
    for (const port of [reports, pushes]) port.once('close', () => this.#gone(actor, connected));
    serve(
      { report: async (reporter, told, lines) => this.#report(reporter, told, lines) } satisfies RoutesActor,
      reports,
    );
    feed.tell([], this.#lines.known());
    if (this.#memory.isEmpty) return;
    // With their sites: an actor places only what comes in the same moments.
    this.#onceSited(() => feed.tell(this.#memory.destinations(), []));
  }

  /** Passes on destinations from the state file. */
  tell(destinations: readonly string[]): void {
    this.#onceSited(() => {
      for (const { feed } of this.#connected.values()) feed.tell(destinations, []);
    });
  }

  /** Calls `tell` as soon as the names of sites are at hand, where they are wanted. */
  #onceSited(tell: () => void): void {
    const loading = this.#sites.load();
    if (loading === undefined) tell();
    else void loading.then(tell);
  }

  /** Tells all actors of the sites of destinations that are new. */
  #tellSites(destinations: readonly string[]): void {
    if (destinations.length === 0) return;
    this.#onceSited(() => {
      const sites = destinations.map((one) => this.#sites.of(one)).filter((site) => site !== undefined);
      for (const { feed } of this.#connected.values()) feed.tell([], [], sites);
    });
  }

  /** Resolves once all actors know what is known by now. */
  async told(): Promise<void> {
    // What is remembered is told with the names of its sites.
    if (!this.#memory.isEmpty) await this.#sites.load();
    await Promise.all([...this.#connected.values()].map(({ feed }) => feed.told));
  }

  /** Resolves once all actors have reported what they have learned by now. One that does not answer in time is not waited for. */
  async reported(): Promise<void> {
    await within(REPORTED_MS, Promise.all([...this.#connected.values()].map(({ feed }) => feed.reported())));
  }

  /** Main tells of lines. */
  tellLines(lines: readonly LineEvent[]): void {
    for (const event of lines) this.#lines.learn(event);
    for (const { feed } of this.#connected.values()) feed.tell([], lines);
  }

  #report(reporter: number, told: readonly RouteReport[], lines: readonly LineEvent[]): void {
    this.#busy();
    const fresh = told.filter((report) => this.#memory.learn(report));
    this.#tellSites(fresh.map(({ destination }) => destination));
    for (const event of lines) {
      const isDown = this.#lines.learn(event);
      if (isDown !== undefined) this.#states.learned(event, isDown);
    }
    const destinations = told.map(({ destination }) => destination);
    for (const [actor, { feed }] of this.#connected) {
      if (actor !== reporter) feed.tell(destinations, lines);
    }
  }

  #gone(actor: number, connected: Connected): void {
    if (this.#connected.get(actor) !== connected) return;
    this.#connected.delete(actor);
    connected.reports.close();
    connected.pushes.close();
  }

  async close(): Promise<void> {
    const ports = [...this.#connected.values()].flatMap(({ reports, pushes }) => [reports, pushes]);
    this.#connected.clear();
    await Promise.all(ports.map(closed));
  }
}
