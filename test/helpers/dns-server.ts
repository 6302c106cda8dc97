// A small DNS server on loopback, UDP and TCP on one port. It answers for its zones as a resolver does, may play one trick
// at a time, and records the queries. It is not a resolver: it knows only its own zones.
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket as TcpSocket } from 'node:net';
import dnsPacket, { type Answer } from 'dns-packet';
import type { Nameserver } from '../../src/protocol/options.js';

export interface Host {
  readonly A?: readonly string[];
  readonly AAAA?: readonly string[];
  readonly CNAME?: string;
  readonly ttl_s?: number;
}

export interface Query {
  /** In the case in which it was asked. */
  readonly name: string;
  readonly type: string;
  readonly transport: 'udp' | 'tcp';
  readonly edns_octets: number | undefined;
}

/**
 * `truncate` cuts the true answer inside a record, `truncate-whole` only says that it is cut. `lies-first` sends answers that must not be believed, then the true one. `lower-case` does not keep the case of the
 * question. `no-edns` answers a query with EDNS by FORMERR. `hijack` has an address for every name that does not exist.
 * `mutate` sends `count` copies of the true answer with changed octets, then the true one. `inject` sends a believable answer
 * with these addresses, by default without EDNS as injectors do, and the true one once `until` settles. `hold` sends the
 * true answer once the promise settles.
 */
export type Trick =
  | 'drop'
  | 'truncate'
  | 'truncate-whole'
  | 'lies-first'
  | 'garbage'
  | 'servfail'
  | 'nxdomain'
  | 'refused'
  | 'close'
  | 'wrong-id'
  | 'wrong-question'
  | 'lower-case'
  | 'no-edns'
  | 'notimp'
  | 'hijack'
  | {
      readonly mutate: (index: number) => readonly { readonly at: number; readonly to: number }[];
      readonly count: number;
    }
  | { readonly inject: readonly string[]; readonly edns?: boolean; readonly until?: Promise<void> }
  | { readonly hold: Promise<void> };

export const HIJACKER = '203.0.113.99';

/** Returns undefined for the true answer. */
export type ChooseTrick = (query: Query) => Trick | undefined;

export interface DnsServerOptions {
  /** Default 127.0.0.1. */
  readonly address?: string;
  /** Default: the kernel chooses. */
  readonly port?: number;
  /** By domain: the records of every name below it that is not in the zones. */
  readonly wildcards?: Readonly<Record<string, Host>>;
  readonly trick?: ChooseTrick;
  /** TTL and MINIMUM of the SOA in negative answers; undefined leaves the SOA out. */
  readonly negative_ttl_s?: number;
}

export class DnsServer {
  readonly address: string;
  readonly queries: Query[] = [];
  trick: ChooseTrick;
  readonly #zones: Readonly<Record<string, Host>>;
  negative_ttl_s: number | undefined;
  readonly #wildcards: Readonly<Record<string, Host>>;
  readonly #clients = new Set<TcpSocket>();
  #udp: UdpSocket | undefined;
  #tcp: Server | undefined;
  readonly #wanted_port: number;
  port = 0;
  #mutated = 0;

  private constructor(zones: Readonly<Record<string, Host>>, options: DnsServerOptions) {
    this.#zones = zones;
    this.negative_ttl_s = options.negative_ttl_s;
    this.#wildcards = options.wildcards ?? {};
    this.address = options.address ?? '127.0.0.1';
    this.#wanted_port = options.port ?? 0;
    this.trick = options.trick ?? (() => undefined);
  }

  static async start(zones: Readonly<Record<string, Host>>, options: DnsServerOptions = {}): Promise<DnsServer> {
    const server = new DnsServer(zones, options);
    for (let attempt = 0; ; attempt += 1) {
      try {
        await server.#listen();
        return server;
      } catch (error) {
        // The UDP port of the same number may be taken.
        await server.close();
        if (attempt === 10) throw error;
      }
    }
  }

  /** This server as a configured name server. */
  get at(): Nameserver {
    return nameserver('udp', this.port);
  }

  get atTcp(): Nameserver {
    return nameserver('tcp', this.port);
  }

