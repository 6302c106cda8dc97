// The ports for lines of the access log, one for each connection actor that runs, and new ones when a reload changes where the
// lines go or how they look. Lines that an actor sent before go where they were for.
import type { ConnectionActor } from '../../threads/contracts/connection.js';
import type { AccessStart } from '../../threads/contracts/start.js';
import { moved, type Remote } from '../../threads/port.js';
import { within } from '../../threads/within.js';
import type { AccessSink } from '../process/log.js';
import { ActorAccessLog } from './log-port.js';

/** An actor that has not answered by then is dead or stuck; it gets a port when it has been started again. */
const CHANGE_TIMEOUT_MS = 2000;

/** What an actor has. */
interface Plugged {
  /** Undefined: no port, since there is no access log. */
  readonly sink: AccessSink | undefined;
  readonly log: ActorAccessLog | undefined;
}

export class AccessPorts {
  #sink: AccessSink | undefined;
  /** By the number of the actor. */
  readonly #plugged = new Map<number, Plugged>();

  /** `sink`: undefined where there is no access log. */
  constructor(sink: AccessSink | undefined) {
    this.#sink = sink;
  }

  /** For an actor that is being started; undefined where there is no access log. */
  open(actor: number): AccessStart | undefined {
    const sink = this.#sink;
    const log = sink && new ActorAccessLog(sink);
    this.#plugged.set(actor, { sink, log });
    return sink && log && { form: sink.form, port: log.open() };
  }

  /** The actor has ended. */
  close(actor: number): void {
    this.#plugged.get(actor)?.log?.close();
    this.#plugged.delete(actor);
  }

  /** Later lines go there. To be followed by calls of `follow`. */
  set(sink: AccessSink | undefined): void {
    this.#sink = sink;
  }

  /** Gives an actor what was last set, unless it has that. Resolves once it uses it, or has not answered in time. */
  async follow(actor: number, connection: Pick<Remote<ConnectionActor>, 'connectAccess'>): Promise<void> {
    const before = this.#plugged.get(actor);
    if (before === undefined || before.sink === this.#sink) return;
    const start = this.open(actor);
    const told = connection.connectAccess(start && moved(start.port), start?.form);
    // What it has sent is in the earlier port then. One that is late closes its own end of it, or that ends with its thread.
    if ((await within(CHANGE_TIMEOUT_MS, told)).code === 'answered') before.log?.close();
  }
}
