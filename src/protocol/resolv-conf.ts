// How the machine looks names up: resolv.conf(5), and the line for hosts of nsswitch.conf(5). It reads no file, asks no
// server, and knows when it had better leave a name to getaddrinfo.
import { formatIp, parseIp } from './address.js';
import { normaliseName } from './names.js';

export interface ResolvConf {
  /** Canonical addresses, at most three; a scoped one keeps its zone. Port 53. */
  readonly servers: readonly string[];
  /** Normalised domains, at most six. */
  readonly search: readonly string[];
  /** A name with so many dots is first asked as it is. */
  readonly ndots: number;
}

/** glibc's own bounds (MAXNS, and MAXDNSRCH before 2.26). */
const SERVERS_MAX = 3;
const SEARCH_MAX = 6;
const NDOTS_MAX = 15;

export function parseResolvConf(text: string): ResolvConf {
  const servers: string[] = [];
  let search: string[] = [];
  let ndots = 1;
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line
      .replace(/[#;].*$/s, '')
      .trim()
      .split(/\s+/);
    if (keyword === 'nameserver') {
      const address = serverAddress(values[0] ?? '');
      if (address !== undefined && servers.length < SERVERS_MAX) servers.push(address);
    } else if (keyword === 'search' || keyword === 'domain') {
      const domains = keyword === 'domain' ? values.slice(0, 1) : values;
      search = domains.flatMap((domain) => normaliseName(domain) ?? []).slice(0, SEARCH_MAX);
    } else if (keyword === 'options') {
      const given = values.map((value) => /^ndots:(\d{1,4})$/.exec(value)?.[1]).find((value) => value !== undefined);
      if (given !== undefined) ndots = Math.min(Number(given), NDOTS_MAX);
    }
  }
  return { servers: servers.length > 0 ? servers : ['127.0.0.1'], search, ndots };
}

function serverAddress(text: string): string | undefined {
  const [address, zone] = text.split('%');
  const ip = parseIp(address ?? '');
  if (ip === undefined) return undefined;
  return zone === undefined ? formatIp(ip) : `${formatIp(ip)}%${zone}`;
}

/** The names to ask in turn for `name` (normalised), until one exists: those of the search list before or after it. */
export function searched(name: string, { search, ndots }: ResolvConf): string[] {
  const joined = search.flatMap((domain) => normaliseName(`${name}.${domain}`) ?? []);
  const dots = name.split('.').length - 1;
  return dots >= ndots ? [name, ...joined] : [...joined, name];
}

/** What besides `files` and `dns` makes no difference for ordinary names: see `leftToGetaddrinfo`. */
const HARMLESS = [
  'myhostname',
  'mymachines',
  'resolve',
  'mdns',
  'mdns4',
  'mdns6',
  'mdns_minimal',
  'mdns4_minimal',
  'mdns6_minimal',
];

/** How names are found, as far as anybody can tell from nsswitch.conf. */
export interface HostServices {
  /** By the hosts file, then by DNS, and by nothing else that matters. */
  readonly isPlain: boolean;
  /** Whether DNS is asked at all. */
  readonly hasDns: boolean;
}

export function parseNsswitch(nsswitch: string): HostServices {
  const line = /^[ \t]*hosts:([^\n#]*)/m.exec(nsswitch)?.[1];
  // glibc's default without the line is `files dns`, so it is for musl, which has no such file.
  if (line === undefined) return { isPlain: true, hasDns: true };
  const services = line
    .replace(/\[[^\]]*\]/g, ' ')
    .trim()
    .split(/\s+/);
  const known = services.every((service) => service === 'files' || service === 'dns' || HARMLESS.includes(service));
  const hasDns = services.includes('dns') || services.includes('resolve');
  return { isPlain: known && hasDns, hasDns };
}

/** Names that another service than DNS may know: those of the link (mDNS), and of this machine. */
export function leftToGetaddrinfo(name: string, hostname: string): boolean {
  return name === 'local' || name.endsWith('.local') || name === hostname;
}
