// Turns configured users into those that claims are judged by. It is fast, since a configuration may have many: one HMAC for
// each, and no password is hashed.
import type { PairDigest } from './pair-digest.js';
import { looksHashed, readPhc } from './phc.js';
import type { JudgedUser, KnownUser, UserEntry } from './user-entry.js';

/** `entries`: checked; the names are different. */
export function judgedUsers(entries: readonly UserEntry[], digest: PairDigest): readonly JudgedUser[] {
  return entries.map(({ name, password, lines, limits }) => {
    const read = looksHashed(password) ? readPhc(password) : undefined;
    const hash = read?.code === 'read' ? read.hash : undefined;
    return { name, mark: digest.of(name, password), lines, limits, hash };
  });
}

/** What connection actors get to know. */
export function knownUsers(users: readonly JudgedUser[]): readonly KnownUser[] {
  return users.map(({ name, mark, lines, limits }) => ({ name, mark, lines, limits }));
}
