// Warns of a file with passwords in plain text that every user of the machine can read. It checks no password.
import { modeForOthers } from '../../../../files/readable-by-others.js';
import { looksHashed } from '../../../../protocol/users/phc.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import type { Place } from '../../diagnostics/place.js';

/** `user:password@` of a URL. */
const IN_URL = /^[a-z][a-z\d+.-]*:\/\/[^/@\s]*:[^/@\s]+@/i;

/** `tree`: what was read from the file. */
export function warnOfPlainSecrets(tree: unknown, path: string, place: Place, diagnostics: Diagnostics): void {
  const mode = holdsPlainSecret(tree) ? modeForOthers(path) : undefined;
  if (mode === undefined) return;
  const what = `has passwords in plain text, and every user of this machine can read it (mode ${mode})`;
  diagnostics.warn(place, `${what}; make it mode 0600, or give them by password_file`);
}

function holdsPlainSecret(tree: unknown): boolean {
  // No recursion, since a tree may be deep; and each part once, since YAML may name one part many times.
  const seen = new Set<unknown>();
  const left: unknown[] = [tree];
  while (left.length > 0) {
    const node = left.pop();
    if (typeof node === 'string' && IN_URL.test(node)) return true;
    if (typeof node !== 'object' || node === null || seen.has(node)) continue;
    seen.add(node);
    for (const [key, value] of Object.entries(node)) {
      if (key === 'password' && typeof value === 'string' && !looksHashed(value)) return true;
      left.push(value);
    }
  }
  return false;
}
