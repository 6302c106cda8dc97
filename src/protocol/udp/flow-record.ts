// What is told of one flow: who sent datagrams where, over which line, and what came back. Plain values, made in
// workers/connection/udp/records/. Pure.
import type { FailureCode } from '../race/failure.js';

/** What a flow carries, as far as its first datagram and its port tell. */
export const FLOW_KINDS = ['other', 'dns', 'quic'] as const;
export type FlowKind = (typeof FLOW_KINDS)[number];

/** `waiting`: nothing carries it yet, since a name is looked up, a proxy is asked, or its QUIC race goes on. */
export const FLOW_PHASES = ['waiting', 'open', 'ended'] as const;
export type FlowPhase = (typeof FLOW_PHASES)[number];

/** How flows end. */
export const FLOW_ENDINGS = [
  /** Nothing has moved for `udp.idle_s`, or `udp.dns_idle_s`. */
  'idle',
  /** It was silent for the longest time when another flow needed the room. */
  'gave-way',
  /** Nothing carries it, or what carried it has failed: `cause` says why. */
  'failed',
  /** The client went on for long and nothing came back: the next datagram begins a new flow, which chooses its line anew. */
  'unanswered',
  /** Its association has ended: the control connection is gone. */
  'association-ended',
  'closed-by-operator',
  /** Its actor died, or the time to drain was over. */
  'cut',
] as const;
export type FlowEnding = (typeof FLOW_ENDINGS)[number];

/**
 * What came of the client's first datagrams over one line. `answered`: the server's answer was authentic. `silent`: no answer in
 * time. `forged`: what came was not authentic. `abandoned`: another line had answered.
 */
export type FlowAttemptResult = FailureCode | 'answered' | 'silent' | 'forged' | 'abandoned';

/** Times are in ms since the flow was opened; undefined for what has not happened. */
export interface FlowAttemptRecord {
  readonly line: string;
  /** The address that was sent to; undefined where the proxy resolves the name. */
  readonly address: string | undefined;
  /** When the first datagrams went out over it. */
  readonly sent_ms: number | undefined;
  readonly ended_ms: number | undefined;
  /** Datagrams of the client that went out over this line during the race. */
  readonly datagrams: number;
  readonly result: FlowAttemptResult | undefined;
}

/** Live or ended. It holds no bytes of datagrams, and no secret. */
export interface FlowRecord {
  /** The control connection of its association (connections/connection-id.ts). */
  readonly association: string;
  /** The client of that connection: `host:port`, or `unknown`. */
  readonly client: string;
  /** The name of the listener where that connection came in. */
  readonly listener: string;
  readonly user: string | undefined;
  readonly tag: string | undefined;
  /** `host:port` as the client asked for it. */
  readonly target: string;
  /** The name in the ClientHello of a QUIC flow. */
  readonly sni: string | undefined;
  readonly kind: FlowKind;
  readonly phase: FlowPhase;
  /** That carries it; undefined as long as none does. */
  readonly line: string | undefined;
  /** The address that is sent to; undefined where the proxy resolves the name. */
  readonly address: string | undefined;
  readonly datagrams_up: number;
  readonly datagrams_down: number;
  /** Of datagrams without headers of SOCKS5. */
  readonly bytes_up: number;
  readonly bytes_down: number;
  /** From the opening to the first answer. */
  readonly first_answer_ms: number | undefined;
  /** Of a QUIC flow that was sent over several lines: in the order in which they began. */
  readonly attempts: readonly FlowAttemptRecord[];
  /** In ms since 1970. */
  readonly opened_at: number;
  /** Until it ended, or until now. */
  readonly duration_ms: number;
  /** Since a datagram moved; undefined when it has ended. */
  readonly silent_ms: number | undefined;
  /** Undefined while it lives. */
  readonly ending: FlowEnding | undefined;
  /** Why nothing carries it. */
  readonly cause: FailureCode | undefined;
  /** What the kernel, a proxy or the DNS servers said of it, or which rule blocks it. */
  readonly detail: string | undefined;
}
