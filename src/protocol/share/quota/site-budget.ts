// Whether a budget of the site is spent, as this gateway sees it, also while the engine is away. Pure.
import type { OnLoss } from '../../share-options.js';
import { sumMax } from './plausible.js';

/** What was known of a budget at the last answer. */
export interface SiteKnown {
  /** Bytes of this gateway then. */
  readonly own: number;
  /** Bytes of the other gateways. */
  readonly others: number;
}

export interface SiteRules {
  readonly on_loss: OnLoss;
  /** Gateways of the site, at least 1. */
  readonly gateways: number;
  /** The engine is away, and what is known of it is too old. */
  readonly isLost: boolean;
}

/** `known`: undefined where the engine has told nothing of it. */
export function isSpentAtSite(
  { own, limit }: { readonly own: number; readonly limit: number },
  known: SiteKnown | undefined,
  { on_loss, gateways, isLost }: SiteRules,
): boolean {
  if (isLost && on_loss === 'deny') return true;
  const others = known?.others ?? 0;
  // Somebody has set it: the part that is this gateway's own stays.
  if (!isLost && others > sumMax(limit, gateways)) return own >= limit / gateways;
  if (!isLost || on_loss === 'allow') return own + others >= limit;
  // Of what was left, each gateway uses its part.
  const then = known?.own ?? 0;
  return own >= then + Math.max(0, limit - then - others) / gateways;
}

/** What a gateway may have of a limit without asking, at least 1. */
export const localShare = (limit: number, gateways: number): number => Math.max(1, Math.floor(limit / gateways));
