// What the bench and the far end of a site say to each other. Types only.
import type { Silence } from './names.js';

export interface FarEndPlan {
  readonly destinations: number;
  /** How long the name server takes. */
  readonly lookup_ms: number;
  readonly silence: Silence;
}

export type FarEndOrder = ({ readonly kind: 'lay' } & FarEndPlan) | { readonly kind: 'count' };

export type FarEndReport =
  | { readonly kind: 'laid'; readonly ports: readonly number[]; readonly dns: number }
  /** Connections since the beginning, by destination. */
  | { readonly kind: 'counted'; readonly dials: readonly number[] };
