// Checks where the engine is: URLs as other clients of Redis take them. It asks nobody there.
import type { EnginePlace } from '../../../../protocol/share-options.js';
import { fileAt, type Place } from '../../diagnostics/place.js';
import { oneOrList } from '../values/one-or-list.js';
import type { Check } from '../values/setting.js';

const PLACES_MAX = 32;
const PORT_USUAL = 6379;
const DATABASE_MAX = 65_535;
/** Of sockaddr_un (unix(7)). */
const PATH_LENGTH_MAX = 107;
const ENGINE_URL =
  'redis://[user[:password]@]host[:port][/database], the same with rediss:// for TLS, or unix: and the path of a socket';
export const ENGINE_URLS_ALLOWED = `${ENGINE_URL}, or a list of at most ${PLACES_MAX} of them`;

export const checkEngineUrls: Check<readonly EnginePlace[]> = (value, place, diagnostics) => {
  const given = oneOrList(value, place, 1, PLACES_MAX);
  if (given === undefined) {
    diagnostics.error(place, `cannot be the URL of a Redis or Valkey server; allowed: ${ENGINE_URLS_ALLOWED}`);
    return undefined;
  }
  const places = given.map(([text, at]) => {
    const parsed = typeof text === 'string' ? engineAt(text, at) : undefined;
    // What is written may have a password in it.
    if (parsed === undefined)
      diagnostics.error(at, `cannot be the URL of a Redis or Valkey server; allowed: ${ENGINE_URL}`);
    return parsed;
  });
  return places.every((one) => one !== undefined) ? places : undefined;
};

function engineAt(text: string, at: Place): EnginePlace | undefined {
  const [, written] = /^unix:(?:\/\/(?=\/))?([^\0]+)$/.exec(text) ?? [];
  if (written !== undefined) {
    const path = fileAt(at, written);
    if (Buffer.byteLength(path) > PATH_LENGTH_MAX) return undefined;
    return { kind: 'unix', path, username: undefined, password: undefined, database: 0 };
  }
  const url = /^rediss?:\/\/[^/?#]/i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.search !== '' || url.hash !== '' || url.hostname === '') return undefined;
  const [, digits] = /^\/?(\d{0,5})$/.exec(url.pathname) ?? [];
  const port = url.port === '' ? PORT_USUAL : Number(url.port);
  if (digits === undefined || Number(digits) > DATABASE_MAX || port === 0) return undefined;
  const part = (one: string): string | undefined => (one === '' ? undefined : decoded(one));
  return {
    kind: 'internet',
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port,
    tls: url.protocol === 'rediss:',
    username: part(url.username),
    password: part(url.password),
    database: Number(digits),
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