  count(type?: string, transport?: string): number {
    return this.queries.filter(
      (query) =>
        (type === undefined || query.type === type) && (transport === undefined || query.transport === transport),
    ).length;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.destroy();
    const { promise, resolve } = deferred();
    if (this.#tcp?.listening) this.#tcp.close(() => resolve());
    else resolve();
    await promise;
    const udp = this.#udp;
    this.#udp = undefined;
    if (udp !== undefined) await new Promise<void>((closed) => udp.close(() => closed()));
  }

  async #listen(): Promise<void> {
    const tcp = createServer((client) => this.#serveTcp(client));
    this.#tcp = tcp;
    await new Promise<void>((resolve, reject) => {
      tcp.once('error', reject);
      tcp.listen(this.#wanted_port, this.address, resolve);
    });
    this.port = (tcp.address() as { port: number }).port;
    const udp = createSocket(
      this.address.includes(':') ? 'udp6' : 'udp4',
      (bytes, from) => void this.#serveUdp(bytes, from),
    );
    // Before it is bound: `close` must find it where its port is taken.
    this.#udp = udp;
    await new Promise<void>((resolve, reject) => {
      udp.once('error', reject);
      udp.bind(this.port, this.address, resolve);
    });
  }

  async #serveUdp(bytes: Buffer, from: RemoteInfo): Promise<void> {
    const send = (answer: Buffer): void => this.#udp?.send(answer, from.port, from.address);
    for (const answer of await this.#answers(bytes, 'udp', send)) {
      // An answer that is too long is truncated, as servers do.
      send(answer.length > 1232 ? truncated(answer) : answer);
    }
  }

  #serveTcp(client: TcpSocket): void {
    this.#clients.add(client);
    client.on('error', () => {});
    client.on('close', () => this.#clients.delete(client));
    let received = Buffer.alloc(0);
    let written: Promise<void> = Promise.resolve();
    client.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0);
        const message = received.subarray(2, end);
        // A delayed answer does not hold up the others, and no two answers are mixed.
        const answers = this.#answers(message, 'tcp');
        written = Promise.all([answers, written]).then(([[answer]]) => this.#answerTcp(client, answer));
        received = received.subarray(end);
      }
    });
  }

  async #answerTcp(client: TcpSocket, answer: Buffer | undefined): Promise<void> {
    if (answer === undefined) {
      client.destroy();
      return;
    }
    // The length may be split anywhere: one octet goes ahead.
    client.write(Buffer.from([answer.length >> 8]));
    await new Promise((resolve) => setImmediate(resolve));
    client.write(Buffer.concat([Buffer.from([answer.length & 0xff]), answer]));
  }

  /** `early` sends answers that come before the returned ones. */
  async #answers(bytes: Buffer, transport: 'udp' | 'tcp', early?: (answer: Buffer) => void): Promise<Buffer[]> {
    const asked = dnsPacket.decode(bytes);
    const question = asked.questions?.[0] as dnsPacket.Question;
    const opt = asked.additionals?.find((record) => record.type === 'OPT');
    const query = { name: question.name, type: question.type, transport, edns_octets: opt?.udpPayloadSize };
    this.queries.push(query);
    const trick = this.trick(query);
    const id = asked.id as number;
    const truth = this.#truth(id, question, opt !== undefined);
    switch (trick) {
      case undefined:
        return [truth];
      case 'drop':
      case 'close':
        return [];
      case 'truncate':
        return [truncated(truth)];
      case 'truncate-whole':
        return [saidTruncated(truth)];
      case 'garbage':
        return [Buffer.from('not a DNS message')];
      case 'servfail':
        return [failure(truth, 2)];
      case 'nxdomain':
        return [this.#truth(id, question, true, {})];
      case 'refused':
        return [failure(truth, 5)];
      case 'lies-first':
        return [...lies(id, question), truth];
      case 'wrong-id':
        return [this.#truth(id ^ 1, question, true)];
      case 'wrong-question':
        return [this.#truth(id, { ...question, name: `x${question.name}` }, true)];
      case 'lower-case':
        return [this.#truth(id, { ...question, name: question.name.toLowerCase() }, true)];
      case 'notimp':
        return [failure(truth, 4)];
      case 'no-edns':
        return [opt === undefined ? truth : failure(truth, 1)];
      case 'hijack':
        return [
          (truth.readUInt8(3) & 0xf) === 3 && question.type === 'A' ? forged(id, question, [HIJACKER], true) : truth,
        ];
      default:
        if ('mutate' in trick) {
          for (let index = 0; index < trick.count; index += 1) {
            const copy = Buffer.from(truth);
            for (const { at, to } of trick.mutate(this.#mutated)) copy[at % copy.length] = to;
            this.#mutated += 1;
            early?.(copy);
          }
          return [truth];
        }
        if ('inject' in trick) {
          if (question.type === 'A') early?.(forged(id, question, trick.inject, trick.edns ?? false));
          await trick.until;
          return [truth];
        }
        await trick.hold;
        return [truth];
    }
  }

  #wildcard(name: string): Host | undefined {
    const domain = Object.keys(this.#wildcards).find((domain) => name.endsWith(`.${domain}`));
    return domain === undefined ? undefined : this.#wildcards[domain];
  }

  #truth(id: number, question: dnsPacket.Question, edns: boolean, zones = this.#zones): Buffer {
    const answers: Answer[] = [];
    let name = question.name.toLowerCase();
    let host = zones[name] ?? (zones === this.#zones ? this.#wildcard(name) : undefined);
    while (host?.CNAME !== undefined && answers.length < 100) {
      answers.push({ type: 'CNAME', name, ttl: host.ttl_s ?? 60, data: host.CNAME });
      name = host.CNAME;
      host = zones[name];
    }
    for (const data of host?.[question.type as 'A' | 'AAAA'] ?? []) {
      answers.push({ type: question.type as 'A', name, ttl: host?.ttl_s ?? 60, data });
    }
    const negative = answers.length === 0 && this.negative_ttl_s !== undefined;
    const soa: Answer = {
      type: 'SOA',
      name: 'test',
      ttl: this.negative_ttl_s,
      data: { mname: 'ns.test', rname: 'admin.test', minimum: this.negative_ttl_s },
    };
    return dnsPacket.encode({
      type: 'response',
      id,
      flags: dnsPacket.RECURSION_DESIRED | dnsPacket.RECURSION_AVAILABLE | (host === undefined ? 3 : 0),
      questions: [question],
      answers,
      authorities: negative ? [soa] : [],
      additionals: edns ? [OPT] : [],
    });
  }
}

const OPT = {
  ...{ type: 'OPT', name: '.', udpPayloadSize: 1232, extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false },
  options: [],
} as Answer;

function forged(id: number, question: dnsPacket.Question, addresses: readonly string[], edns: boolean): Buffer {
  return dnsPacket.encode({
    ...{ type: 'response', id, flags: dnsPacket.RECURSION_DESIRED | dnsPacket.RECURSION_AVAILABLE },
    questions: [question],
    answers: addresses.map((data) => ({ type: 'A', name: question.name, ttl: 300, data })),
    additionals: edns ? [OPT] : [],
  });
}

/** Cut within a record, while the counts promise more, as with some servers. */
function truncated(truth: Buffer): Buffer {
  return saidTruncated(truth.subarray(0, truth.length - 3));
}

function saidTruncated(truth: Buffer): Buffer {
  const cut = Buffer.from(truth);
  cut.writeUInt8(cut.readUInt8(2) | 0x02, 2);
  return cut;
}

function failure(truth: Buffer, rcode: number): Buffer {
  const answer = Buffer.from(truth);
  answer.writeUInt8((answer.readUInt8(3) & 0xf0) | rcode, 3);
  return answer;
}

function lies(id: number, question: dnsPacket.Question): Buffer[] {
  const lie = (wrong: { id?: number; questions?: dnsPacket.Question[]; type?: 'query' | 'response' }): Buffer =>
    dnsPacket.encode({
      type: 'response',
      id,
      questions: [question],
      answers: [{ type: 'A', name: question.name, ttl: 9999, data: '203.0.113.66' }],
      ...wrong,
    });
  return [
    Buffer.from([1, 2, 3]),
    lie({ id: id ^ 1 }),
    lie({ type: 'query' }),
    lie({ questions: [{ ...question, name: `x${question.name}` }] }),
    lie({ questions: [{ ...question, type: 'TXT' }] }),
    lie({ questions: [] }),
  ];
}

/** Does what Promise.withResolvers does, which Node 20 does not have. */
export function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settled) => {
    resolve = settled;
  });
  return { promise, resolve };
}

/** A server on loopback that is asked in the clear, as the configuration has it. */
export function nameserver(kind: 'udp' | 'tcp', port: number): Nameserver {
  return { kind, id: `${kind}://127.0.0.1:${port}`, host: '127.0.0.1', port, path: '', via: undefined };
}
