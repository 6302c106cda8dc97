// What a gateway says of itself every ten seconds, for people: `tcproute fleet` and the dashboard. Nothing is decided by it.
import { isShareName } from './keys.js';
import { seal, unseal } from './seal.js';
import type { SiteSecrets } from './secrets.js';

/** Counts since the gateway started; a later version may have others. */
export const PRESENCE_COUNTS = [
  'connections',
  'first_contacts',
  'hints_asked',
  'hints_told',
  'hints_useful',
  'routes_written',
  'news_told',
  'news_heard',
  'news_refused',
] as const;
export type PresenceCount = (typeof PRESENCE_COUNTS)[number];

export interface Presence {
  readonly gateway: string;
  readonly version: string;
  readonly uptime_s: number;
  /** Connections that are open. */
  readonly open: number;
  /** Its lines, and how many of them are up. */
  readonly lines: number;
  readonly lines_up: number;
  readonly counts: Readonly<Record<PresenceCount, number>>;
}

/** A value that is not renewed ends after this time, and with it the gateway for the others. */
export const PRESENCE_MS = 30_000;
export const PRESENCE_EACH_MS = 10_000;
/** Bytes of a sealed value. */
export const PRESENCE_MAX = 2048;
const VERSION_MAX = 64;

/** `key`: the gateway's in the engine. */
export function sealPresence(secrets: SiteSecrets, key: string, presence: Presence, nonce: Uint8Array): Buffer {
  return seal(secrets, key, Buffer.from(JSON.stringify(presence)), nonce);
}

/** Undefined for what no gateway of the site has written, or not under its name. Counts that it does not have are 0. */
export function openPresence(
  secrets: SiteSecrets,
  key: string,
  gateway: string,
  sealed: Uint8Array,
): Presence | undefined {
  if (sealed.length > PRESENCE_MAX) return undefined;
  const plain = unseal(secrets, key, sealed);
  const value = plain && parsed(plain.toString());
  if (!isRecord(value) || value['gateway'] !== gateway || !isShareName(gateway)) return undefined;
  const { version, uptime_s, open, lines, lines_up } = value;
  if (typeof version !== 'string' || version.length > VERSION_MAX) return undefined;
  const counts = isRecord(value['counts']) ? value['counts'] : {};
  return {
    ...{
      gateway,
      version,
      uptime_s: count(uptime_s),
      open: count(open),
      lines: count(lines),
      lines_up: count(lines_up),
    },
    counts: countsOf((name) => count(counts[name])),
  };
}

export function countsOf(of: (name: PresenceCount) => number): Record<PresenceCount, number> {
  return {
    ...{ connections: of('connections'), first_contacts: of('first_contacts'), hints_asked: of('hints_asked') },
    ...{ hints_told: of('hints_told'), hints_useful: of('hints_useful'), routes_written: of('routes_written') },
    ...{ news_told: of('news_told'), news_heard: of('news_heard'), news_refused: of('news_refused') },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const count = (value: unknown): number => (Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : 0);
