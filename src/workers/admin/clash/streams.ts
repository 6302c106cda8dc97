// What goes on: traffic, memory and connections at intervals, and lines of the log. Each is told as JSON, over an answer that goes on or
// a WebSocket. While nobody listens, nothing is asked.
import type { Level } from '../../../threads/log.js';
import type { Feed } from '../feed/feed.js';
import type { LogLine } from '../feed/log-news.js';

/** Takes one value; false: the hearer does not read at this moment, and misses it. */
export type Send = (value: object) => boolean;

/** Begins to tell, and returns what ends it; undefined where too many hear already. */
export type Stream = (send: Send) => (() => void) | undefined;

export const INTERVAL_MS = 1000;
const INTERVAL_MS_MAX = 60_000;

/** As dashboards write it; the usual one for anything that is none. */
export function intervalOf(text: string | undefined): number {
  const asked = /^\d{1,6}$/.test(text ?? '') ? Number(text) : INTERVAL_MS;
  return Math.min(Math.max(asked, INTERVAL_MS), INTERVAL_MS_MAX);
}

/** At once, and then at the interval. What takes longer than the interval is asked for again when it is there. */
export function repeated(every_ms: number, read: () => Promise<object | undefined>): Stream {
  return (send) => {
    let isBusy = false;
    const tell = async (): Promise<void> => {
      if (isBusy) return;
      isBusy = true;
      const value = await read().finally(() => {
        isBusy = false;
      });
      if (value !== undefined && timer !== undefined) send(value);
    };
    let timer: NodeJS.Timeout | undefined = setInterval(() => void tell().catch(() => {}), every_ms);
    void tell().catch(() => {});
    return () => {
      clearInterval(timer);
      timer = undefined;
    };
  };
}

/** Bytes a second, and since the start of the process. */
export function traffic(feed: Pick<Feed, 'subscribe'>): Stream {
  return (send) =>
    feed.subscribe({}, ({ traffic: told }) => {
      if (told === undefined) return;
      const { bytes_up_per_s: up, bytes_down_per_s: down, bytes_up: upTotal, bytes_down: downTotal } = told;
      send({ up, down, upTotal, downTotal });
    });
}

/** The words of Clash. */
const TYPES: Readonly<Record<Level, string>> = {
  ...{ trace: 'debug', debug: 'debug', info: 'info', warn: 'warning', error: 'error', fatal: 'error' },
};
const LEVELS: ReadonlyMap<string, Level> = new Map([
  ['debug', 'trace'],
  ['info', 'info'],
  ['warning', 'warn'],
  ['error', 'error'],
]);

/** Of a level of Clash, or above; undefined for what is none, and null for one of which nothing is told. */
export function levelOf(text: string | undefined): Level | null | undefined {
  return text === 'silent' ? null : LEVELS.get(text ?? 'info');
}

/** The last lines first. `isStructured`: with time and fields, as dashboards for Mihomo ask for. */
export function logLines(feed: Pick<Feed, 'subscribe'>, level: Level, isStructured: boolean): Stream {
  return (send) =>
    feed.subscribe({ log: level }, ({ log }) => {
      for (const line of log?.lines ?? [])
        send(isStructured ? structured(line) : { type: TYPES[line.level], payload: textOf(line) });
    });
}

function structured({ at: time, level, message, fields }: LogLine): object {
  const shown = Object.entries(fields).map(([key, value]) => ({ key, value: textOfValue(value) }));
  return { time, level: TYPES[level], message, fields: shown };
}

function textOf({ message, fields }: LogLine): string {
  const shown = Object.entries(fields).map(([key, value]) => ` ${key}=${textOfValue(value)}`);
  return message + shown.join('');
}

const textOfValue = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value)) ?? '';

export const memory = (): Stream =>
  repeated(INTERVAL_MS, async () => ({ inuse: process.memoryUsage.rss(), oslimit: 0 }));
