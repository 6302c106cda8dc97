// Some of what has happened one after the other. It knows no records.
import type { Counted } from '../records/record-reader.js';

/** The slots of `most` of those from `since` on that are remembered, spread over the time. */
export function spread(counted: Counted, since: number, most: number): readonly number[] {
  const first = Math.max(since, counted.first);
  const known = Math.max(counted.count - first, 0);
  const wanted = Math.min(known, most);
  const slots: number[] = [];
  for (let i = 0; i < wanted; i += 1) {
    // Spread over the time: the last ones would be those of the last moment only.
    const slot = counted.slotOf(first + Math.floor(((i + 1) * known) / wanted) - 1);
    if (slot !== undefined) slots.push(slot);
  }
  return slots;
}
