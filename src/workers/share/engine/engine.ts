// The engine as the rooms of the share actor know it: the Redis or Valkey server that the gateways of a site share. It is a help
// and never a need, so nothing here throws, and each question is over when its time is. Types only.
import type { Histogram } from '../../../threads/shared/time-histogram.js';

/** One command with its arguments, such as `['GET', key]`. Texts are sent as UTF-8. */
export type Command = readonly (string | Buffer)[];

/**
 * Bulk strings are Buffers, simple strings are strings. `error`: the engine's own words, whose first one is the code (`OOM`,
 * `NOPERM`, `WRONGTYPE` …).
 */
export type Reply = string | Buffer | number | null | readonly Reply[] | { readonly error: string };

/** Why the engine is away, or did not do what it was asked. */
export const ENGINE_FAULTS = [
  // It was not reached, or the way there broke.
  ...(['unreachable', 'timeout', 'closed', 'certificate'] as const),
  // It was reached, and gives no answer.
  'hanging',
  // It was reached, and is of no use. `full`: it takes no writes, since its memory or its disk is full. `moved`: a node of a cluster
  // that does not have the site's keys, or not all of them.
  ...(['credentials', 'permission', 'version', 'replica', 'loading', 'full', 'moved', 'cluster-down'] as const),
  // No sentinel knows a master.
  'no-master',
  'other',
] as const;
export type EngineFault = (typeof ENGINE_FAULTS)[number];

export interface EngineCounts {
  /** Connections on which the engine was of use. */
  readonly connects: number;
  /** Questions, each a pipeline and one round trip, that were answered in their time. */
  readonly roundTrips: number;
  /** Commands in all questions that were sent. */
  readonly commands: number;
  /** As the protocol has them, without what TLS and TCP add. */
  readonly sent_bytes: number;
  readonly received_bytes: number;
  /** From the question to the last byte of its answer, also of answers that came too late. */
  readonly times: Histogram;
  /** Connections that failed or ended, and replies that were faults. */
  readonly faults: Readonly<Record<EngineFault, number>>;
  /** Questions that were not sent: the engine was away, or too much was under way. */
  readonly dropped: number;
  /** Questions that were sent and whose time was over before the answer came. */
  readonly late: number;
}

/** What the engine is like at the moment. */
export interface EngineStatus {
  readonly isUp: boolean;
  /** Since when `isUp` has been what it is, in ms of the actor's clock. */
  readonly since_ms: number;
  /** Where this gateway is connected, or was at last: `host:port` or a path, without credentials. */
  readonly place: string;
  /** Such as `redis 7.0.15`; undefined before the first connection. */
  readonly server: string | undefined;
  /** What is wrong; undefined where nothing is. An engine that is full is up. */
  readonly fault: EngineFault | undefined;
  /** The same for people. */
  readonly detail: string | undefined;
}

export interface Engine {
  /** Whether questions are sent at all. */
  readonly isUp: boolean;
  readonly status: EngineStatus;
  readonly counts: EngineCounts;
  /**
   * Asks in one pipeline, which is one round trip; all keys have one hash tag. Gives a reply for each command, in their order;
   * undefined where the engine is away, slow, hanging or not in a state to serve, and at once where too much is under way. Commands
   * that were sent may have been done even so. It settles within `within_ms` and never rejects.
   */
  ask(commands: readonly Command[], within_ms: number): Promise<readonly Reply[] | undefined>;
  /** `heard` is called after each connect and reconnect, and now if the engine is up. It must not throw. */
  onUp(heard: () => void): void;
  /** Leaves the engine. What waits for an answer has none. */
  close(): Promise<void>;
}
