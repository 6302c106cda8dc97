// The rooms of the share actor.
import type { Room, ShareParts } from './shared/room.js';

/** In the order in which each hears of what happens. */
export function roomsOf(_parts: ShareParts): readonly Room[] {
  return [];
}
