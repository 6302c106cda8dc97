// What this page reads of the API's answer about the gateways of the site; see shapes.ts.
type Counts = Readonly<Record<string, number>>;

/** Redis or Valkey. */
export interface EngineState {
  readonly state: string;
  readonly for_ms: number;
  readonly kind: string;
  readonly place: string;
  readonly server: string | null;
  readonly detail: string | null;
  readonly round_trips: number;
  readonly bytes_sent: number;
  readonly bytes_received: number;
  readonly times: { readonly count: number; readonly sum_ms: number };
  readonly faults: Counts;
  readonly dropped: number;
  readonly late: number;
  readonly writes_dropped: number;
  readonly writes_waiting: number;
}

export interface FleetGateway {
  readonly name: string;
  readonly is_own: boolean;
  readonly is_known: boolean;
  readonly is_present: boolean;
  readonly version: string | null;
  readonly uptime_s: number | null;
  readonly age_ms: number | null;
  readonly open: number | null;
  readonly lines: number | null;
  readonly lines_up: number | null;
  readonly counts: Counts;
}

export interface FleetState {
  /** Null: the gateway shares nothing. */
  readonly site: string | null;
  readonly gateway: string | null;
  readonly engine: EngineState | null;
  readonly routes: {
    readonly asked: number;
    readonly found: number;
    readonly missed: number;
    readonly missed_known: number;
    readonly dropped: number;
    readonly unanswered: number;
    readonly refused: number;
    readonly written: number;
  } | null;
  readonly hints: {
    readonly asked: number;
    readonly told: number;
    readonly too_late: number;
    readonly first: number;
    readonly useful: number;
  } | null;
  readonly news: {
    readonly told: number;
    readonly read: Counts;
    readonly refused: Counts;
    readonly read_age_ms: number | null;
  } | null;
  readonly limits: {
    readonly on_loss: string;
    readonly is_lost: boolean;
    readonly leases: number;
    readonly claimed: number;
    readonly refused: number;
    readonly unanswered: number;
  } | null;
  /** Null while the engine does not answer. */
  readonly gateways: readonly FleetGateway[] | null;
}
