// What the admin actor asks of the share actor, called through comlink over a MessagePort. All counts are since the actor's start,
// times are ages, and texts have no secrets. Types only. What connection actors count of hints is in shared/counters.ts.
import type { EngineKind, OnLoss } from '../../../protocol/share-options.js';
import type { Histogram } from '../../shared/time-histogram.js';

/** `connecting`: neither connected nor failed yet. */
export const ENGINE_STATES = ['up', 'connecting', 'down'] as const;
export type EngineState = (typeof ENGINE_STATES)[number];

/** By a closed list of words, so that a count of each has a bound. */
export type ByWord = Readonly<Record<string, number>>;

/** The Redis or Valkey server. */
export interface EngineSeen {
  readonly state: EngineState;
  /** For how long it has been so. */
  readonly for_ms: number;
  readonly kind: EngineKind;
  /** Where this gateway is connected, or was at last, without name and password. */
  readonly place: string;
  /** Such as `redis 7.0.15`; undefined before the first connection. */
  readonly server: string | undefined;
  /** What is wrong, in a word and in a sentence; undefined where nothing is. An engine that is full is up. */
  readonly fault: string | undefined;
  readonly detail: string | undefined;
  readonly connects: number;
  readonly round_trips: number;
  readonly commands: number;
  readonly bytes_sent: number;
  readonly bytes_received: number;
  /** Of round trips, with TURN_BOUNDS_MS. */
  readonly times: Histogram;
  /** Connections that failed or ended, and replies that were faults, by what was wrong. */
  readonly faults: ByWord;
  /** Questions that were not sent, since the engine was away or too much was under way. */
  readonly dropped: number;
  /** Questions that were not answered in their time. */
  readonly late: number;
  /** Writes that were given up, since there were too many or they were too old. */
  readonly writes_dropped: number;
  /** Writes that wait for the engine now. */
  readonly writes_waiting: number;
}

/** What connection actors have asked for, and what this gateway has told the site. */
export interface RoutesSeen {
  /** Destinations of first contacts that this actor was asked for. */
  readonly asked: number;
  /** Of these: those of which another gateway knew something, and those of which none did, or was known just before not to. */
  readonly found: number;
  readonly missed: number;
  readonly missed_known: number;
  /** Those that were not asked for in time, as while the engine is away, and those that it did not answer in time. */
  readonly dropped: number;
  readonly unanswered: number;
  /** Values that no gateway of the site has written there, or that are damaged. */
  readonly refused: number;
  /** Values that were given to the engine. */
  readonly written: number;
}

/** The stream of news. */
export interface NewsSeen {
  readonly told: number;
  /** News that were believed, by what they tell. */
  readonly read: ByWord;
  /** News that were not, by why. */
  readonly refused: ByWord;
  /** When the stream was last read; undefined: not yet. */
  readonly read_age_ms: number | undefined;
}

/** Leases of limits and budgets. */
export interface LimitsSeen {
  readonly on_loss: OnLoss;
  /** Whether `on_loss` holds now. */
  readonly is_lost: boolean;
  /** Leases that are held now. */
  readonly leases: number;
  readonly claimed: number;
  /** Claims that the site has nothing left for. */
  readonly refused: number;
  /** Questions to the engine to which no answer came. */
  readonly unanswered: number;
}

export interface ShareSeen {
  readonly site: string;
  /** The name of this gateway. */
  readonly gateway: string;
  readonly engine: EngineSeen;
  /** Undefined for what the configuration leaves out. */
  readonly routes: RoutesSeen | undefined;
  readonly news: NewsSeen | undefined;
  readonly limits: LimitsSeen | undefined;
}

/** What a gateway last told of itself. */
export interface PresenceSeen {
  readonly version: string;
  readonly uptime_s: number;
  /** How old that is. */
  readonly age_ms: number;
  /** Connections that are open. */
  readonly open: number;
  /** Its lines, and how many of them are up. */
  readonly lines: number;
  readonly lines_up: number;
  /** Since its start, by name: see protocol/share/presence.ts. */
  readonly counts: ByWord;
}

export interface GatewaySeen {
  readonly name: string;
  /** Whether `share.gateways` names it, so that its news are believed. */
  readonly is_known: boolean;
  /** Undefined where it has told nothing of itself lately. */
  readonly present: PresenceSeen | undefined;
}

/** Served by the share actor. */
export interface ShareAdmin {
  /** Answers from what the actor has in memory. */
  state(): Promise<ShareSeen>;
  /** All gateways of the site, by name. Asks the engine; undefined where that does not answer. */
  gateways(): Promise<readonly GatewaySeen[] | undefined>;
}
