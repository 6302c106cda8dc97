// `tcproute check --dial`: tries the proxies of each line, every name server, the places to listen on, the engine of the site and the
// place to start from. It connects to no destination and runs no gateway. Every wait is bounded.
import { once } from 'node:events';
import { createServer, isIP } from 'node:net';
import { whyNoWay } from '../../dial/route.js';
import { formatEndpoint } from '../../protocol/address/address.js';
import type { Line } from '../../protocol/lines/line.js';
import type { InternetPlace, ListenOptions, UnixPlace } from '../../protocol/listen-options.js';
import type { Configuration, Options } from '../../protocol/options.js';
import { plain } from '../../protocol/text/plain-text.js';
import { shownMs } from '../../protocol/text/spans.js';
import { findRoom } from '../accept/socket-file.js';
import { tryProxies } from './dial-proxies.js';
import { tryEngine, tryStart } from './dial-site.js';
import { explainName } from './dns.js';
import type { Tried } from './tried.js';

/** Lines that are tried at a time; a configuration may have a thousand. */
const PARALLEL = 16;
/** A name reserved for examples (RFC 2606). Any answer shows that the server works. */
const NAME = 'example.com';
/** Addresses reserved for documentation: to connect a UDP socket sends nothing, but needs a route. */
const NOWHERE = [
  { called: 'IPv4', address: '192.0.2.1' },
  { called: 'IPv6', address: '2001:db8::1' },
] as const;

export interface DialCheck {
  readonly lines: readonly Tried[];
  readonly servers: readonly Tried[];
  readonly listeners: readonly Tried[];
  /** What is shared with other gateways, and over what; mostly none. */
  readonly engine: readonly Tried[];
  readonly start: readonly Tried[];
}

/** Tries everything at once. A failure is a `Tried` with `works: false`; nothing is thrown for it. */
export async function dialAll(options: Configuration): Promise<DialCheck> {
  const [lines, servers, listeners, engine, start] = await Promise.all([
    tryLines(options),
    tryServers(options),
    Promise.all(options.listen.map(tryListener)),
    tryEngine(options.share),
    tryStart(options.cache),
  ]);
  return { lines, servers, listeners, engine, start };
}

export function allWork(tried: DialCheck): boolean {
  return Object.values(tried).every((some: readonly Tried[]) => some.every(({ works }) => works));
}

/** A text with one section for each kind, and one line for each thing that was tried. */
export function dialText({ lines, servers, listeners, engine, start }: DialCheck): string {
  const numbered = lines.map((line, index) => ({ ...line, what: `${index + 1}  ${line.what}` }));
  const width = Math.max(
    ...[...numbered, ...servers, ...listeners, ...engine, ...start].map(({ what }) => plain(what).length),
  );
  const rows = (tried: readonly Tried[]): string =>
    tried
      .map(
        ({ what, works, outcome }) =>
          `  ${plain(what).padEnd(width)}  ${works ? 'ok     ' : 'FAILED '} ${plain(outcome)}\n`,
      )
      .join('');
  const section = (title: string, tried: readonly Tried[]): string =>
    tried.length === 0 ? '' : `${title}:\n${rows(tried)}`;
  return (
    `lines:\n${rows(numbered)}name servers:\n${rows(servers)}listeners:\n${rows(listeners)}` +
    section('engine of the site', engine) +
    section('start from', start)
  );
}

// Lines

async function tryLines(options: Options): Promise<Tried[]> {
  const tried: Tried[] = new Array(options.lines.length);
  const waiting = options.lines.entries();
  const next = async (): Promise<void> => {
    for (const [index, line] of waiting) {
      tried[index] = line.isDirect ? tryDirect(line) : { what: line.name, ...(await tryProxies(line, options)) };
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, next));
  return tried;
}

/** Tries whether there is a route from the line's source. */
function tryDirect({ name, source }: Line): Tried {
  const families = NOWHERE.filter(({ address }) => source.ip === undefined || isIP(source.ip) === isIP(address));
  const outcomes = families.map(({ called, address }) => ({ called, error: whyNoWay(source, address) }));
  const works = outcomes.filter(({ error }) => error === undefined).map(({ called }) => called);
  const outcome =
    works.length > 0 ? `a way to ${works.join(' and ')}` : [...new Set(outcomes.map(({ error }) => error))].join(', ');
  return { what: name, works: works.length > 0, outcome };
}

// Name servers

async function tryServers({ dns, ...options }: Configuration): Promise<Tried[]> {
  const quiet = { ...dns, state_file: null, probe: { ...dns.probe, enabled: 'off' as const } };
  const explained = await explainName(NAME, { ...options, dns: quiet });
  const ids = [...new Set([...options.nameservers, ...options.nameservers_backup].map(({ id }) => id))];
  if (explained.kind === 'failed') return ids.map((what) => ({ what, works: false, outcome: explained.reason }));
  return ids.map((what) => {
    const answers = explained.explanation.answers.filter(({ server }) => server === what);
    const best = answers.find(({ kind }) => ANSWERS.has(kind));
    if (best !== undefined) return { what, works: true, outcome: `answers, ${shownMs(best.time_ms)} ms` };
    const [first] = answers;
    return { what, works: false, outcome: first === undefined ? 'was not asked' : first.why || first.kind };
  });
}

/** Kinds of answers that show a working server, even if the name has no address or does not exist. */
const ANSWERS: ReadonlySet<string> = new Set(['addresses', 'nodata', 'nxdomain']);

// Listeners

function tryListener({ place }: ListenOptions): Promise<Tried> | Tried {
  return place.kind === 'internet' ? tryPort(place) : tryPath(place);
}

function tryPath({ path }: UnixPlace): Tried {
  const room = findRoom(path);
  const works = room.code === 'done';
  return { what: `unix:${path}`, works, outcome: works ? 'free' : room.message };
}

async function tryPort({ host, port }: InternetPlace): Promise<Tried> {
  const what = formatEndpoint(host, port);
  const server = createServer();
  try {
    const listening = once(server, 'listening');
    server.listen({ host, port, exclusive: true });
    await listening;
    return { what, works: true, outcome: 'free' };
  } catch (error) {
    const code = codeOf(error);
    return { what, works: false, outcome: code === 'EADDRINUSE' ? 'in use; by a gateway that runs?' : code };
  } finally {
    server.close();
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? String(error);
}
