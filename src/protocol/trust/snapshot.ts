// Encodes the bad addresses as text, so that they outlive the process, and parses it. A text that is not ours, of another
// version or damaged is rejected as a whole; addresses beyond the bound are left out. It reads and writes no file.
import { formatIp, parseIp } from '../address/address.js';
import { normaliseName } from '../address/host-name.js';
import type { BadAddress, Evidence, EvidenceKind } from './evidence.js';

export interface KeptAddress {
  readonly address: string;
  readonly evidence: readonly Evidence[];
}

export type ParsedSnapshot =
  | { readonly kind: 'snapshot'; readonly addresses: readonly KeptAddress[] }
  | { readonly kind: 'invalid'; readonly why: string };

/** A text of another version is rejected: the next probe finds the addresses again. */
const VERSION = 1;
const FORMAT = 'tcproute-bad-addresses';
/** The beginning of a file of ours, of any version. */
export const SNAPSHOT_BEGIN = /^\{\s*"format":\s*"tcproute-bad-addresses"/;
/** In bytes: some 4096 addresses with 16 pieces of evidence each. */
export const SNAPSHOT_OCTETS_MAX = 16 * 1024 * 1024;
const EVIDENCE_MAX = 64;
const TEXT_MAX = 512;
/** `outcome` is not kept, since it is about the connections of one run; `static` is kept in the configuration. */
const KEPT_KINDS: readonly EvidenceKind[] = ['error-correction', 'spoofing', 'injection'];
/** In a list of its own, which earlier versions do not read: they would take the whole file for damaged. */
const SAID_KINDS: readonly EvidenceKind[] = ['operator'];

/** JSON with a line end: the addresses in their order, with the evidence that is kept. */
export function encodeSnapshot(addresses: readonly BadAddress[]): string {
  const kept = keptOf(addresses, KEPT_KINDS);
  const said = keptOf(addresses, SAID_KINDS);
  const rest = said.length === 0 ? {} : { said };
  return `${JSON.stringify({ format: FORMAT, version: VERSION, addresses: kept, ...rest }, undefined, 1)}\n`;
}

/** A time without end is null. */
function keptOf(addresses: readonly BadAddress[], kinds: readonly EvidenceKind[]) {
  return addresses
    .map(({ address, evidence }) => ({ address, evidence: evidence.filter(({ how }) => kinds.includes(how)) }))
    .filter(({ evidence }) => evidence.length > 0);
}

/**
 * Gives at most `addresses_max` addresses of what was found, those renewed last, and as many of what an operator has said. Evidence
 * with a time of renewal after `now` is dropped.
 */
export function parseSnapshot(text: string, now: number, addresses_max: number): ParsedSnapshot {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { kind: 'invalid', why: 'not JSON' };
  }
  if (!isRecord(parsed) || parsed['format'] !== FORMAT) return { kind: 'invalid', why: 'not a list of bad addresses' };
  if (parsed['version'] !== VERSION) return { kind: 'invalid', why: `version ${JSON.stringify(parsed['version'])}` };
  const entries = parsed['addresses'];
  if (!Array.isArray(entries)) return { kind: 'invalid', why: 'no addresses' };
  const said = parsed['said'] ?? [];
  if (!Array.isArray(said)) return { kind: 'invalid', why: 'damaged' };
  const addresses: KeptAddress[] = [];
  // The addresses are in the order of renewal.
  const all = [
    ...entries.slice(-addresses_max).map((entry) => keptAddress(entry, KEPT_KINDS, now)),
    ...said.slice(-addresses_max).map((entry) => keptAddress(entry, SAID_KINDS, now)),
  ];
  for (const kept of all) {
    if (kept === undefined) return { kind: 'invalid', why: 'damaged' };
    if (kept.evidence.length > 0) addresses.push(kept);
  }
  return { kind: 'snapshot', addresses };
}

function keptAddress(entry: unknown, kinds: readonly EvidenceKind[], now: number): KeptAddress | undefined {
  if (!isRecord(entry)) return undefined;
  const { address, evidence } = entry;
  const ip = typeof address === 'string' ? parseIp(address) : undefined;
  if (ip === undefined) return undefined;
  if (!Array.isArray(evidence) || evidence.length > EVIDENCE_MAX) return undefined;
  const all = evidence.map((one) => keptEvidence(one, kinds));
  if (!all.every((one) => one !== undefined)) return undefined;
  return { address: formatIp(ip), evidence: all.filter(({ renewed }) => renewed <= now) };
}

function keptEvidence(entry: unknown, kinds: readonly EvidenceKind[]): Evidence | undefined {
  if (!isRecord(entry)) return undefined;
  const { how, by, name, since, renewed } = entry;
  const kind = kinds.find((one) => one === how);
  const expires = kind === 'operator' && entry['expires'] === null ? Number.POSITIVE_INFINITY : entry['expires'];
  if (kind === undefined || typeof by !== 'string' || by.length > TEXT_MAX) return undefined;
  if (name !== undefined && (typeof name !== 'string' || normaliseName(name) !== name)) return undefined;
  if (!isTime(since) || !isTime(renewed)) return undefined;
  if (expires !== Number.POSITIVE_INFINITY && !isTime(expires)) return undefined;
  return { how: kind, by, name, since, renewed, expires };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
