// Finds out whether an injected address is a real server: whether it shows a valid certificate for another name that it was
// an answer for. Only then is the address no longer bad for all names. Few connections at a time, and each address seldom.
// It does not change the blacklist: `cleared` does.
import tls from 'node:tls';
import { LRUCache } from 'lru-cache';
import { Countdown } from '../ask/countdown.js';
import { Authorities } from '../transports/authorities.js';

const PORT = 443;
const TIMEOUT_MS = 5000;
const RUNNING_MAX = 4;
const WAITING_MAX = 64;
/** The least time between two tries of an address, for any name. */
const AGAIN_MS = 600_000;
const REMEMBERED_MAX = 1024;

export type VerifyAddress = (address: string, name: string) => { readonly outcome: Promise<boolean>; end(): void };

export class VerifiedAddresses {
  readonly #verify: VerifyAddress;
  readonly #cleared: (address: string, name: string) => void;
  readonly #now: () => number;
  readonly #tried = new LRUCache<string, number>({ max: REMEMBERED_MAX });
  readonly #waiting: { readonly address: string; readonly name: string }[] = [];
  readonly #running = new Set<{ end(): void }>();

  constructor(
    cleared: (address: string, name: string) => void,
    now: () => number,
    verify: VerifyAddress = verifyByTls(),
  ) {
    this.#cleared = cleared;
    this.#now = now;
    this.#verify = verify;
  }

  /** Queues a try. `name`: one that the address was not injected for. */
  consider(address: string, name: string): void {
    const tried = this.#tried.get(address);
    if (tried !== undefined && this.#now() - tried < AGAIN_MS) return;
    if (this.#waiting.length >= WAITING_MAX) return;
    this.#tried.set(address, this.#now());
    this.#waiting.push({ address, name });
    this.#proceed();
  }

  stop(): void {
    this.#waiting.length = 0;
    for (const running of this.#running) running.end();
  }

  #proceed(): void {
    while (this.#running.size < RUNNING_MAX) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      const running = this.#verify(next.address, next.name);
      this.#running.add(running);
      void running.outcome.then((verified) => {
        this.#running.delete(running);
        if (verified) this.#cleared(next.address, next.name);
        this.#proceed();
      });
    }
  }
}

/** The outcome is true if the server shows a certificate for the name, signed by one of Node's authorities (or by `ca`). */
export function verifyByTls({ port = PORT, ca }: { port?: number; ca?: string } = {}): VerifyAddress {
  const authorities = new Authorities(ca === undefined ? undefined : [ca]);
  return (address, name) => {
    const secureContext = authorities.context(tls);
    const socket = tls.connect({ host: address, port, servername: name, rejectUnauthorized: true, secureContext });
    const deadline = new Countdown(TIMEOUT_MS, () => socket.destroy());
    const outcome = new Promise<boolean>((resolve) => {
      let verified = false;
      socket.once('secureConnect', () => {
        verified = true;
        socket.destroy();
      });
      socket.on('error', () => {});
      socket.once('close', () => {
        deadline.cancel();
        resolve(verified);
      });
    });
    return { outcome, end: () => socket.destroy() };
  };
}
