// What a trick proxy says in each protocol of proxies. Written from the documents of the protocols and not with the gateway's
// codecs, so that both cannot share a mistake. It connects to nothing.
import type { Peer } from './socks-peer.js';

/** BND.ADDR and BND.PORT in the reply of a working proxy. */
export const BOUND = { host: '192.0.2.7', port: 4242 };

export interface AskedFor {
  readonly host: string;
  readonly port: number;
}

/** How a proxy answers before it has a request: as usual, without accepting our credentials, or in another protocol. */
export type Manner = 'usual' | 'unwilling' | 'foreign';

export interface Speech {
  readonly success: Uint8Array;
  /** Refuses a request with this code. */
  refusal(code: number): Uint8Array;
  /** Reads up to the request; undefined after another answer. */
  request(peer: Peer, manner: Manner): Promise<AskedFor | undefined>;
}

const FOREIGN = 'HTTP/1.1 400 Bad Request\r\n\r\n';

const socks5: Speech = {
  success: Buffer.from([5, 0, 0, 1, 192, 0, 2, 7, 4242 >> 8, 4242 & 255]),
  refusal: (rep) => Buffer.from([5, rep, 0, 1, 0, 0, 0, 0, 0, 0]),

  async request(peer, manner) {
    const [, methods] = await peer.read(2);
    await peer.read(methods);
    if (manner === 'foreign') peer.send(FOREIGN);
    else peer.send(Buffer.from([5, manner === 'unwilling' ? 255 : 0]));
    if (manner !== 'usual') return undefined;
    const [, , , type, first] = await peer.read(5);
    const rest = await peer.read(type === 1 ? 3 : type === 4 ? 15 : first);
    const host = type === 3 ? rest.toString() : [first, ...rest].join('.');
    return { host, port: (await peer.read(2)).readUInt16BE() };
  },
};

const socks4: Speech = {
  success: Buffer.from([0, 90, 4242 >> 8, 4242 & 255, 192, 0, 2, 7]),
  refusal: (code) => Buffer.from([0, code, 0, 0, 0, 0, 0, 0]),

  async request(peer, manner) {
    const head = await peer.read(8);
    await until(peer, '\0');
    const ip = [...head.subarray(4)];
    const isName = ip[0] === 0 && ip[1] === 0 && ip[2] === 0 && ip[3] !== 0;
    const host = isName ? (await until(peer, '\0')).slice(0, -1) : ip.join('.');
    if (manner === 'foreign') peer.send(FOREIGN);
    if (manner === 'unwilling') peer.send(socks4.refusal(93));
    return manner === 'usual' ? { host, port: head.readUInt16BE(2) } : undefined;
  },
};

const http: Speech = {
  success: Buffer.from('HTTP/1.1 200 Connection established\r\nVia: 1.1 trick\r\nContent-Length: 3\r\n\r\n'),
  refusal: (status) => Buffer.from(`HTTP/1.1 ${status} No\r\nContent-Length: 4\r\n\r\nno.\n`),

  async request(peer, manner) {
    const head = await until(peer, '\r\n\r\n');
    const [, host, port] = /^CONNECT \[?([^\]\s]+?)\]?:(\d+) HTTP\/1\.1\r\nHost: \S+\r\n/.exec(head) ?? [];
    if (host === undefined) throw new Error(`no CONNECT: ${head}`);
    if (manner === 'foreign') peer.send(Buffer.from([5, 0]));
    if (manner === 'unwilling') peer.send('HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm="trick"\r\n\r\n');
    return manner === 'usual' ? { host, port: Number(port) } : undefined;
  },
};

export const SPEECHES = { socks5, socks4, http } as const;
export type SpokenKind = keyof typeof SPEECHES;

/** Reads text up to `end`, with it. */
async function until(peer: Peer, end: string): Promise<string> {
  let text = '';
  while (!text.endsWith(end)) text += (await peer.read(1)).toString('latin1');
  return text;
}
