// How connections end, in the words of the record, the logs and the counters. Pure.

/** How a client ends that has not said where it wants to go, or has said it wrongly. */
export const HANDSHAKE_ENDINGS = [
  /** It speaks no protocol that is known here. */
  'unknown-protocol',
  /** It speaks a known protocol wrongly. */
  'broke-protocol',
  /** It asks for what is not served. */
  'refused',
  /** Its name and password are not right. */
  'denied',
  'bad-proxy-header',
  /** The PROXY header tells of a client that may not come. */
  'not-allowed',
  /** The PROXY header tells of a client whose network is over a limit. */
  'over-limit',
  'left-early',
  'handshake-timeout',
] as const;
export type HandshakeEnding = (typeof HANDSHAKE_ENDINGS)[number];

export const ENDINGS = [
  ...HANDSHAKE_ENDINGS,
  /** It got a reply of failure. */
  'failed',
  /** The client went away during the race. */
  'cancelled',
  'complete',
  'reset-by-client',
  'reset-by-destination',
  'idle',
  'half-closed',
  'dead-line',
  'ended-for-room',
  'closed-by-operator',
  /** Its actor died, or the time to drain was over. */
  'cut',
] as const;
export type ConnectionEnding = (typeof ENDINGS)[number];
