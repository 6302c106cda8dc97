// What a question over UDP knows of the server that it is asked of.
import type { ServerProfile } from '../ask/server-profile.js';
import type { UdpSlot, UdpSockets } from './udp-sockets.js';

export interface UdpLimits {
  readonly udp_sockets_max: number;
  readonly udp_retry_ms: number;
  readonly hold_ms: number;
}

/** Hears of addresses that came ahead of the true answer to a real question. */
export type Injected = (name: string, addresses: readonly string[]) => void;

/** An answered question that still listens at its slot. */
export interface Listening {
  readonly slot: UdpSlot;
}

/** The server that is asked: its sockets, what is known of its ways, and who listens on after an answer. */
export interface Asker {
  readonly profile: ServerProfile;
  readonly limits: UdpLimits;
  readonly injected: Injected;
  readonly sockets: UdpSockets;
  readonly now: () => number;
  /** Keeps the slot of an answered question for a while, to hear what contradicts the answer. */
  listen(kept: Listening): void;
}
