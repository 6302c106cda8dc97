// Which silent connections make room when the gateway is full. First their peers are probed, so that the kernel finds those that
// have vanished; and when clients wait nevertheless, the longest silent ones are ended. Pure: it probes and ends nothing.

/** A connection on which nothing has moved for a while. */
export interface Silent {
  /** Its number in its actor. */
  readonly connection: number;
  readonly silent_ms: number;
}

/**
 * `unprobed`: its peers have not been asked lately. `asked`: a probe is on its way. `answered`: both peers are there, as far as can
 * be told. `mute`: a peer has not been heard, and the kernel does not ask, since bytes for the peer are on their way; it sends those
 * again, and gives the peer up after a quarter of an hour.
 */
export type ProbeState = 'unprobed' | 'asked' | 'answered' | 'mute';

export interface SilentConnection extends Silent {
  readonly state: ProbeState;
}

/** What an actor tells of some of its connections, the longest silent first; `next` is where to ask on, undefined at the end. */
export interface SilentPage {
  /** Without those that may be quiet for ever. */
  readonly longest: readonly SilentConnection[];
  /** Of all that are `unprobed`. */
  readonly unprobed: readonly SilentConnection[];
  readonly next: number | undefined;
}

/** The most that an actor tells in a page. */
export interface Wanted {
  /** Silence of less is none. */
  readonly least_ms: number;
  readonly longest: number;
  readonly unprobed: number;
}

/**
 * The connections to be ended: as many as `wanted`, of those that have been silent for `least_ms`; first those with a mute peer,
 * then the longest silent. None while a probe is on its way: a peer that has vanished makes room at the cost of nobody.
 */
export function toEnd<Of extends SilentConnection>(
  longest: readonly Of[],
  wanted: number,
  least_ms: number,
): readonly Of[] {
  if (longest.some(({ state }) => state === 'asked')) return [];
  const long = longest.filter(({ silent_ms }) => silent_ms >= least_ms);
  const others = long.filter(({ state }) => state !== 'mute');
  const stop = others.findIndex(({ state }) => state !== 'answered');
  const living = stop < 0 ? others : others.slice(0, stop);
  return [...long.filter(({ state }) => state === 'mute'), ...living].slice(0, wanted);
}
