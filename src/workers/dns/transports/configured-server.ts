// One server of the configuration: its transports and its profile. A question goes its usual way, or, in the rounds after
// everything has failed, over TCP or UDP. It judges no addresses and knows no other server.
import type { Question } from '../../../protocol/dns/message.js';
import type { Line } from '../../../protocol/lines/line.js';
import type { Nameserver } from '../../../protocol/options.js';
import type { AnsweringServer } from '../../../protocol/trust/evidence.js';
import type { Tables } from '../../../threads/contracts/dns.js';
import { type Asked, type GivenUp, type Hear, type Reply, tells } from '../ask/exchange.js';
import { EDNS_ALONE } from '../ask/forms.js';
import { ServerProfile } from '../ask/server-profile.js';
import type { Authorities } from './authorities.js';
import type { Bootstrap } from './dial.js';
import { HttpsServer } from './https.js';
import { TcpServer } from './tcp.js';
import { UdpServer } from './udp.js';
import type { UdpLimits } from './udp-asker.js';

/** `usual` is the configured transport. A truncated answer over UDP is always asked for again over TCP, also with `udp`. */
export type Way = 'usual' | 'tcp' | 'udp';

export interface Server {
  readonly identity: AnsweringServer;
  readonly profile: ServerProfile;
  /** Whether it can be asked that way. */
  goes(way: Way): boolean;
  ask(question: Question, way: Way, hear: Hear<Reply>): Asked;
  /** Sizes and bounds of its sockets and questions. */
  readonly tables: Tables;
  /** Frees its sockets and timers. Questions over TCP, TLS and HTTPS that are under way fail. */
  close(): void;
}

export interface ServerParts {
  readonly limits: UdpLimits;
  readonly lines: readonly Line[];
  readonly authorities: Authorities;
  readonly bootstrap: Bootstrap;
  readonly isPublic: (address: string) => boolean;
  readonly injected: (server: string, name: string, addresses: readonly string[]) => void;
  readonly now: () => number;
  /** Called for every question with its reply. */
  readonly trace?: TraceQuestion | undefined;
}

/** `time_ms`: from the question to the reply. */
export type TraceQuestion = (server: string, question: Question, reply: Reply, time_ms: number) => void;

interface Transport {
  readonly tables: Tables;
  /** `edns`: whether a stream sends the option. UDP chooses for itself. */
  ask(question: Question, hear: Hear<Reply>, edns: boolean): Asked;
  close(): void;
}

interface Ways {
  readonly usual: Transport;
  readonly tcp?: Transport;
  readonly udp?: Transport;
}

export class ConfiguredServer implements Server {
  readonly identity: AnsweringServer;
  readonly profile: ServerProfile;
  readonly #now: () => number;
  readonly #trace: TraceQuestion | undefined;
  readonly #ways: Ways;

