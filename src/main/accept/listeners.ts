// The listeners of the running gateway, and what another configuration makes of them: those that it has stay as they are, with
// their sockets, counts and numbers; new ones are opened, and those that it does not have any more are to be closed. It accepts no
// clients.
import type { Listener } from '../../protocol/inbound/listener.js';
import { LISTENERS_MAX, type ListenOptions } from '../../protocol/listen-options.js';
import { identitiesOf, ListenerNumbers } from '../../protocol/listener-numbers.js';
import { DONE, type Done, type Failed, failed } from '../process/done.js';
import { letGo, listenerOf, openOne } from './listen.js';
import type { ListeningSocket } from './listening-socket.js';
import { changeMode } from './socket-file.js';

export interface Relisted {
  readonly code: 'relisted';
  /** By their place in the configuration. */
  readonly listeners: readonly Listener[];
  /** Listeners that are gone, of which there may be connections. */
  readonly gone: readonly Listener[];
  readonly opened: readonly ListeningSocket[];
  /** They are the caller's to close after `commit`. */
  readonly closed: readonly ListeningSocket[];
  /** From now on these are the listeners. */
  commit(): void;
  /** As if nothing had been asked. */
  undo(): void;
}

export class Listeners {
  /** By their place in the configuration. */
  #open: readonly ListeningSocket[];
  #gone: readonly Listener[] = [];
  #numbers: ListenerNumbers;

  /** `open`: with the numbers 0, 1, 2 … */
  constructor(open: readonly ListeningSocket[]) {
    this.#open = open;
    const given = new ListenerNumbers().give(identitiesOf(open.map(({ place }) => place)));
    if (given === undefined) throw new RangeError(`${open.length} listeners have no numbers`);
    this.#numbers = given.next;
  }

  get open(): readonly ListeningSocket[] {
    return this.#open;
  }

  /**
   * Opens what `asked` has and is not open: all of it, or nothing and a sentence. `inUse`: the numbers of listeners that
   * connections have, undefined if that is not known. One call after another, each with its `commit` or `undo`.
   */
  async relist(
    asked: readonly ListenOptions[],
    tcp_user_timeout_ms: number,
    inUse: () => Promise<ReadonlySet<number> | undefined>,
  ): Promise<Relisted | Failed> {
    const identities = identitiesOf(asked.map(({ place }) => place));
    const given = this.#numbers.give(identities) ?? this.#numbers.give(identities, await inUse());
    if (given === undefined) return failed(tooMany(asked.length));
    const { numbers } = given;
    const before = new Map(identitiesOf(this.#open.map(({ place }) => place)).map((one, at) => [one, this.#open[at]]));
    const closed = [...before].filter(([identity]) => !identities.includes(identity)).map(([, socket]) => socket);
    const change = new Change(closed);
    for (const [at, one] of asked.entries()) {
      const kept = before.get(identities[at]);
      const done = kept ? change.keep(kept, one) : change.open(one, numbers[at], tcp_user_timeout_ms);
      if (done.code === 'failed') {
        change.undo();
        return done;
      }
    }
    const listeners = change.sockets.map((socket, at) =>
      listenerOf(asked[at], { ...socket.listener, address: socket.address }),
    );
    const gone = [...this.#gone, ...closed.map(({ listener }) => listener)].filter(
      ({ number }) => !numbers.includes(number),
    );
    return {
      ...{ code: 'relisted', listeners, gone, opened: change.opened, closed },
      commit: () => {
        for (const [at, socket] of change.sockets.entries()) socket.place = asked[at].place;
        this.#open = change.sockets;
        this.#gone = gone;
        this.#numbers = given.next;
      },
      undo: () => change.undo(),
    };
  }
}

/** What has been done so far for another configuration. */
class Change {
  readonly #closed: readonly ListeningSocket[];
  readonly sockets: ListeningSocket[] = [];
  readonly opened: ListeningSocket[] = [];
  /** Unix sockets whose permissions are others now. */
  readonly #modes: ListeningSocket[] = [];

  constructor(closed: readonly ListeningSocket[]) {
    this.#closed = closed;
  }

  open(asked: ListenOptions, number: number, tcp_user_timeout_ms: number): Done {
    const opened = openOne(asked, number, tcp_user_timeout_ms, this.#closed);
    if (opened.code === 'failed') return opened;
    this.sockets.push(opened.socket);
    this.opened.push(opened.socket);
    return DONE;
  }

  keep(socket: ListeningSocket, { place }: ListenOptions): Done {
    this.sockets.push(socket);
    const { file, address } = socket;
    if (file === undefined || place.kind !== 'unix' || socket.place.kind !== 'unix') return DONE;
    if (socket.place.mode === place.mode) return DONE;
    const done = changeMode(file, place.mode);
    if (done.code === 'failed') return failed(`cannot change the mode of ${address}: ${done.message}`);
    this.#modes.push(socket);
    return DONE;
  }

  undo(): void {
    letGo(this.opened);
    for (const { file, place } of this.#modes) {
      if (file !== undefined && place.kind === 'unix') changeMode(file, place.mode);
    }
  }
}

const tooMany = (count: number): string =>
  `${count} listeners are too many for now: there can be ${LISTENERS_MAX}, with those that are gone and still have connections`;
