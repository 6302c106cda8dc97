// An entry of the egress policy: a network, or a word that stands for several, perhaps with ports. It parses and prints
// entries; policy.ts says which of them decides.
import { formatIpRange, type IpRange, parseIpRange } from '../address/ip-range.js';
import type { PortRange } from '../rules/rule.js';

/** The lists of the configuration, in the normal form of their entries. */
export interface EgressOptions {
  readonly deny: readonly string[];
  readonly allow: readonly string[];
  /** Whether DEFAULT_DENIALS apply too: a listener is open to other machines. */
  readonly guarded: boolean;
}

/** What a gateway that is open to other machines denies, unless `allow` has it. */
export const DEFAULT_DENIALS: readonly EgressWord[] = ['loopback', 'link-local', 'metadata', 'multicast', 'own'];

/** The networks of each word. `own`: the machine's addresses at the time of asking, except loopback. */
export const EGRESS_WORDS = {
  loopback: ['127.0.0.0/8', '::1'],
  'link-local': ['169.254.0.0/16', 'fe80::/10'],
  /** Where clouds tell a machine who it is, and give it credentials. */
  metadata: [
    '169.254.169.254', // AWS, Azure, Google Cloud and most others
    '169.254.170.2', // AWS containers
    '169.254.170.23', // AWS Kubernetes
    'fd00:ec2::254', // AWS
    'fd00:ec2::23', // AWS Kubernetes
    'fd20:ce::254', // Google Cloud
    '100.100.100.200', // Alibaba Cloud
    '168.63.129.16', // Azure's host
  ],
  /** RFC 1918, the addresses that carriers share (RFC 6598), RFC 4193, and site-local ones (RFC 3879). */
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7', 'fec0::/10'],
  /** With broadcast. */
  multicast: ['224.0.0.0/4', '255.255.255.255', 'ff00::/8'],
  own: [],
  all: ['0.0.0.0/0', '::/0'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type EgressWord = keyof typeof EGRESS_WORDS;

export interface EgressEntry {
  /** The word or the network, without ports. */
  readonly name: string;
  /** Undefined for a network. */
  readonly word: EgressWord | undefined;
  /** None for `own`. */
  readonly networks: readonly IpRange[];
  /** Undefined for any port. */
  readonly ports: PortRange | undefined;
}

/** A word, or a bracketed or IPv4 network, perhaps with a port or a range of ports behind it. */
const FORM = /^(?:\[([^[\]]*:[^[\]]*)\]|([^:[\]]+))(?::(\d{1,5})(?:-(\d{1,5}))?)?$/;

/** Undefined for a text that is no entry. A bare IPv6 network has no ports: they stand behind brackets. */
export function parseEgressEntry(text: string): EgressEntry | undefined {
  const [whole, bracketed, bare, from, to] = FORM.exec(text) ?? [];
  const name = whole === undefined ? text : (bracketed ?? bare ?? '');
  const ports = from === undefined ? undefined : { from: Number(from), to: Number(to ?? from) };
  if (ports !== undefined && (ports.from < 1 || ports.to > 65_535 || ports.from > ports.to)) return undefined;
  if (isWord(name)) {
    // Brackets are for IPv6: a word has no colon, so it never stands in them.
    return { name, word: name, networks: EGRESS_WORDS[name].map(networkOf), ports };
  }
  const network = parseIpRange(name);
  return network && { name: formatIpRange(network), word: undefined, networks: [network], ports };
}

/** The normal form. */
export function formatEgressEntry({ name, ports }: EgressEntry): string {
  if (ports === undefined) return name;
  const range = ports.from === ports.to ? ports.from : `${ports.from}-${ports.to}`;
  return name.includes(':') ? `[${name}]:${range}` : `${name}:${range}`;
}

function isWord(name: string): name is EgressWord {
  return Object.hasOwn(EGRESS_WORDS, name);
}

function networkOf(text: string): IpRange {
  const network = parseIpRange(text);
  if (network === undefined) throw new Error(`not an IP range: ${text}`);
  return network;
}
