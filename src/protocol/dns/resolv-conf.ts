// Parses resolv.conf(5) together with the environment, as glibc does: which servers the machine asks for names, and how.
// It reads no file and asks no server. The search list is applied by search-list.ts.
import { formatIp, parseIp } from '../address/address.js';
import { normaliseName } from '../address/host-name.js';

export interface ResolvConf {
  /** Canonical addresses, one to three; a scoped address keeps its zone. The port is 53. */
  readonly servers: readonly string[];
  /** Normalised domains; the root is ''. */
  readonly search: readonly string[];
  /** A name with at least this many dots is first asked as it is. */
  readonly ndots: number;
  /** Each question begins with the next server. */
  readonly rotates: boolean;
  /** Over TCP only. */
  readonly overTcp: boolean;
  /** Whether v6 addresses are asked for. */
  readonly asksIpv6: boolean;
  /** Whether a name without a dot is also asked as it is when there is a search list. */
  readonly asksTopLevel: boolean;
}

/** What decides besides the file. */
export interface Surroundings {
  readonly hostname: string;
  /** Of these, LOCALDOMAIN and RES_OPTIONS are used. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** glibc's own bounds (MAXNS, RES_MAXNDOTS). */
const SERVERS_MAX = 3;
const NDOTS_MAX = 15;
/** A bound of ours: glibc has none since 2.26. */
const SEARCH_MAX = 256;

/** `text`: the contents of resolv.conf. Invalid lines are skipped. */
export function parseResolvConf(text: string, { hostname, environment }: Surroundings): ResolvConf {
  const servers: string[] = [];
  const options: string[] = [];
  let search: string[] | undefined;
  for (const line of text.split('\n')) {
    // A line that begins with anything else, such as a space or a comment, is skipped. A comment cannot follow a value.
    const [, keyword, rest = ''] = /^(nameserver|domain|search|options)[ \t]+(.*)$/.exec(line) ?? [];
    const values = valuesOf(rest);
    if (keyword === 'nameserver') {
      const address = serverAddress(values[0] ?? '');
      if (address !== undefined && servers.length < SERVERS_MAX) servers.push(address);
    } else if (keyword === 'options') options.push(...values);
    else if (keyword !== undefined && values.length > 0) search = keyword === 'domain' ? values.slice(0, 1) : values;
  }
  const { LOCALDOMAIN, RES_OPTIONS } = environment;
  // When LOCALDOMAIN is set and empty, the list is the root alone: nothing is searched.
  if (LOCALDOMAIN !== undefined) search = LOCALDOMAIN.split('\n', 1)[0]?.split(/[ \t]+/);
  options.push(...valuesOf(RES_OPTIONS ?? ''));
  return {
    servers: servers.length > 0 ? servers : ['127.0.0.1'],
    search: (search ?? domainOf(hostname)).flatMap((domain) => searchDomain(domain) ?? []).slice(0, SEARCH_MAX),
    ...parseOptions(options),
  };
}

type Switches = Pick<ResolvConf, 'ndots' | 'rotates' | 'overTcp' | 'asksIpv6' | 'asksTopLevel'>;

/**
 * Of several `ndots` the last one counts. Ignored are timeout and attempts, for which the configuration has
 * `dns.try_timeout_ms` and `dns.timeout_ms`, and options that change no answer (edns0, trust-ad, single-request …).
 */
function parseOptions(options: readonly string[]): Switches {
  const has = (...names: string[]): boolean => options.some((option) => names.some((name) => option.startsWith(name)));
  const ndots = options.findLast((option) => option.startsWith('ndots:'));
  return {
    ndots: ndots === undefined ? 1 : dotsOf(ndots.slice('ndots:'.length)),
    rotates: has('rotate'),
    overTcp: has('use-vc'),
    asksIpv6: !has('no-aaaa'),
    asksTopLevel: !has('no-tld-query', 'no_tld_query'),
  };
}

/** Like glibc: too large a number becomes 15, and of others the lowest four bits are kept, so that -1 is 15. */
function dotsOf(text: string): number {
  const dots = Number.parseInt(text, 10) || 0;
  return dots > NDOTS_MAX ? NDOTS_MAX : dots & NDOTS_MAX;
}

function valuesOf(text: string): string[] {
  return text.split(/[ \t\r]+/).filter((value) => value !== '');
}

function serverAddress(text: string): string | undefined {
  const [address, zone] = text.split('%');
  const ip = parseIp(address ?? '');
  if (ip === undefined) return undefined;
  return zone === undefined ? formatIp(ip) : `${formatIp(ip)}%${zone}`;
}

function searchDomain(text: string): string | undefined {
  return text === '' || text === '.' ? '' : normaliseName(text);
}

/** The default search list of a host that is called `box.example.org`: its domain. */
function domainOf(hostname: string): string[] {
  const dot = hostname.indexOf('.');
  return dot < 0 ? [] : [hostname.slice(dot + 1)];
}
