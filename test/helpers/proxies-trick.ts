// A SOCKS5 proxy with one trick: it refuses, breaks the protocol, is silent, waits for the test, or works. It counts its
// connections. It resolves no names: a working one connects to this machine.
import { connect, type Socket } from 'node:net';
import { TestServer } from './servers.js';
import { Peer } from './socks-peer.js';

export type Trick =
  | 'works'
  /** Answers nothing at all. */
  | 'silent'
  /** Chooses no method. */
  | 'unwilling'
  /** Speaks another protocol. */
  | 'http'
  /** Ends the connection in place of a reply. */
  | 'hangs-up'
  /** Answers CONNECT with this REP. */
  | { readonly rep: number }
  /** Answers CONNECT, with success, once the promise settles; a function gives each connection its own. */
  | { readonly after: Promise<void> | (() => Promise<void>) }
  /** Answers CONNECT with success before it connects, and then connects to this port, whatever was asked for. */
  | { readonly early: number };

/** BND.ADDR and BND.PORT in the reply of a working proxy. */
export const BOUND = { host: '192.0.2.7', port: 4242 };
const SUCCESS = Buffer.from([5, 0, 0, 1, 192, 0, 2, 7, 4242 >> 8, 4242 & 255]);

export class TrickProxy {
  /** For later connections. */
  trick: Trick;
  /** Connections so far. */
  count = 0;
  /** The hosts that it was asked for, names as names. */
  readonly asked: string[] = [];
  /** The source addresses of its connections. */
  readonly sources: (string | undefined)[] = [];
  #server: TestServer | undefined;
  readonly #ways: Socket[] = [];

  private constructor(trick: Trick) {
    this.trick = trick;
  }

  static async listen(trick: Trick, port = 0): Promise<TrickProxy> {
    const proxy = new TrickProxy(trick);
    proxy.#server = await TestServer.listen(
      (socket) => {
        proxy.count += 1;
        proxy.sources.push(socket.remoteAddress);
        proxy.#serve(socket).catch(() => socket.destroy());
      },
      '127.0.0.1',
      port,
    );
    return proxy;
  }

  get port(): number {
    return (this.#server as TestServer).port;
  }

  /** Number of its open connections. */
  get open(): number {
    return (this.#server as TestServer).open;
  }

  /** This proxy as a line of the configuration. */
  get line(): object {
    return { type: 'socks5', host: '127.0.0.1', port: this.port };
  }

  async #serve(socket: Socket): Promise<void> {
    const { trick } = this;
    const peer = new Peer(socket);
    if (trick === 'silent') return;
    const [, methods] = await peer.read(2);
    await peer.read(methods);
    if (trick === 'http') peer.send('HTTP/1.1 400 Bad Request\r\n\r\n');
    else peer.send(Buffer.from([5, trick === 'unwilling' ? 255 : 0]));
    if (trick === 'http' || trick === 'unwilling') return;
    const { host, port } = await this.#request(peer);
    if (trick === 'hangs-up') peer.end();
    else if (trick === 'works') this.#carry(peer, host, port, SUCCESS);
    else if ('rep' in trick) peer.send(Buffer.from([5, trick.rep, 0, 1, 0, 0, 0, 0, 0, 0]));
    else if ('early' in trick) this.#answerEarly(peer, trick.early);
    else {
      await (typeof trick.after === 'function' ? trick.after() : trick.after);
      this.#carry(peer, host, port, SUCCESS);
    }
  }

  #answerEarly(peer: Peer, port: number): void {
    peer.send(SUCCESS);
    this.#carry(peer, '127.0.0.1', port, undefined);
  }

  async #request(peer: Peer): Promise<{ host: string; port: number }> {
    const [, , , type, first] = await peer.read(5);
    const rest = await peer.read(type === 1 ? 3 : type === 4 ? 15 : first);
    const host = type === 3 ? rest.toString() : [first, ...rest].join('.');
    this.asked.push(host);
    return { host, port: (await peer.read(2)).readUInt16BE() };
  }

  /** Connects to the destination on this machine, whatever its name is, and answers once it is connected. */
  #carry(peer: Peer, host: string, port: number, answer: Uint8Array | undefined): void {
    const at = host.startsWith('127.') ? host : '127.0.0.1';
    const way = connect({ host: at, port, allowHalfOpen: true });
    this.#ways.push(way);
    way.on('error', ({ code }: NodeJS.ErrnoException) => (code === 'ECONNRESET' ? peer.reset() : peer.close()));
    peer.socket.once('close', () => way.destroy());
    way.once('connect', () => {
      if (answer !== undefined) peer.send(answer);
      peer.socket.removeAllListeners('data');
      way.write(peer.take());
      peer.socket.pipe(way).pipe(peer.socket);
    });
  }

  async close(): Promise<void> {
    for (const way of this.#ways) way.destroy();
    await this.#server?.close();
  }
}
