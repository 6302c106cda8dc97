// Tries the proxies of one line for `check --dial`. Where one does not answer as a proxy of its kind, it is spoken to in the
// other protocols, so that the sentence can name the right kind.
import { formatEndpoint } from '../../protocol/address/address.js';
import type { Hop, Line, ProxyKind, Source } from '../../protocol/lines/line.js';
import { shownMs } from '../../protocol/text/spans.js';
import { type Exchanged, type ExchangeOptions, exchange } from './proxy-exchange.js';

/** The kinds in words, in the order in which they are guessed. */
const CALLED: Readonly<Record<ProxyKind, string>> = {
  socks5: 'a SOCKS5 proxy',
  http: 'an HTTP proxy',
  https: 'an HTTPS proxy',
  socks4: 'a SOCKS4 proxy',
};
const KINDS = Object.keys(CALLED) as ProxyKind[];

/** `outcome`: in words. */
export interface ProxiesTried {
  readonly works: boolean;
  readonly outcome: string;
}

/** Every wait is bounded by `race.connect_timeout_ms`, and there are at most two of them. */
export async function tryProxies({ source, hops }: Line, options: ExchangeOptions): Promise<ProxiesTried> {
  const begun = performance.now();
  const exchanged = await exchange(source, hops, options);
  switch (exchanged.code) {
    case 'answers': {
      const who = hops.length === 1 ? 'the proxy answers' : 'all proxies answer';
      return { works: true, outcome: `${who}, ${shownMs(performance.now() - begun)} ms` };
    }
    case 'foreign':
      return { works: false, outcome: await foreignText(source, hops, exchanged, options) };
    case 'refuses':
    case 'unreached':
      return { works: false, outcome: exchanged.why };
    default:
      return exchanged satisfies never;
  }
}

async function foreignText(
  source: Source,
  hops: readonly Hop[],
  { hop, why }: Extract<Exchanged, { code: 'foreign' }>,
  options: ExchangeOptions,
): Promise<string> {
  const before = hops.slice(0, hop);
  const { kind, host, port } = hops[hop] as Hop;
  // Only the first proxy of a line can be reached by TLS.
  const others = KINDS.filter((other) => other !== kind && (other !== 'https' || hop === 0));
  const answers = await Promise.all(
    others.map(async (other) => speaks(hop, await exchange(source, [...before, hopOf(other, host, port)], options))),
  );
  const spoken = others.find((_, index) => answers[index]);
  const wrong = `${formatEndpoint(host, port)} does not answer as ${CALLED[kind]} (${why})`;
  return spoken === undefined ? wrong : `${wrong}, but as ${CALLED[spoken]}: write "type": "${spoken}"`;
}

/** Without credentials: to be asked for them shows the protocol as well. */
function hopOf(kind: ProxyKind, host: string, port: number): Hop {
  const tls = kind === 'https' ? { tls: { serverName: host, caFile: undefined } } : {};
  return { kind, host, port, username: undefined, password: undefined, ...tls };
}

function speaks(hop: number, exchanged: Exchanged): boolean {
  return exchanged.code === 'answers' || (exchanged.code === 'refuses' && exchanged.hop === hop);
}
