// Whether a file is a configuration at all, or another program's: by the keys at its top.
import { hint, listed } from './diagnostics/diagnostics.js';
import { shown } from './diagnostics/mask.js';
import { SPELLINGS, sectionOf, settingOf, TOP_KEYS } from './keys.js';

/** Fewer unknown keys are slips. */
const STRANGE_MIN = 3;
/** Keys in the message. */
const TOLD_MAX = 8;

/** A file with none of our keys, nor anything that resembles one. An empty one says nothing, which is allowed. */
export function isStranger(document: unknown): boolean {
  const keys = keysOf(document);
  return keys === undefined || (keys.length > 0 && strangeIn(keys).length === keys.length);
}

/** A file with more keys of others than of ours: programs of this kind share words such as `port` and `dns`. */
export function isUnlike(document: unknown): boolean {
  const keys = keysOf(document) ?? [];
  const strange = strangeIn(keys);
  return strange.length >= STRANGE_MIN && strange.length * 2 > keys.length;
}

/** Of a file that is unlike ours. */
export function unlikeText(document: unknown): string {
  const strange = strangeIn(keysOf(document) ?? []).map((key) => shown(key, ''));
  const what = `does not look like a configuration of TcpRoute, which knows no ${listed(strange, TOLD_MAX)}`;
  return `${what}; allowed: ${listed(TOP_KEYS)}`;
}

function keysOf(document: unknown): readonly string[] | undefined {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return undefined;
  return Object.keys(document);
}

/** Keys that are none, and that resemble none. */
function strangeIn(keys: readonly string[]): readonly string[] {
  const known = [...TOP_KEYS, ...Object.keys(SPELLINGS)];
  const isKey = (key: string): boolean =>
    known.includes(key) || settingOf(key) !== undefined || sectionOf(key) !== undefined;
  return keys.filter((key) => !isKey(key) && hint(key, known).startsWith('allowed'));
}
