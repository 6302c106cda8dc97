// What this page reads of the API's answers about flows of datagrams; see shapes.ts.

/** What came of a client's first datagrams over one line. */
export interface FlowAttempt {
  readonly line: string;
  readonly sent_ms?: number;
  readonly ended_ms?: number;
  readonly result?: string;
}

export interface Flow {
  readonly id: string;
  /** The id of the connection on which its client has the association. */
  readonly association: string;
  readonly client: string;
  readonly user?: string;
  readonly target: string;
  /** The name in a QUIC ClientHello. */
  readonly sni?: string;
  readonly kind: string;
  readonly phase: string;
  readonly line?: string;
  readonly address?: string;
  readonly datagrams_up: number;
  readonly datagrams_down: number;
  readonly bytes_up: number;
  readonly bytes_down: number;
  readonly first_answer_ms?: number;
  readonly attempts: readonly FlowAttempt[];
  readonly opened_at: string;
  readonly duration_ms: number;
  readonly ending?: string;
  readonly cause?: string;
}

export interface FlowList {
  readonly flows: readonly Flow[];
  readonly matched: number;
  /** Workers that have not answered in time: their flows are missing. */
  readonly silent_workers: readonly number[];
}
