// Who the clients of this actor are, for rules and for what is remembered of them. It makes no system call: the kernel has
// told their addresses with their accept.
import type { Listener } from '../../protocol/inbound/listener.js';
import type { Client } from '../../protocol/users/client.js';
import type { User } from '../../protocol/users/user.js';
import type { ConnectionRecords } from './records/records.js';

/** The address of a TCP client that had gone when it was asked for: it is in every network, and in no smaller one. */
const UNKNOWN = new Uint8Array(4);

export class Clients {
  readonly #records: Pick<ConnectionRecords, 'clientIp' | 'listenerOf'>;
  /** By number. */
  readonly #listeners: readonly Pick<Listener, 'endpoint'>[];
  readonly #usualListener: number;
  /** For whom every client is taken. */
  #stranger: Client | undefined;
  /** The lines that a client without a user may use, by their numbers; undefined for all. */
  usualLines: readonly number[] | undefined;

  constructor(
    records: Pick<ConnectionRecords, 'clientIp' | 'listenerOf'>,
    listeners: readonly Pick<Listener, 'endpoint'>[],
    usualListener: number,
  ) {
    this.#records = records;
    this.#listeners = listeners;
    this.#usualListener = usualListener;
  }

  /** `connection`: its number in the records; it is live. */
  of(connection: number, user: User | undefined): Client {
    if (this.#stranger !== undefined) return this.#stranger;
    const listener = this.#records.listenerOf(connection);
    const ip = this.#records.clientIp(connection) ?? (this.#listeners[listener].endpoint && UNKNOWN);
    return { ip, user, listener };
  }

  /** From now on everybody is taken for this client, who may use these lines (undefined: all). */
  takeAllFor(client: Client, lines: readonly number[] | undefined): void {
    this.#stranger = client;
    this.usualLines = lines;
  }

  /** The client for whom everybody is taken, or else one of this machine. */
  get usual(): Client {
    return this.#stranger ?? { ip: Uint8Array.of(127, 0, 0, 1), user: undefined, listener: this.#usualListener };
  }
}
