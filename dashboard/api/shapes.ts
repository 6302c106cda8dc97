// What this page reads of the API's answers; they may have more. test/dashboard/shapes.test.ts compares these with the API's own
// schemas. Times of day are RFC 3339 texts.

export interface TrafficEvent {
  readonly at: string;
  readonly bytes_up_per_s: number;
  readonly bytes_down_per_s: number;
  readonly live: number;
  readonly opened_per_s: number;
  /** Of datagrams, that are open; a gateway of an earlier version does not tell. */
  readonly flows?: number;
}

export interface LogLine {
  readonly at: string;
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A connection in a list. */
export interface Connection {
  readonly id: string;
  readonly phase: string;
  readonly client: string;
  readonly listener: string;
  readonly user?: string;
  readonly tag?: string;
  /** Of a connection on which a client has an association for datagrams. */
  readonly association?: string;
  readonly target?: string;
  readonly line?: string;
  readonly address?: string;
  readonly connect_ms?: number;
  readonly attempts: number;
  readonly cause?: string;
  readonly bytes_up: number;
  readonly bytes_down: number;
  readonly opened_at: string;
  readonly ended_at?: string;
  readonly duration_ms: number;
  readonly ending?: string;
}

export interface Attempt {
  readonly line: string;
  readonly address: string;
  readonly remembered: boolean;
  readonly trial?: boolean;
  readonly started_ms: number;
  readonly connected_ms?: number;
  readonly asked_ms?: number;
  readonly answered_ms?: number;
  readonly ended_ms?: number;
  readonly result?: string;
  readonly detail?: string;
}

export interface Race {
  readonly target: string;
  readonly attempts: readonly Attempt[];
  readonly winner?: number;
  readonly why?: string;
  readonly total_ms: number;
  readonly cause?: string;
  readonly detail?: string;
  /** The hint of another gateway by which it was ordered. */
  readonly told?: { readonly line: string; readonly gateway: string; readonly age_ms: number };
}

export interface ConnectionDetail extends Connection {
  readonly race?: Race;
}

export interface ConnectionList {
  readonly connections: readonly Connection[];
  readonly matched: number;
  /** Workers that have not answered in time: their connections are missing. */
  readonly silent_workers: readonly number[];
}

export interface Closed {
  readonly closed: number;
}

export interface Status {
  readonly version: string;
  readonly node: string;
  readonly engine: string;
  readonly pid: number;
  readonly uptime_s: number;
  readonly state: string;
  readonly connections: { readonly live: number; readonly max: number };
  /** Since the start, by the names of the log. */
  readonly totals: Readonly<Record<string, number>>;
  readonly actors: readonly { readonly name: string; readonly is_serving: boolean; readonly deaths: number }[];
  readonly fds: { readonly open: number | null; readonly max: number };
  readonly memory: { readonly bytes_resident: number };
  readonly log_level: string;
  readonly troubles: readonly { readonly level: string; readonly message: string; readonly since: string }[];
}

export interface Bucket {
  readonly le_ms: number | null;
  readonly count: number;
}

/** What a line makes of datagrams. `ago_ms`: since its proxies were last asked. */
export interface LineUdp {
  readonly state: 'direct' | 'relays' | 'not-asked' | 'unreachable' | 'fails' | 'refuses' | 'no-command';
  readonly ago_ms: number | null;
  readonly cause: string | null;
  readonly silent_ms: number | null;
}

export interface LineState {
  readonly line: string;
  readonly health: string;
  readonly paused: boolean;
  readonly pinned: boolean;
  readonly proxies: readonly { readonly kind: string; readonly host: string; readonly port: number }[];
  readonly source: { readonly ip: string | null; readonly interface: string | null };
  readonly tier: number;
  readonly cost_ms: number;
  readonly wins: number;
  readonly win_share: number | null;
  readonly attempts: number;
  readonly rescues: number;
  readonly failures: number;
  readonly unanswered: number;
  readonly bytes_up: number;
  readonly bytes_down: number;
  readonly udp: LineUdp;
  readonly answers_early: boolean;
  readonly doubted: boolean;
  readonly circuit: {
    readonly failures: number;
    readonly for_ms: number;
    readonly why: { readonly cause: string; readonly detail: string | null; readonly address: string } | null;
  } | null;
  readonly link: { readonly at: string; readonly fault: string | null } | null;
  readonly budgets: readonly {
    readonly budget: string;
    readonly bytes_used: number;
    readonly bytes: number;
    readonly spent: boolean;
  }[];
  readonly connect: readonly Bucket[];
  readonly first_byte: readonly Bucket[];
}

export interface Destination {
  readonly destination: string;
  readonly pinned: string | null;
  readonly best: { readonly line: string; readonly address: string } | null;
  readonly candidates: number;
  readonly worked_age_ms: number | null;
}

export interface DestinationList {
  readonly routes: readonly Destination[];
  readonly total: number;
}

/** A smoothed time. */
export interface Smoothed {
  readonly mean_ms: number;
  readonly samples: number;
}

export interface Candidate {
  readonly line: string;
  readonly address: string;
  readonly is_best: boolean;
  /** `text` is English. */
  readonly why: readonly { readonly kind: string; readonly text: string }[];
  readonly connect: Smoothed | null;
  readonly first_byte: Smoothed | null;
  readonly successes: number;
  readonly failures: readonly { readonly cause: string; readonly count: number }[];
  readonly worked_age_ms: number | null;
}

export interface DestinationDetail {
  readonly destination: string;
  readonly pinned: string | null;
  readonly candidates: readonly Candidate[];
}

export interface Evidence {
  readonly how: string;
  readonly by: string;
  readonly name: string | null;
  /** Null for what the configuration says. */
  readonly since: string | null;
  readonly renewed: string | null;
  /** Null: it holds until it is undone. */
  readonly expires: string | null;
}

export interface BadAddress {
  readonly address: string;
  readonly everywhere: boolean;
  readonly names: readonly string[];
  readonly servers: readonly string[];
  readonly last: readonly string[];
  readonly evidence: readonly Evidence[];
}

export interface BadAddressList {
  readonly addresses: readonly BadAddress[];
  readonly total: number;
}

export interface ServerState {
  readonly id: string;
  readonly backup: boolean;
  readonly latency_ms: number | null;
  readonly counts: Readonly<Record<string, number>>;
}

export interface DnsState {
  readonly servers: readonly ServerState[];
  readonly lookups: Readonly<Record<string, number>>;
}

export interface ServerAnswer {
  readonly server: string;
  readonly type: string;
  readonly time_ms: number;
  readonly kind: string;
  readonly addresses: readonly string[];
  readonly verdict: string;
  readonly why: string;
}

export interface AskedName {
  readonly answers: readonly ServerAnswer[];
  readonly choice: { readonly code: string; readonly addresses?: readonly string[] };
}

export interface KeptName {
  readonly name: string;
  readonly hosts: readonly string[] | null;
  readonly answers: readonly {
    readonly kind: string;
    readonly freshness: string;
    readonly ttl_s: number;
    readonly age_s: number;
    readonly parts: readonly { readonly server: string; readonly addresses: readonly string[] }[];
  }[];
}

export interface ConfigurationKey {
  readonly key: string;
  readonly value: unknown;
  readonly source: { readonly kind: string; readonly name?: string; readonly line?: number };
}

export interface ConfigurationState {
  readonly values: readonly ConfigurationKey[];
}

export interface Reloaded {
  readonly changed: readonly string[];
  readonly needs_restart: readonly string[];
  readonly warnings: readonly string[];
}

export interface RuleTest {
  readonly rule: { readonly place: string; readonly blocks: boolean } | null;
  readonly lines: readonly string[];
  readonly refused: { readonly cause: string; readonly sentence: string } | null;
}
