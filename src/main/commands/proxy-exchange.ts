// Speaks to the proxies of a line for `check --dial`, until the last one has answered in its protocol. Of a kind whose first
// message is the request, a proxy is asked for a name that nobody can have. It does not judge what other protocol a proxy
// may speak.
import type { Socket } from 'node:net';
import { openFrom } from '../../dial/first-hop.js';
import { isOfCertificate, ProxyAuthorities, secureTo } from '../../dial/proxy-tls.js';
import { resetSocket } from '../../dial/reset.js';
import type { Hop, Source } from '../../protocol/lines/line.js';
import type { Configuration } from '../../protocol/options.js';
import { Chain } from '../../protocol/outbound/chain.js';
import { follow } from '../../protocol/outbound/follow.js';
import { describe } from '../../protocol/race/failure.js';
import { reasonOf, within } from '../../threads/within.js';

/** Names below `invalid` do not exist (RFC 6761 section 6.4): a proxy that is asked for one connects to nobody. */
const NOBODY = 'tcproute-check.invalid';
const authorities = new ProxyAuthorities();

/** What came of it. `hop`: the index of the proxy that is meant. `why`: in words. */
export type Exchanged =
  /** All proxies answer as proxies of their kinds. */
  | { readonly code: 'answers' }
  /** It speaks the protocol, but does not serve us, or does not reach the next proxy. */
  | { readonly code: 'refuses'; readonly hop: number; readonly why: string }
  /** It takes connections, but its answer, or its silence, is not that of a proxy of its kind. */
  | { readonly code: 'foreign'; readonly hop: number; readonly why: string }
  /** Nothing is known of its protocol. */
  | { readonly code: 'unreached'; readonly why: string };

export type ExchangeOptions = Pick<Configuration, 'race' | 'hosts'>;

/** Never rejects, and is bounded by `race.connect_timeout_ms`. */
export async function exchange(source: Source, hops: readonly Hop[], options: ExchangeOptions): Promise<Exchanged> {
  const over = new AbortController();
  const trial = new Trial(source, hops, over.signal);
  const { connect_timeout_ms } = options.race;
  const answer = await within(connect_timeout_ms, trial.run(options.hosts));
  over.abort();
  switch (answer.code) {
    case 'answered':
      return answer.value;
    case 'failed':
      return { code: 'unreached', why: answer.reason };
    case 'late':
      return trial.late(`no answer within ${connect_timeout_ms} ms`);
    default:
      return answer satisfies never;
  }
}

class Trial {
  readonly #source: Source;
  readonly #hops: readonly Hop[];
  readonly #signal: AbortSignal;
  readonly #chain: Chain;
  #isConnected = false;
  #spoken: Socket | undefined;

  constructor(source: Source, hops: readonly Hop[], signal: AbortSignal) {
    this.#source = source;
    this.#hops = hops;
    this.#signal = signal;
    this.#chain = new Chain(hops, NOBODY, 443);
  }

  /** Rejects if there is no connection to the first proxy. */
  async run(hosts: ExchangeOptions['hosts']): Promise<Exchanged> {
    const [{ host, port }] = this.#hops;
    const known = Object.hasOwn(hosts, host) ? hosts[host]?.[0] : undefined;
    const raw = await openFrom({ host: known ?? host, port, source: this.#source }, this.#signal);
    this.#isConnected = true;
    // So that nothing of it stays behind.
    this.#signal.addEventListener('abort', () => resetSocket(raw, this.#spoken), { once: true });
    const secured = await this.#secure(raw);
    return secured.code === 'secured' ? this.#speak(secured.stream) : secured;
  }

  async #secure(raw: Socket): Promise<Exchanged | { readonly code: 'secured'; readonly stream: Socket }> {
    const [{ tls }] = this.#hops;
    if (tls === undefined) return { code: 'secured', stream: raw };
    try {
      this.#spoken = await secureTo(raw, tls, authorities);
      return { code: 'secured', stream: this.#spoken };
    } catch (error) {
      const why = reasonOf(error);
      return isOfCertificate(error) ? { code: 'refuses', hop: 0, why } : this.#foreign(why);
    }
  }

  async #speak(stream: Socket): Promise<Exchanged> {
    const carrier = { incoming: stream, send: (bytes: Uint8Array) => stream.write(bytes) };
    try {
      const followed = await follow(this.#chain, carrier, 'answer');
      if (followed.code === 'reached') return { code: 'answers' };
      if (followed.code === 'ended') return this.#foreign('it ends the connection');
      const { failure } = followed;
      const { hop } = this.#chain;
      if (failure.code === 'proxy-protocol')
        return this.#foreign(failure.detail ?? 'its answer is of another protocol');
      return { code: 'refuses', hop, why: describe(failure) };
    } catch (error) {
      return this.#foreign(`it breaks off the connection: ${reasonOf(error)}`);
    }
  }

  /** A proxy that is about to connect to the next one may be slow because of that. */
  late(why: string): Exchanged {
    const { hop, hasAsked } = this.#chain;
    const isSilent = this.#isConnected && (hop === this.#hops.length - 1 || !hasAsked);
    return isSilent ? this.#foreign(why) : { code: 'unreached', why };
  }

  #foreign(why: string): Exchanged {
    return { code: 'foreign', hop: this.#chain.hop, why };
  }
}
