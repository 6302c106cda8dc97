// What a model of a site is made with. Times are virtual: nothing here takes them.

export interface FleetParameters {
  readonly gateways: number;
  /** Connections a second of each gateway. */
  readonly rate: number;
  readonly destinations: number;
  /** Of Zipf's law, by which destinations are asked for. */
  readonly exponent: number;
  readonly lines: number;
  /** `cache.ttl_s`. */
  readonly ttl_s: number;
  /** Virtual time until figures count, and for which they do. */
  readonly warm_s: number;
  readonly measured_s: number;
  /** Of destinations: where the line that connects first, as usual, is silent. */
  readonly mute: number;
  /** After this time on average another line is the best for a destination. */
  readonly change_s: number;
  /** Means: until a name is looked up, and until the engine has answered. */
  readonly lookup_ms: number;
  readonly engine_ms: number;
  /** A connection and its first byte, where nothing is wrong; and how long a silent line is waited for. */
  readonly good_ms: number;
  readonly silent_ms: number;
  /** So many of the three slots of every destination name a wrong line at all times, as poisoned gateways may have it. */
  readonly poisoned: number;
  /** How long other lines wait for the one of a hint. */
  readonly hedge_ms: number;
  /** Whether gateways share routes at all. */
  readonly shared: boolean;
  readonly seed: number;
}

export const USUAL: FleetParameters = {
  gateways: 10,
  rate: 20,
  destinations: 10_000,
  exponent: 1,
  lines: 3,
  ttl_s: 600,
  warm_s: 620,
  measured_s: 120,
  mute: 0.1,
  change_s: 21_600,
  lookup_ms: 15,
  engine_ms: 1,
  good_ms: 60,
  silent_ms: 1000,
  poisoned: 0,
  hedge_ms: 250,
  shared: true,
  seed: 1,
};
