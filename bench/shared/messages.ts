// What the bench and its two child processes, the load generator and the target, tell each other over Node's IPC
// channel. Types only.
import type { Percentiles } from './histogram.js';

/** What a load's connections may end at. */
export type TargetKind = 'echo' | 'source' | 'sink';

/** The ports of the target, one list for each kind of server, and of the proxies that a subject's line may lead through. */
export type TargetPorts = Readonly<Record<TargetKind | 'proxy', readonly number[]>>;

/** How a load's connections reach the target. */
export interface Way {
  /** The port at 127.0.0.1 that is connected to. */
  readonly entry: number;
  /** What is asked for in the SOCKS5 request, the ports in turn; undefined where no handshake is spoken. */
  readonly ask: { readonly host: string; readonly ports: readonly number[] } | undefined;
}

export type Direction = 'download' | 'upload';

export type Order =
  | { readonly kind: 'connect'; readonly way: Way; readonly connections: number; readonly duration_ms: number }
  | { readonly kind: 'ping'; readonly way: Way; readonly connections: number; readonly duration_ms: number }
  | {
      readonly kind: 'bulk';
      readonly way: Way;
      readonly connections: number;
      readonly duration_ms: number;
      readonly direction: Direction;
    }
  /** Opens connections until so many are held, and keeps them; `release` proves that each still works and closes it. */
  | { readonly kind: 'hold'; readonly way: Way; readonly connections: number }
  | { readonly kind: 'release' };

export interface Outcome {
  /** Connections (connect, hold, release), round trips (ping) or streams (bulk) whose bytes were all as expected. */
  readonly verified: number;
  /** Bytes that bulk streams carried, as both ends count them. */
  readonly bytes: number;
  readonly elapsed_ms: number;
  /** Of a connection until its echo is there, of a round trip; of nothing in bulk. */
  readonly latency: Percentiles;
  /** The same latencies at every tenth of a nine (histogram.ts). */
  readonly curve: readonly number[];
  /** How often, by cause. */
  readonly failures: Readonly<Record<string, number>>;
  /** Of the load generator itself. */
  readonly cpu_us: { readonly user: number; readonly system: number };
}

export type GeneratorReport = { readonly kind: 'ready' } | { readonly kind: 'outcome'; readonly outcome: Outcome };

export type TargetReport =
  | { readonly kind: 'ready'; readonly ports: TargetPorts }
  | { readonly kind: 'trouble'; readonly cause: string };
