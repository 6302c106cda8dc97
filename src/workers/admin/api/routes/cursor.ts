// The place where the next page of a list begins, as a text that only this program reads. Pure.
import type { Ranked } from '../../../../protocol/routes/listing.js';

const LENGTH_MAX = 8192;

export const cursorText = ({ rank, key }: Ranked): string =>
  Buffer.from(JSON.stringify([rank, key])).toString('base64url');

/** Undefined for a text that is none. */
export function parseCursor(text: string): Ranked | undefined {
  if (text.length > LENGTH_MAX) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
    if (!Array.isArray(parts)) return undefined;
    const [rank, key]: readonly unknown[] = parts;
    return typeof rank === 'number' && typeof key === 'string' ? { rank, key } : undefined;
  } catch {
    return undefined;
  }
}