  constructor(nameserver: Nameserver, parts: ServerParts) {
    this.#now = parts.now;
    this.#trace = parts.trace;
    this.profile = new ServerProfile(parts.now);
    this.identity = { id: nameserver.id, public: parts.isPublic(nameserver.host) };
    this.#ways = transports(nameserver, parts, this.profile, (name, addresses) =>
      parts.injected(nameserver.id, name, addresses),
    );
  }

  get tables(): Tables {
    const { usual, tcp } = this.#ways;
    return tcp === undefined ? usual.tables : { ...usual.tables, ...tcp.tables };
  }

  goes(way: Way): boolean {
    return this.#ways[way] !== undefined;
  }

  ask(question: Question, way: Way, hear: Hear<Reply>): Asked {
    const { usual, tcp, udp } = this.#ways;
    const chosen = this.#ways[way] ?? usual;
    // Only a question over UDP is asked again over TCP.
    const whole = chosen === usual && udp !== undefined ? tcp : undefined;
    const heard = this.#trace === undefined ? hear : this.#traced(question, this.#trace, hear);
    const asked = new ServerQuestion(question, { profile: this.profile, now: this.#now, udp, whole, hear: heard });
    asked.begin(chosen);
    return asked;
  }

  #traced(question: Question, trace: TraceQuestion, hear: Hear<Reply>): Hear<Reply> {
    const begun_ms = this.#now();
    return (reply) => {
      trace(this.identity.id, question, reply, this.#now() - begun_ms);
      hear(reply);
    };
  }

  close(): void {
    for (const transport of new Set<Transport>(Object.values(this.#ways))) transport.close();
  }
}

interface Observing {
  readonly profile: ServerProfile;
  readonly now: () => number;
  readonly udp: Transport | undefined;
  /** Where to ask again after a truncated answer; undefined for nowhere. */
  readonly whole: Transport | undefined;
  readonly hear: Hear<Reply>;
}

/** The doubt about what was whole in a truncated answer, when the whole answer does not come over TCP. */
const CUT = 'truncated, and no whole answer over TCP';

/** One question; its reply is recorded in the server's profile. */
class ServerQuestion implements Asked {
  readonly #question: Question;
  readonly #observing: Observing;
  readonly #begun_ms: number;
  #current: Asked | undefined;
  #cancelled = false;
  /** Of a truncated answer. */
  #part: Reply | undefined;

  constructor(question: Question, observing: Observing) {
    this.#question = question;
    this.#observing = observing;
    this.#begun_ms = observing.now();
  }

  begin(transport: Transport): void {
    const { profile, udp } = this.#observing;
    if (transport !== udp) this.#askStream(transport);
    else this.#current = transport.ask(this.#question, (reply) => this.#heard(reply), profile.forms.current.edns);
  }

  cancel(why: GivenUp): void {
    this.#cancelled = true;
    this.#current?.cancel(why);
  }

  #heard(reply: Reply): void {
    const { profile, whole } = this.#observing;
    if (reply.kind === 'truncated' && whole !== undefined && !this.#cancelled) {
      profile.counts.truncated += 1;
      if (reply.part !== undefined) this.#part = { ...reply.part, doubt: reply.doubt ?? CUT };
      this.#askStream(whole);
      return;
    }
    this.#tell(reply);
  }

  /** Some servers answer EDNS with an error over a stream too; the form learnt over UDP counts here as well. */
  #askStream(transport: Transport): void {
    const { forms } = this.#observing.profile;
    const { edns } = forms.current;
    const heard = (reply: Reply): void => {
      const mayBeEdns = edns && !forms.works(EDNS_ALONE) && reply.kind === 'server-failure' && !this.#cancelled;
      if (mayBeEdns) this.#current = transport.ask(this.#question, (plain) => this.#heardPlain(reply, plain), false);
      else {
        if (edns && reply.kind === 'addresses') forms.worked(EDNS_ALONE);
        this.#tell(reply);
      }
    };
    this.#current = transport.ask(this.#question, heard, edns);
  }

  #heardPlain(refusal: Reply, reply: Reply): void {
    if (tells(reply)) this.#observing.profile.forms.refusedEdns(false);
    this.#tell(tells(reply) ? reply : refusal);
  }

  #tell(reply: Reply): void {
    const { profile, now, hear } = this.#observing;
    profile.replied(reply, now() - this.#begun_ms);
    hear(this.#part !== undefined && isMissing(reply) ? this.#part : reply);
  }
}

/** Whether the server did not answer, or gave no answer, so that a part of one is better. */
function isMissing(reply: Reply): boolean {
  return reply.kind === 'no-answer' ? reply.code === 'failed' || reply.code === 'timed-out' : !tells(reply);
}

function transports(
  nameserver: Nameserver,
  { limits, lines, authorities, bootstrap, now }: ServerParts,
  profile: ServerProfile,
  injected: (name: string, addresses: readonly string[]) => void,
): Ways {
  const { kind, host, port, path, via } = nameserver;
  const line = via === undefined ? undefined : lines.find(({ name }) => name === via);
  // The check of the configuration excludes this. Without the throw, questions would go past the proxy.
  if (via !== undefined && line === undefined) throw new Error(`no line is called ${via}`);
  switch (kind) {
    case 'udp': {
      const udp = new UdpServer({ host, port }, { profile, limits, injected, now });
      return { usual: udp, udp, tcp: new TcpServer({ host, port, line, tls: undefined }, bootstrap) };
    }
    case 'tcp': {
      const tcp = new TcpServer({ host, port, line, tls: undefined }, bootstrap);
      return { usual: tcp, tcp };
    }
    case 'tls':
      return { usual: new TcpServer({ host, port, line, tls: { alpn: ['dot'], authorities } }, bootstrap) };
    case 'https': {
      const tls = { alpn: ['h2', 'http/1.1'], authorities };
      return { usual: new HttpsServer({ host, port, line, tls }, path, bootstrap) };
    }
    case 'system':
      throw new Error('the system is no server of this kind: see system-server.ts');
    default:
      return kind satisfies never;
  }
}
