// How a line is in one word. Pure.
import type { LineNow } from '../../../threads/contracts/admin/routes.js';

/** The worst that is known of a line comes first. `paused` is no fault of the line, and stands beside it. */
export const HEALTH = ['link-down', 'down', 'dead', 'up'] as const;
export type LineHealthWord = (typeof HEALTH)[number];

/** `now`: undefined for a line that the route actor does not know yet. */
export function healthOf(now: LineNow | undefined): LineHealthWord {
  if (now === undefined) return 'up';
  if (now.link?.fault !== undefined) return 'link-down';
  if (now.circuit !== undefined) return 'down';
  return now.is_dead ? 'dead' : 'up';
}
