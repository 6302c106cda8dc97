// The order in which addresses are tried (RFC 6724 section 6): a destination needs a source address of its own kind. Pure:
// the machine's own addresses are an argument. host-name.ts interleaves the families.
import { parseIp } from './address.js';
import { sameIp } from './same-ip.js';

interface Policy {
  readonly prefix: Uint8Array;
  readonly bits: number;
  readonly precedence: number;
  readonly label: number;
}

/** The default policy table (RFC 6724 section 2.1). */
const POLICIES: readonly Policy[] = (
  [
    ['::1', 128, 50, 0],
    ['64:ff9b::', 96, 30, 14],
    ['2002::', 16, 30, 2],
    ['2001::', 32, 5, 5],
    ['fc00::', 7, 3, 13],
    ['fec0::', 10, 1, 11],
    ['3ffe::', 16, 1, 12],
    ['::', 0, 40, 1],
  ] as const
).map(([text, bits, precedence, label]) => ({ prefix: parseIp(text) as Uint8Array, bits, precedence, label }));
/** The entry ::ffff:0:0/96 of that table. It stands apart because mapped addresses are IPv4 addresses here. */
const IPV4 = { precedence: 35, label: 4 };

const LINK_LOCAL = 2;
const SITE_LOCAL = 5;
const GLOBAL = 14;

interface Known {
  readonly ip: Uint8Array;
  readonly scope: number;
  readonly precedence: number;
  readonly label: number;
}

interface Ranked {
  readonly address: string;
  readonly known: Known;
  readonly source: Known | undefined;
  readonly common: number;
}

/** The machine's own addresses, prepared: they seldom change, and every answer needs them. */
export type SourceAddresses = readonly Known[];

/** Takes canonical addresses. */
export function sourcesOf(addresses: readonly string[]): SourceAddresses {
  return addresses.flatMap((address) => knownOf(address) ?? []);
}

/** Whether a canonical address is the machine's own. */
export function isAmong(address: string, sources: SourceAddresses): boolean {
  const ip = parseIp(address);
  return ip !== undefined && sources.some((source) => sameIp(ip, source.ip));
}

/** Takes canonical addresses. Addresses that the rules do not tell apart keep their order. */
export function orderAddresses(destinations: readonly string[], sources: SourceAddresses): readonly string[] {
  if (destinations.length < 2) return destinations;
  const ranked: Ranked[] = [];
  for (const address of destinations) {
    const known = knownOf(address);
    if (known === undefined) continue;
    const source = sourceFor(known, sources);
    const common = source === undefined || known.ip.length === 4 ? 0 : commonBits(known.ip, source.ip);
    ranked.push({ address, known, source, common });
  }
  return ranked.sort(compare).map(({ address }) => address);
}

function compare(a: Ranked, b: Ranked): number {
  // Rule 1: avoid unusable destinations.
  const usable = Number(b.source !== undefined) - Number(a.source !== undefined);
  if (usable !== 0) return usable;
  // Rule 2: prefer matching scope. Rule 5: prefer matching label. Rule 6: prefer higher precedence.
  const scopes = Number(b.known.scope === b.source?.scope) - Number(a.known.scope === a.source?.scope);
  if (scopes !== 0) return scopes;
  const labels = Number(b.known.label === b.source?.label) - Number(a.known.label === a.source?.label);
  if (labels !== 0) return labels;
  if (a.known.precedence !== b.known.precedence) return b.known.precedence - a.known.precedence;
  // Rule 8: prefer smaller scope. Rule 9: longest matching prefix, for IPv6 only: with IPv4 it says nothing about nearness.
  if (a.known.scope !== b.known.scope) return a.known.scope - b.known.scope;
  return a.known.ip.length === 16 && b.known.ip.length === 16 ? b.common - a.common : 0;
}

/** The source that the kernel would choose (section 5, as far as addresses alone decide). */
function sourceFor(destination: Known, sources: SourceAddresses): Known | undefined {
  let best: Known | undefined;
  let most = -1;
  for (const source of sources) {
    const { ip, scope, label } = source;
    if (ip.length !== destination.ip.length || (scope < destination.scope && ip.length === 16)) continue;
    const rank =
      (scope === destination.scope ? 512 : 0) +
      (label === destination.label ? 256 : 0) +
      commonBits(ip, destination.ip);
    if (rank <= most) continue;
    best = source;
    most = rank;
  }
  return best;
}

function knownOf(address: string): Known | undefined {
  const ip = parseIp(address);
  if (ip === undefined) return undefined;
  if (ip.length === 4) return { ip, scope: scope4(ip), ...IPV4 };
  const policy = POLICIES.find(({ prefix, bits }) => commonBits(ip, prefix) >= bits) as Policy;
  return { ip, scope: scope6(ip), precedence: policy.precedence, label: policy.label };
}

/** Section 3.2: loopback and link-local IPv4 addresses are link-local; all others, private ones too, are global. */
function scope4(ip: Uint8Array): number {
  return ip[0] === 127 || (ip[0] === 169 && ip[1] === 254) ? LINK_LOCAL : GLOBAL;
}

function scope6(ip: Uint8Array): number {
  const [first, second] = [ip[0] as number, ip[1] as number];
  if (first === 0xff) return second & 0xf;
  if (first === 0xfe && (second & 0xc0) === 0x80) return LINK_LOCAL;
  if (first === 0xfe && (second & 0xc0) === 0xc0) return SITE_LOCAL;
  return ip.every((octet, index) => octet === (index === 15 ? 1 : 0)) ? LINK_LOCAL : GLOBAL;
}

function commonBits(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const differing = (a[index] as number) ^ (b[index] as number);
    if (differing !== 0) return index * 8 + Math.clz32(differing) - 24;
  }
  return Math.min(a.length, b.length) * 8;
}
