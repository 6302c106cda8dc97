// What happens in the gateway, told each second to those that want to hear it: traffic, connections, flows, lines, the log. While nobody
// does, nothing is asked and nothing is done. It is the same for all hearers, and bounded: what is left out is counted.
import type { ConnectionSummary } from '../../../protocol/connections/summary.js';
import type { FlowRecord } from '../../../protocol/udp/flow-record.js';
import type { Level } from '../../../threads/log.js';
import type { AdminParts } from '../shared/parts.js';
import { type LineNews, LineWatch } from './line-news.js';
import { LogHearer, type LogNews, logLines } from './log-news.js';
import { NewsWatch, type ToldNews } from './news.js';
import { type Traffic, TrafficMeter, type TrafficParts } from './traffic.js';

const EVERY_MS = 1000;
/** Who hears at a time. */
const HEARERS_MAX = 16;
/** Connections, and flows, that are told of each second, of those that were opened and of those that have ended. */
const TOLD_MAX = 50;
/** Lines of the log that are told each second, and at the beginning. */
const LINES_MAX = 100;

export type FeedParts = TrafficParts & Pick<AdminParts, 'connections' | 'routes' | 'gateway'>;

export interface Wants {
  readonly connections?: boolean;
  readonly flows?: boolean;
  readonly lines?: boolean;
  /** Lines of the log of this level or above. */
  readonly log?: Level | undefined;
}

/** What was wanted, of the last second. `traffic` is missing in the first one, `lines` where none has changed. */
export interface Tick {
  /** RFC 3339. */
  readonly at: string;
  readonly traffic?: Traffic | undefined;
  readonly connections?: ToldNews<ConnectionSummary> | undefined;
  readonly flows?: ToldNews<FlowRecord> | undefined;
  /** In the first tick all. */
  readonly lines?: readonly LineNews[] | undefined;
  /** In the first tick the last ones. */
  readonly log?: LogNews | undefined;
}

export type Hear = (tick: Tick) => void;

interface Hearer {
  readonly wants: Wants;
  readonly hear: Hear;
  readonly log: LogHearer | undefined;
}

export class Feed {
  readonly #parts: FeedParts;
  readonly #every_ms: number;
  readonly #hearers = new Set<Hearer>();
  readonly #connections: NewsWatch<ConnectionSummary>;
  readonly #flows: NewsWatch<FlowRecord>;
  readonly #lines: LineWatch;
  /** Ends the rest between two ticks. */
  #wake = (): void => {};
  #isRunning = false;

  constructor(parts: FeedParts, every_ms = EVERY_MS) {
    this.#parts = parts;
    this.#every_ms = every_ms;
    // The bytes of lines are counted each second while actors are asked for their connections.
    this.#connections = new NewsWatch(parts, (actor, since, most) => actor.news(since, most));
    this.#flows = new NewsWatch(parts, (actor, since, most) => actor.flowNews(since, most));
    this.#lines = new LineWatch(parts);
  }

  /** Returns what ends it; undefined where too many hear already. */
  subscribe(wants: Wants, hear: Hear): (() => void) | undefined {
    if (this.#hearers.size >= HEARERS_MAX) return undefined;
    const hearer: Hearer = { wants, hear, log: wants.log && new LogHearer(wants.log, LINES_MAX) };
    this.#hearers.add(hearer);
    void this.#greet(hearer);
    if (!this.#isRunning) void this.#run();
    return () => {
      this.#hearers.delete(hearer);
      if (this.#hearers.size === 0) this.#wake();
    };
  }

  async #greet(hearer: Hearer): Promise<void> {
    const { lines: wantsLines, log: level } = hearer.wants;
    const [lines, log] = await Promise.all([
      wantsLines === true ? this.#lines.all() : undefined,
      level && logLines(this.#parts, undefined, [level], LINES_MAX),
    ]);
    const greeting = hearer.log?.greet(log);
    if (this.#hearers.has(hearer)) hearer.hear({ at: timeNow(), lines, log: greeting });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    const meter = new TrafficMeter(this.#parts, performance.now());
    this.#connections.reset();
    this.#flows.reset();
    const [first] = await Promise.all([
      logLines(this.#parts, undefined, [], 0),
      this.#connections.read(0),
      this.#lines.changed(),
    ]);
    let place = first?.next;
    while (this.#hearers.size > 0) {
      await this.#rest();
      if (this.#hearers.size > 0) place = await this.#tick(meter, place);
    }
    this.#isRunning = false;
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#every_ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** `place`: the number of the next line of the log. */
  async #tick(meter: TrafficMeter, place: number | undefined): Promise<number | undefined> {
    const all = [...this.#hearers].map(({ wants }) => wants);
    // Each by its own level: what one wants besides must not displace what another one wants.
    const levels = [...new Set(all.flatMap(({ log }) => log ?? []))];
    const [connections, flows, lines, log] = await Promise.all([
      this.#connections.read(all.some((wants) => wants.connections) ? TOLD_MAX : 0),
      this.#flowsFor(all.some((wants) => wants.flows)),
      all.some((wants) => wants.lines) ? this.#lines.changed() : [],
      levels.length > 0 ? logLines(this.#parts, place, levels, LINES_MAX) : undefined,
    ]);
    const [traffic, at] = [meter.read(performance.now()), timeNow()];
    for (const { wants, hear, log: own } of this.#hearers) {
      hear({
        ...{ at, traffic },
        connections: wants.connections ? connections : undefined,
        flows: wants.flows ? flows : undefined,
        lines: wants.lines && lines.length > 0 ? lines : undefined,
        log: log && own?.news(log),
      });
    }
    return log?.next ?? place;
  }

  /** While nobody wants them no actor is asked; then the first second has none. */
  async #flowsFor(areWanted: boolean): Promise<ToldNews<FlowRecord> | undefined> {
    if (areWanted) return this.#flows.read(TOLD_MAX);
    this.#flows.reset();
    return undefined;
  }
}

const timeNow = (): string => new Date().toISOString();
