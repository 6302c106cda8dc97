// Decides by the keys at the top level whether a file is our configuration or another program's. It checks no values.
import { hint, listed } from './diagnostics/diagnostics.js';
import { shown } from './diagnostics/mask.js';
import { pathOf, SPELLINGS, sectionOf, settingOf, TOP_KEYS } from './keys.js';

/** Fewer unknown keys count as typing mistakes. */
const STRANGE_MIN = 3;
/** Keys in the message at most. */
const TOLD_MAX = 8;

/** Whether a document is no object, or has keys of which none is or resembles one of ours. An empty object is allowed. */
export function isStranger(document: unknown): boolean {
  const keys = keysOf(document);
  return keys === undefined || (keys.length > 0 && strangeIn(keys).length === keys.length);
}

/** Whether a file has more foreign keys than ours: programs of this kind share words such as `port` and `dns`. */
export function isUnlike(document: unknown): boolean {
  const keys = keysOf(document) ?? [];
  const strange = strangeIn(keys);
  return strange.length >= STRANGE_MIN && strange.length * 2 > keys.length;
}

/** The error text for a file for which `isUnlike` is true. */
export function unlikeText(document: unknown): string {
  const strange = strangeIn(keysOf(document) ?? []).map((key) => shown(key, ''));
  const what = `does not look like a configuration of TcpRoute, which knows no ${listed(strange, TOLD_MAX)}`;
  return `${what}; allowed: ${listed(TOP_KEYS)}`;
}

function keysOf(document: unknown): readonly string[] | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined;
  return Object.keys(document);
}

/** Keys that are not ours, and do not resemble ours. */
function strangeIn(keys: readonly string[]): readonly string[] {
  const known = [...TOP_KEYS, ...Object.keys(SPELLINGS)];
  const isKey = (key: string): boolean =>
    known.includes(key) || settingOf(pathOf(key)) !== undefined || sectionOf(key) !== undefined;
  return keys.filter((key) => !isKey(key) && hint(key, known).startsWith('allowed'));
}
