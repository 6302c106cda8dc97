// What a flow of datagrams that began now would do with each line and address, and why: for `tcproute explain --udp`. Types only.
import type { FailureCode } from '../race/failure.js';
import type { Rank } from './line-order.js';

/** Why a line or an address has its turn when it does, or has none. */
export type FlowReason =
  /** It worked best for this destination, or is kept by a sticky rule. */
  | { readonly kind: 'remembered' }
  /** It is cheaper than the remembered one, which it failed for before, and is tried again. */
  | { readonly kind: 'tried-again' }
  /** Connections to the destination work best over it. */
  | { readonly kind: 'connects' }
  /** See line-order.ts. */
  | { readonly kind: Exclude<Rank, 'usual'> }
  /** Its proxies have not been asked lately whether they relay datagrams; or said so `ago_ms` ago. */
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'relays'; readonly ago_ms: number }
  /** They were to be asked `ago_ms` ago, and were not reached; or were asked, and did not say. */
  | { readonly kind: 'not-reached' | 'not-said'; readonly ago_ms: number; readonly cause: FailureCode }
  /** It may not be used: by the rule, by the user, by an operator, or since it cannot. */
  | { readonly kind: 'kept-away' | 'not-for-user' | 'steered-away' }
  | { readonly kind: 'unfit'; readonly cause: FailureCode; readonly detail: string | undefined }
  /** The line may not or cannot send to this address of the destination. */
  | {
      readonly kind: 'address-unfit';
      readonly address: string;
      readonly cause: FailureCode;
      readonly detail: string | undefined;
    };

/** What is remembered of an address is undefined where nothing is. */
export interface FlowAddress {
  /** Undefined where the line's last proxy resolves the name. */
  readonly address: string | undefined;
  /** Its place among all turns, from 1. */
  readonly turn: number;
  readonly why: readonly FlowReason[];
  /** The usual time to the first answer, and from when on an answer is late. */
  readonly answers_ms: number | undefined;
  readonly late_ms: number;
  readonly worked_ms: number | undefined;
}

export interface FlowLine {
  readonly line: string;
  readonly why: readonly FlowReason[];
  /** In the order of their turns; none where the line has none. */
  readonly addresses: readonly FlowAddress[];
}

export interface FlowOutlook {
  /** Why nothing would carry it; absent where something would. */
  readonly refused?: { readonly cause: FailureCode; readonly sentence: string };
  /** In the order of their turns, then those without. */
  readonly lines: readonly FlowLine[];
}
