// The messages between the bench and its two child processes, the load generator and the target, over Node's IPC channel.
// Types only.
import type { Percentiles } from './histogram.js';

/** The servers that a load's connections can end at. */
export type TargetKind = 'echo' | 'source' | 'sink';

/** The target's ports: a list for each kind of server, and one of proxies that a subject's line may lead through. */
export type TargetPorts = Readonly<Record<TargetKind | 'proxy', readonly number[]>>;

export interface Credentials {
  readonly name: string;
  readonly password: string;
}

/** How clients speak to a proxy: SOCKS5, with a password where a user is given, or CONNECT of HTTP. */
export type Speech =
  | { readonly kind: 'socks5'; readonly user?: Credentials }
  /** Requests are in the form of HTTP/1.1. */
  | { readonly kind: 'http' };

/** What a proxy is asked for, the ports in turn. */
export interface Ask {
  readonly host: string;
  readonly ports: readonly number[];
  /** SOCKS5 without a password where there is none. */
  readonly speech?: Speech | undefined;
}

/** How a load's connections reach the target. */
export interface Way {
  /** The port at 127.0.0.1 to connect to. */
  readonly entry: number;
  /** Undefined where no handshake is spoken. */
  readonly ask: Ask | undefined;
}

export type Direction = 'download' | 'upload';

/** What held connections do: they are silent behind their handshake and an echo (idle, the default), or never end a handshake. */
export type CrowdKind = 'idle' | 'slow';

export type Order =
  | { readonly kind: 'connect'; readonly way: Way; readonly connections: number; readonly duration_ms: number }
  /** `rate`: connections that begin in a second, on average. */
  | { readonly kind: 'open'; readonly way: Way; readonly rate: number; readonly duration_ms: number }
  | { readonly kind: 'ping'; readonly way: Way; readonly connections: number; readonly duration_ms: number }
  | {
      readonly kind: 'bulk';
      readonly way: Way;
      readonly connections: number;
      readonly duration_ms: number;
      readonly direction: Direction;
    }
  /** Opens connections until `connections` are held. They stay until `release`, beside what is ordered meanwhile. */
  | { readonly kind: 'hold'; readonly way: Way; readonly connections: number; readonly crowd?: CrowdKind }
  /** Closes all of them. Idle ones prove first that they still work. */
  | { readonly kind: 'release' };

export interface Outcome {
  /** Connections (connect, open, hold, release), round trips (ping) or streams (bulk) whose bytes were all as expected. */
  readonly verified: number;
  /** Bytes that bulk streams carried, as both ends count them. */
  readonly bytes: number;
  readonly elapsed_ms: number;
  /**
   * Time of a connection until its echo is complete, from when it was opened, or was due in the open loop; or of a round
   * trip; all 0 in bulk.
   */
  readonly latency: Percentiles;
  /** The same latencies at every tenth of a nine (histogram.ts). */
  readonly curve: readonly number[];
  /** The number of failures by cause. */
  readonly failures: Readonly<Record<string, number>>;
  /** CPU time of the load generator itself, in µs. */
  readonly cpu_us: { readonly user: number; readonly system: number };
}

export type GeneratorReport = { readonly kind: 'ready' } | { readonly kind: 'outcome'; readonly outcome: Outcome };

export type TargetReport =
  | { readonly kind: 'ready'; readonly ports: TargetPorts }
  | { readonly kind: 'trouble'; readonly cause: string };
