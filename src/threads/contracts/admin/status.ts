// What main tells the admin actor of the whole gateway. Types only. Times are RFC 3339 texts.
import type { InboundName } from '../../../protocol/inbound-name.js';
import type { Trouble } from '../../../protocol/notices/trouble.js';

export interface ListenerStatus {
  readonly name: string;
  /** An address and a port, or `unix:` and a path. */
  readonly address: string;
  readonly protocols: readonly InboundName[];
  /** Clients since the start. */
  readonly accepted: number;
  /** Closed at once, because of where they came from. */
  readonly refused: number;
  /** Refused or closed at once, because their network was over a limit. */
  readonly limited: number;
}

export interface ActorStatus {
  /** As in the log. */
  readonly name: string;
  /** False while it is started again. */
  readonly is_serving: boolean;
  /** How often it has died. */
  readonly deaths: number;
  /** Its last death; null where there was none. */
  readonly last_death: { readonly at: string; readonly why: string } | null;
}

export interface BudgetStatus {
  readonly name: string;
  /** Of `bytes_limit`, both directions together. */
  readonly bytes_used: number;
  readonly bytes_limit: number;
  readonly is_spent: boolean;
  /** Days of the local calendar, of the month that counts now. */
  readonly begins: string;
  readonly ends: string;
  readonly lines: readonly string[];
}

/** Of datagrams. Counts are since the start. */
export interface UdpStatus {
  readonly associations: { readonly live: number; readonly max: number };
  readonly flows: { readonly live: number; readonly max: number };
  /** Sent to destinations (up) and to clients (down); bytes without headers of SOCKS5. */
  readonly datagrams_up: number;
  readonly datagrams_down: number;
  readonly bytes_up: number;
  readonly bytes_down: number;
  readonly dropped: number;
  /** QUIC flows that were sent over a second line; those that another line than the first one carried. */
  readonly quic_races: number;
  readonly quic_rescues: number;
}

export interface GatewayStatus {
  readonly version: string;
  readonly node: string;
  readonly engine: 'uring' | 'epoll';
  readonly pid: number;
  readonly started_at: string;
  readonly uptime_s: number;
  /** `draining`: it accepts no more clients, and those that it has may finish. */
  readonly state: 'serving' | 'draining';
  readonly listeners: readonly ListenerStatus[];
  readonly actors: readonly ActorStatus[];
  readonly connections: { readonly live: number; readonly max: number };
  readonly udp: UdpStatus;
  /** Counters of all connection actors since the start, by the names of the log. */
  readonly totals: Readonly<Record<string, number>>;
  /** File descriptors. `open`: null where that is not known. */
  readonly fds: { readonly open: number | null; readonly max: number };
  readonly memory: {
    /** Of the whole process. */
    readonly bytes_resident: number;
    /** Of the main thread's heap. */
    readonly bytes_heap_used: number;
    readonly bytes_heap_total: number;
    readonly bytes_external: number;
  };
  readonly log_level: string;
  readonly budgets: readonly BudgetStatus[];
  /** What is wrong now. */
  readonly troubles: readonly Trouble[];
}
