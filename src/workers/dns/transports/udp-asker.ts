// The server as a question over UDP sees it. Types only: udp.ts implements them.
import type { ServerProfile } from '../ask/server-profile.js';
import type { UdpSlot, UdpSockets } from './udp-sockets.js';

export interface UdpLimits {
  readonly udp_sockets_max: number;
  readonly udp_retry_ms: number;
  readonly hold_ms: number;
}

/** Called with addresses that a later answer to the same question contradicted: they are taken as forged. */
export type Injected = (name: string, addresses: readonly string[]) => void;

/** An answered question that still listens at its slot. */
export interface Listening {
  readonly slot: UdpSlot;
}

/** The server that is asked: its sockets, its profile, and the questions that still listen after an answer. */
export interface Asker {
  readonly profile: ServerProfile;
  readonly limits: UdpLimits;
  readonly injected: Injected;
  readonly sockets: UdpSockets;
  readonly now: () => number;
  /** Keeps the slot of an answered question for a while, to receive a contradicting answer. */
  listen(kept: Listening): void;
}
