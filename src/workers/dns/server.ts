// One server of the configuration: its transports, and what is known of it. A question goes its usual way, or in the
// rounds after everything has failed over TCP or UDP alone. It judges no addresses and knows no other server.
import type { Question } from '../../protocol/dns-message.js';
import type { AnsweringServer } from '../../protocol/evidence.js';
import type { Line } from '../../protocol/line.js';
import type { Nameserver } from '../../protocol/options.js';
import type { Bootstrap } from './dial.js';
import { type Asked, exchangeAgain, type Reply } from './exchange.js';
import { Habits } from './habits.js';
import { HttpsServer } from './https.js';
import { TcpServer } from './tcp.js';
import { type UdpLimits, UdpServer } from './udp.js';

/** `usual` is what is configured: for `udp` also TCP where the answer was truncated. */
export type Way = 'usual' | 'tcp' | 'udp';

export interface Server {
  readonly identity: AnsweringServer;
  readonly habits: Habits;
  /** Whether it can be asked that way. */
  goes(way: Way): boolean;
  ask(question: Question, way: Way): Asked<Reply>;
  /** Frees its sockets and timers. What is under way fails. */
  close(): void;
}

export interface ServerParts {
  readonly limits: UdpLimits;
  readonly lines: readonly Line[];
  /** Of `ca_file`, with Node's own. */
  readonly ca: readonly string[] | undefined;
  readonly bootstrap: Bootstrap;
  readonly isPublic: (address: string) => boolean;
  readonly injected: (server: string, name: string, addresses: readonly string[]) => void;
  readonly now: () => number;
}

interface Transport {
  ask(question: Question): Asked<Reply>;
  close(): void;
}

export class ConfiguredServer implements Server {
  readonly identity: AnsweringServer;
  readonly habits: Habits;
  readonly #now: () => number;
  readonly #ways: { readonly usual: Transport; readonly tcp?: Transport; readonly udp?: Transport };

  constructor(nameserver: Nameserver, parts: ServerParts) {
    this.#now = parts.now;
    this.habits = new Habits(parts.now);
    this.identity = { id: nameserver.id, public: parts.isPublic(nameserver.host) };
    this.#ways = transports(nameserver, parts, this.habits, (name, addresses) =>
      parts.injected(nameserver.id, name, addresses),
    );
  }

  goes(way: Way): boolean {
    return this.#ways[way] !== undefined;
  }

  ask(question: Question, way: Way): Asked<Reply> {
    const { usual, tcp, udp } = this.#ways;
    const chosen = this.#ways[way] ?? usual;
    const asked = chosen.ask(question);
    if (chosen !== usual || udp === undefined || tcp === undefined) return this.#observed(asked);
    return this.#observed(
      exchangeAgain(asked, (reply) => {
        if (reply.kind !== 'truncated') return undefined;
        this.habits.counts.truncated += 1;
        return tcp.ask(question);
      }),
    );
  }

  close(): void {
    for (const transport of Object.values(this.#ways)) transport.close();
  }

  #observed(asked: Asked<Reply>): Asked<Reply> {
    const begun_ms = this.#now();
    void asked.outcome.then((reply) => this.habits.replied(reply, this.#now() - begun_ms));
    return asked;
  }
}

function transports(
  nameserver: Nameserver,
  { limits, lines, ca, bootstrap, now }: ServerParts,
  habits: Habits,
  injected: (name: string, addresses: readonly string[]) => void,
): { readonly usual: Transport; readonly tcp?: Transport; readonly udp?: Transport } {
  const { kind, host, port, path, via } = nameserver;
  const line = via === undefined ? undefined : lines.find(({ name }) => name === via);
  // The configuration was checked. Straight is the one way that it must not go.
  if (via !== undefined && line === undefined) throw new Error(`no line is called ${via}`);
  switch (kind) {
    case 'udp': {
      const udp = new UdpServer({ host, port }, { habits, limits, injected, now });
      return { usual: udp, udp, tcp: new TcpServer({ host, port, line, tls: undefined }, bootstrap) };
    }
    case 'tcp': {
      const tcp = new TcpServer({ host, port, line, tls: undefined }, bootstrap);
      return { usual: tcp, tcp };
    }
    case 'tls':
      return { usual: new TcpServer({ host, port, line, tls: { alpn: ['dot'], ca } }, bootstrap) };
    case 'https':
      return { usual: new HttpsServer({ host, port, line, tls: { alpn: ['h2', 'http/1.1'], ca } }, path, bootstrap) };
    case 'system':
      throw new Error('the system is no server of this kind: see system-server.ts');
    default:
      return kind satisfies never;
  }
}
