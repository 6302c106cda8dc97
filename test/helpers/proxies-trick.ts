// A proxy with one trick: it refuses, breaks the protocol, is silent, waits for the test, or works. It counts its
// connections. It resolves no names: a working one connects to this machine, but for the name by which
// `check --dial` asks, which does not exist. It speaks SOCKS5 unless told otherwise.
import { connect, type Socket } from 'node:net';
import { type AskedFor, type Manner, SPEECHES, type SpokenKind } from './proxy-speech.js';
import { TestServer } from './servers.js';
import { Peer } from './socks-peer.js';

export type Trick =
  | 'works'
  /** Answers nothing at all. */
  | 'silent'
  /** Accepts no credentials, or none at all. */
  | 'unwilling'
  /** Speaks another protocol. */
  | 'http'
  /** Ends the connection in place of a reply. */
  | 'hangs-up'
  /** Answers CONNECT with this REP, or with this code of its protocol. */
  | { readonly rep: number }
  /** Answers CONNECT, with success, once the promise settles; a function gives each connection its own. */
  | { readonly after: Promise<void> | (() => Promise<void>) }
  /** Answers CONNECT with success before it connects, and then connects to this port, whatever was asked for. */
  | { readonly early: number };

const NOBODY = 'tcproute-check.invalid';
/** By the kind of proxy: that there is no such name. */
const NO_SUCH_NAME: Readonly<Record<SpokenKind, number>> = { socks5: 4, socks4: 91, http: 502 };

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
  readonly kind: SpokenKind;
  readonly #ways: Socket[] = [];

  private constructor(trick: Trick, kind: SpokenKind) {
    this.trick = trick;
    this.kind = kind;
  }

  static async listen(trick: Trick, port = 0, kind: SpokenKind = 'socks5', host = '127.0.0.1'): Promise<TrickProxy> {
    const proxy = new TrickProxy(trick, kind);
    proxy.#server = await TestServer.listen(
      (socket) => {
        proxy.count += 1;
        proxy.sources.push(socket.remoteAddress);
        proxy.#serve(socket).catch(() => socket.destroy());
      },
      host,
      port,
    );
    return proxy;
  }

  get port(): number {
    return (this.#server as TestServer).port;
  }

  /** See `TestServer.silence`. */
  silence(isSilent: boolean): void {
    (this.#server as TestServer).silence(isSilent);
  }

  /** Number of its open connections. */
  get open(): number {
    return (this.#server as TestServer).open;
  }

  /** This proxy as a line of the configuration. */
  get line(): object {
    return { type: this.kind, host: '127.0.0.1', port: this.port };
  }

  async #serve(socket: Socket): Promise<void> {
    const { trick } = this;
    const peer = new Peer(socket);
    if (trick === 'silent') return;
    const manner: Manner = trick === 'http' ? 'foreign' : trick === 'unwilling' ? 'unwilling' : 'usual';
    const { request, success, refusal } = SPEECHES[this.kind];
    const asked = await request(peer, manner);
    if (asked === undefined || trick === 'http' || trick === 'unwilling') return;
    this.asked.push(asked.host);
    if (trick === 'hangs-up') peer.end();
    else if (trick === 'works' && asked.host === NOBODY) peer.send(refusal(NO_SUCH_NAME[this.kind]));
    else if (trick === 'works') this.#carry(peer, asked, success);
    else if ('rep' in trick) peer.send(refusal(trick.rep));
    else if ('early' in trick) this.#answerEarly(peer, trick.early);
    else {
      await (typeof trick.after === 'function' ? trick.after() : trick.after);
      this.#carry(peer, asked, success);
    }
  }

  #answerEarly(peer: Peer, port: number): void {
    peer.send(SPEECHES[this.kind].success);
    this.#carry(peer, { host: '127.0.0.1', port }, undefined);
  }

  /** Connects to the destination on this machine, whatever its name is, and answers once it is connected. */
  #carry(peer: Peer, { host, port }: AskedFor, answer: Uint8Array | undefined): void {
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
