// What gateways share of a route: the line that is best for a destination, the address that it used, how fast that was, and which
// lines were mute there. Never what the destination is called: its key in the engine says that to those who know it. How old a
// value is, is told by the time that the engine leaves it, so that no two clocks need agree.
import { Reader, Writer } from './bytes.js';
import { isShareName, type Slot, slotOf } from './keys.js';
import { LINE_ID_OCTETS, type LineId } from './line-ids.js';
import { SEAL_OCTETS, seal, unseal } from './seal.js';
import type { SiteSecrets } from './secrets.js';

const VERSION = 1;
/** So many mute lines are told, the most. */
export const MUTE_MAX = 8;
const GATEWAY_OCTETS_MAX = 32;
const PLAIN_MAX =
  1 + 4 + (1 + GATEWAY_OCTETS_MAX) + LINE_ID_OCTETS + 2 + 2 + (1 + 16) + (1 + MUTE_MAX * LINE_ID_OCTETS);
/** Octets of the largest sealed value. */
export const ROUTE_VALUE_MAX = PLAIN_MAX + SEAL_OCTETS;
const TIME_MAX_MS = 0xffff;
/** A year. */
const TTL_MAX_S = 31_536_000;

export interface SharedRoute {
  /** The name of the gateway that has learned it. */
  readonly gateway: string;
  readonly line: LineId;
  /** Undefined where the line has no address of the destination, since a proxy looks it up. */
  readonly ip: Uint8Array | undefined;
  /** Whole milliseconds; 0 where it is not known. */
  readonly connect_ms: number;
  readonly first_byte_ms: number;
  /** Lines that connected without an answer. */
  readonly mute: readonly LineId[];
}

/** A route as it was found in the engine. */
export interface FoundRoute {
  readonly route: SharedRoute;
  readonly age_ms: number;
}

/** Times are rounded up and bounded, and of mute lines the first MUTE_MAX are told. `ttl_s`: for how long it is of use when it is new. */
export function sealRoute(
  secrets: SiteSecrets,
  key: string,
  { gateway, line, ip, connect_ms, first_byte_ms, mute }: SharedRoute,
  ttl_s: number,
  nonce: Uint8Array,
): Buffer {
  const told = mute.slice(0, MUTE_MAX);
  const writer = new Writer(PLAIN_MAX).octet(VERSION).word(Math.min(ttl_s, TTL_MAX_S)).text(gateway);
  writer.bytes(octetsOf(line)).short(wholeTime(connect_ms)).short(wholeTime(first_byte_ms));
  writer.counted(ip ?? new Uint8Array(0)).octet(told.length);
  for (const one of told) writer.bytes(octetsOf(one));
  return seal(secrets, key, writer.written, nonce);
}

/**
 * Undefined for what no gateway of the site has written, not for this key, or not in its own slot; and for what has no end.
 * `left_ms`: what PTTL says.
 */
export function openRoute(
  secrets: SiteSecrets,
  key: string,
  slot: Slot,
  sealed: Uint8Array,
  left_ms: number,
): FoundRoute | undefined {
  if (sealed.length > ROUTE_VALUE_MAX || left_ms <= 0) return undefined;
  const plain = unseal(secrets, key, sealed);
  if (plain === undefined) return undefined;
  const reader = new Reader(plain);
  if (reader.octet() !== VERSION) return undefined;
  const age_ms = reader.word() * 1000 - left_ms;
  const gateway = reader.text();
  const line = reader.bytes(LINE_ID_OCTETS).toString('base64url');
  const connect_ms = reader.short();
  const first_byte_ms = reader.short();
  const ip = reader.counted();
  const count = reader.octet();
  if (count > MUTE_MAX) return undefined;
  const mute: LineId[] = [];
  for (let n = 0; n < count; n += 1) mute.push(reader.bytes(LINE_ID_OCTETS).toString('base64url'));
  if (!reader.isWhole || !isShareName(gateway) || slotOf(gateway) !== slot) return undefined;
  if (age_ms < 0 || age_ms > TTL_MAX_S * 1000 || !isIpLength(ip.length)) return undefined;
  const route = {
    gateway,
    line,
    ip: ip.length === 0 ? undefined : new Uint8Array(ip),
    connect_ms,
    first_byte_ms,
    mute,
  };
  return { route, age_ms };
}

const octetsOf = (id: LineId): Buffer => Buffer.from(id, 'base64url');
const isIpLength = (length: number): boolean => length === 0 || length === 4 || length === 16;
const wholeTime = (ms: number): number => Math.min(Math.max(Math.ceil(ms), 0), TIME_MAX_MS);
