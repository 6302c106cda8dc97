// Which clients of the admin actor keep their connections: so many in all, and of one network no more than its share, so that health
// checks and the operator come through whatever another client does. A connection with no request under way gives its place to a newer
// one: a browser or a scraper that is told so connects again. What clients ask for is not known here.
import { parseIp } from '../../protocol/address/address.js';
import { networkOctets, networkText } from '../../protocol/address/client-network.js';
import { isLoopback } from '../../protocol/address/own-listeners.js';

/** What is asked of a socket. */
interface Socket {
  /** Undefined for one of a Unix socket. */
  readonly remoteAddress?: string | undefined;
  destroy(): unknown;
  once(event: 'close', gone: () => void): unknown;
}

interface Client {
  readonly network: string;
  /** Requests that it sent and that are not answered. */
  underWay: number;
  /** Whether it has sent any. */
  hasAsked: boolean;
}

export class Clients<S extends Socket> {
  readonly #most: number;
  /** Those that rest the longest come first. */
  readonly #clients = new Map<S, Client>();

  constructor(most: number) {
    this.#most = most;
  }

  [Symbol.iterator](): IterableIterator<S> {
    return this.#clients.keys();
  }

  /** False where there is no place: the socket is the caller's to close. */
  admit(socket: S): boolean {
    const network = networkOf(socket.remoteAddress);
    if (this.#count(network) >= this.#shareOf(network) && !this.#giveUpOne((one) => one === network)) return false;
    if (this.#clients.size >= this.#most && !this.#giveUpOne(this.#isGreatest())) return false;
    this.#clients.set(socket, { network, underWay: 0, hasAsked: false });
    socket.once('close', () => this.#clients.delete(socket));
    return true;
  }

  /** Those that have been answered, and want nothing more. */
  get answered(): readonly S[] {
    return [...this.#clients]
      .filter(([, { underWay, hasAsked }]) => hasAsked && underWay === 0)
      .map(([socket]) => socket);
  }

  /** Returns how many requests of the client are under way, this one included; 0 for one that has lost its place. */
  begin(socket: S): number {
    const client = this.#clients.get(socket);
    if (client === undefined) return 0;
    client.underWay += 1;
    client.hasAsked = true;
    return client.underWay;
  }

  end(socket: S): void {
    const client = this.#clients.get(socket);
    if (client === undefined) return;
    client.underWay -= 1;
    if (client.underWay > 0) return;
    this.#clients.delete(socket);
    this.#clients.set(socket, client);
  }

  /** What stands before the gateway on its own machine brings all clients, and only its own user comes by a Unix socket. */
  #shareOf(network: string): number {
    if (network === UNIX) return this.#most;
    return Math.ceil(network === HERE ? (this.#most * 3) / 4 : this.#most / 4);
  }

  #count(network: string): number {
    let count = 0;
    for (const client of this.#clients.values()) if (client.network === network) count += 1;
    return count;
  }

  /** Whether a network has as many connections as any that has some at rest. */
  #isGreatest(): (network: string) => boolean {
    const resting = [...this.#clients.values()].filter(({ underWay }) => underWay === 0);
    const most = Math.max(...resting.map(({ network }) => this.#count(network)));
    return (network) => this.#count(network) === most;
  }

  /** Closes the connection that rests the longest. */
  #giveUpOne(isOf: (network: string) => boolean): boolean {
    for (const [socket, { network, underWay }] of this.#clients) {
      if (underWay > 0 || !isOf(network)) continue;
      this.#clients.delete(socket);
      socket.destroy();
      return true;
    }
    return false;
  }
}

const UNIX = 'unix';
const HERE = 'this machine';

function networkOf(address: string | undefined): string {
  const ip = address === undefined ? undefined : parseIp(address);
  return ip !== undefined && isLoopback(ip) ? HERE : networkText(networkOctets(ip));
}
