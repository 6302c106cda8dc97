// What the bench hears from the machine with two uplinks. Types only.

export interface Pulled {
  readonly subject: string;
  readonly asserted: boolean;
  /** Sessions over the uplink whose cable was pulled, and over the other one. */
  readonly struck: number;
  readonly others: number;
  /** Sessions that ended when the cable was out for a moment. */
  readonly shaken: number;
  /** Sessions over the other uplink that ended when it was pulled for good. */
  readonly cut: number;
  /** Clients of the struck ones that heard the server again, and after how many ms since the cable was pulled. */
  readonly back: number;
  readonly back_p50_ms: number | undefined;
  readonly back_max_ms: number | undefined;
  /** From when the cable was plugged in until a new session went over that uplink; undefined: never. */
  readonly home_ms: number | undefined;
}

export type UplinkReport =
  | { readonly kind: 'begins'; readonly subject: string }
  | { readonly kind: 'missing'; readonly subject: string }
  | { readonly kind: 'pulled'; readonly pulled: Pulled }
  | { readonly kind: 'trouble'; readonly cause: string }
  | { readonly kind: 'done' };

export interface UplinkOrder {
  readonly sessions: number;
  readonly alone: boolean;
  /** How long clients may take to come back. */
  readonly patience_ms: number;
}
