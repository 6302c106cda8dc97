// Why a line or an address has its turn in a race: one closed union. Types only; times are in ms, and relative to now.
import type { Way } from '../../bulk/transfer.js';
import type { RouteFailure } from '../../routes/candidate-memory.js';
import type { FailureCode } from '../failure.js';

/**
 * When something is tried. `first`: at once, without the others. `others`: at once where nothing goes first, else when that is late or has
 * failed. `last`: when nothing else is left. `never`: not in this race.
 */
export type Turn = 'first' | 'others' | 'last' | 'never';

/** Why a line or an address has its turn. */
export type Reason =
  // Of a line.
  | { readonly kind: 'kept-away-by-rule' }
  | { readonly kind: 'not-for-user' }
  /** By an operator. `all`: whether that is for all destinations. */
  | { readonly kind: 'paused' }
  | { readonly kind: 'pinned'; readonly all: boolean }
  | { readonly kind: 'pinned-elsewhere'; readonly line: string; readonly all: boolean }
  | {
      readonly kind: 'held-back';
      readonly by: 'tier' | 'cost' | 'weight' | 'hint' | 'told' | 'warned';
      readonly starts_ms: number;
    }
  | { readonly kind: 'carries'; readonly way: Way; readonly bytes_s: number; readonly ago_ms: number }
  | { readonly kind: 'home-trial-due' }
  | { readonly kind: 'home-trial-later'; readonly for_ms: number }
  | { readonly kind: 'link-down' }
  | { readonly kind: 'dead' }
  | { readonly kind: 'budget-spent'; readonly budgets: number; readonly tier: number }
  | { readonly kind: 'circuit-open'; readonly failures: number; readonly for_ms: number }
  | { readonly kind: 'circuit-trial'; readonly failures: number }
  | { readonly kind: 'answers-early' }
  | { readonly kind: 'another-is-kept'; readonly line: string }
  | { readonly kind: 'kept' }
  /** Of another host of its site, or an address of its network, and when. */
  | { readonly kind: 'carries-neighbour'; readonly neighbour: string; readonly ago_ms: number }
  /** Of the destination, by the hint of a gateway of the site, which has known it for that time. */
  | { readonly kind: 'told-by-gateway'; readonly gateway: string; readonly ago_ms: number }
  /** By the same hint it connects there without an answer. */
  | { readonly kind: 'mute-elsewhere'; readonly gateway: string }
  /** By the word of a gateway of the site, for a first contact. */
  | { readonly kind: 'down-elsewhere'; readonly gateway: string }
  // Of an address.
  /** By the words of other gateways of the site, for a first contact. */
  | { readonly kind: 'false-elsewhere' }
  | { readonly kind: 'best' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'not-better' }
  /** The one that goes first is of another tier or cost, so that they are not compared by their times alone. */
  | { readonly kind: 'dearer'; readonly by: 'tier' | 'cost' }
  /** Of a line that is out now, and says why. */
  | { readonly kind: 'worked-before' }
  | { readonly kind: 'unproven' }
  | { readonly kind: 'race-is-due'; readonly raced_ms: number | undefined }
  /** Another gateway has said that its line works, and all are to race before it leads. */
  | { readonly kind: 'hearsay' }
  | {
      readonly kind: 'failing';
      readonly cause: RouteFailure | undefined;
      readonly failures: number;
      readonly for_ms: number;
    }
  | { readonly kind: 'failed-lately'; readonly cause: RouteFailure; readonly ago_ms: number }
  | { readonly kind: 'mute' }
  | { readonly kind: 'gone'; readonly to: string | undefined; readonly ago_ms: number }
  | { readonly kind: 'kept-though-moved'; readonly to: string | undefined; readonly ago_ms: number }
  | { readonly kind: 'stands-in'; readonly from: string }
  | { readonly kind: 'worked-too-long-ago'; readonly ago_ms: number }
  | { readonly kind: 'suspect-address' }
  | { readonly kind: 'forbidden'; readonly cause: FailureCode };
