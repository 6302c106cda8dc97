// Parses a line that is one text: `direct`, or a proxy as a URL, such as `socks5://user:password@host:port`. It returns the long form
// (an object) and checks no part of it. A message never shows the text, since it may hold a password.
import type { ProxyKind } from '../../../../protocol/lines/line.js';
import type { Diagnostics } from '../../diagnostics/diagnostics.js';
import type { Place } from '../../diagnostics/place.js';

const FORMS = [
  'socks5://[user:password@]host:port',
  'http://[user:password@]host:port',
  'https://…',
  'socks4://[user@]host:port',
];
export const LINE_URL_ALLOWED = ['"direct"', ...FORMS].join(', ');
const HOST_AND_PORT = /(\[[^\]@/\s]+\]|[^:@/\s[\]]+):(\d{1,5})\/?$/.source;
const WITH_PASSWORD = new RegExp(`^(socks5h?|https?)://(?:([^:@/\\s]+):([^@/\\s]*)@)?${HOST_AND_PORT}`);
const WITHOUT_PASSWORD = new RegExp(`^(socks4a?)://(?:([^:@/\\s]+)()@)?${HOST_AND_PORT}`);
/** By the scheme. A proxy always gets names as names, so `socks5h` and `socks4a` make no difference. */
const TYPES: Readonly<Record<string, ProxyKind>> = {
  ...{ socks5: 'socks5', socks5h: 'socks5', socks4: 'socks4', socks4a: 'socks4', http: 'http', https: 'https' },
};

/** The long form; undefined after a mistake was reported. */
export function lineOfText(text: string, place: Place, diagnostics: Diagnostics): object | undefined {
  if (text === 'direct') return { type: 'direct' };
  const parts = WITH_PASSWORD.exec(text) ?? WITHOUT_PASSWORD.exec(text);
  const [, scheme = '', username, password, host, port] = parts ?? [];
  const credentials = username === undefined ? [] : [username, password ?? ''].map(decoded);
  if (host === undefined || credentials.includes(undefined)) {
    diagnostics.reject(place, text, `a line: ${LINE_URL_ALLOWED} (other characters of user and password as %40)`);
    return undefined;
  }
  const [user, secret] = credentials;
  const type = TYPES[scheme];
  const proxy = { type, host, port: Number(port) };
  if (user === undefined) return proxy;
  return type === 'socks4' ? { ...proxy, username: user } : { ...proxy, username: user, password: secret };
}

/** Decodes percent encoding (RFC 3986 section 2.1); undefined if it is wrong. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
