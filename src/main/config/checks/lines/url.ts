// Parses a line that is one text: `direct`, or a proxy as a URL, `socks5://user:password@host:port`. It returns the long form
// (an object) and checks no part of it. A message never shows the text, since it may hold a password.
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import type { Place } from '../../diagnostics/place.js';

export const LINE_URL_ALLOWED = '"direct" or socks5://[user:password@]host:port';
const FORM = /^socks5h?:\/\/(?:([^:@/\s]+):([^@/\s]*)@)?(\[[^\]@/\s]+\]|[^:@/\s[\]]+):(\d{1,5})\/?$/;

/** The long form; undefined after a mistake was reported. */
export function lineOfText(text: string, place: Place, diagnostics: Diagnostics): object | undefined {
  if (text === 'direct') return { type: 'direct' };
  const [, username, password, host, port] = FORM.exec(text) ?? [];
  const credentials = username === undefined ? [] : [username, password ?? ''].map(decoded);
  if (host === undefined || credentials.includes(undefined)) {
    diagnostics.reject(place, text, `a line: ${LINE_URL_ALLOWED} (other characters of user and password as %40)`);
    return undefined;
  }
  const [user, secret] = credentials;
  const proxy = { type: 'socks5', host, port: Number(port) };
  return user === undefined ? proxy : { ...proxy, username: user, password: secret };
}

/** Decodes percent encoding (RFC 3986 section 2.1); undefined if it is wrong. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
