// One client's connection, from the hand-off to its end: handshake → race → reply → relay → close.
import { BufferGroup, Listener, type Socket } from '../../linux/engine.js';
import { localEndpoint, peerEndpoint, sendBytes } from '../../linux/sockets.js';
import { formatIp, unmapped } from '../../protocol/address.js';
import { Deadline, type Expiring } from '../../protocol/deadline-wheel.js';
import type { FailureCode } from '../../protocol/failure.js';
import type { Observation } from '../../protocol/outcomes.js';
import type { Bound } from '../../protocol/socks5-client.js';
import { encodeFailure, encodeSuccess } from '../../protocol/socks5-server.js';
import type { Target } from '../../protocol/target.js';
import { Counter } from '../../threads/counters.js';
import type { Attempt } from './attempt.js';
import type { Context } from './context.js';
import { Farewell } from './farewell.js';
import { Handshake, type HandshakeOutcome } from './handshake.js';
import type { Reached } from './outcome-reports.js';
import { Race, type RaceOutcome } from './race.js';
import { SessionRecord } from './record.js';
import { Relay, type RelayEnding, type RelayOutcome } from './relay.js';

/** A race that takes longer than this has its client watched: a client that hangs up cancels it. */
const WATCH_CLIENT_AFTER_MS = 50;
const UNSPECIFIED: Bound = { ip: new Uint8Array(4), port: 0 };

export class Session extends Listener implements Expiring, HandshakeOutcome, RaceOutcome, RelayOutcome {
  readonly #context: Context;
  readonly #client: Socket;
  readonly #deadline = new Deadline(this);
  readonly #record: SessionRecord | undefined;
  #race: Race | undefined;
  /** By whose outcome something is learned of the name that the client asked for. */
  #reached: Reached | undefined;
  #early: Uint8Array | undefined;

  /** `fd` is an accepted socket, now this actor's. */
  constructor(context: Context, fd: number) {
    super();
    this.#context = context;
    this.#record = context.log.enabled('debug') ? new SessionRecord(fd, context.engine.now) : undefined;
    this.#client = context.engine.adopt(fd, new Handshake(context, this));
    context.counters[Counter.opened] += 1;
  }

  start(): void {
    const { engine, deadlines, options } = this.#context;
    deadlines.set(this.#deadline, engine.now + options.handshake_timeout_ms);
    engine.receive(this.#client, BufferGroup.handshake);
  }

  // Handshake

  requested(target: Target, early: Uint8Array | undefined): void {
    const { engine, deadlines } = this.#context;
    this.#early = early;
    this.#record?.targeted(target);
    // From here to the outcome the client is not read: what it sends waits in its socket.
    this.#client.listener = this;
    const ruling = this.#context.rules.match(target);
    if (ruling === 'block') {
      this.#context.counters[Counter.blocked] += 1;
      this.lost('blocked', target);
      return;
    }
    deadlines.set(this.#deadline, engine.now + WATCH_CLIENT_AFTER_MS);
    this.#race = new Race(this.#context, target, this, ruling);
    this.#race.start();
  }

  refused(answer: Uint8Array | undefined): void {
    this.#context.counters[Counter.badHandshakes] += 1;
    if (answer === undefined) this.#close('graceful', 'not-socks5');
    else this.#farewell(answer, 'refused');
  }

  left(): void {
    this.#context.counters[Counter.badHandshakes] += 1;
    this.#close('graceful', 'left-early');
  }

  /** The handshake has taken too long, or the race long enough to look after the client. */
  onDeadline(): void {
    if (this.#race !== undefined) {
      this.#context.engine.pollHangup(this.#client);
      return;
    }
    this.#context.counters[Counter.badHandshakes] += 1;
    this.#context.counters[Counter.timeouts] += 1;
    this.#close('graceful', 'handshake-timeout');
  }

  // Race

  /** The client's IP address as text; undefined when it has gone. A syscall: only for rules that need it (`sticky`). */
  clientAddress(): string | undefined {
    const peer = peerEndpoint(this.#client.fd);
    return typeof peer === 'number' ? undefined : formatIp(unmapped(peer.ip));
  }

  override onPollHangup(): void {
    this.#race?.cancel();
    this.#context.counters[Counter.failed] += 1;
    this.#close('reset', 'cancelled');
  }

  lost(code: FailureCode, target: Target): void {
    this.#race = undefined;
    this.#context.counters[Counter.failed] += 1;
    this.#record?.lost(code);
    this.#context.failures.failed(code, target, this.#context.engine.now);
    this.#farewell(encodeFailure(code), 'failed');
  }

  won(winner: Attempt): void {
    const { engine, counters } = this.#context;
    this.#reached = this.#race?.reached(winner);
    this.#race = undefined;
    const { rest } = winner;
    const bound = winner.bound ?? localAddress(winner);
    const destination = winner.release();
    const reply = encodeSuccess(bound.ip, bound.port);
    if (sendBytes(this.#client.fd, reply) !== reply.length) {
      counters[Counter.failed] += 1;
      engine.close(destination, 'reset');
      this.#close('reset', 'cancelled');
      return;
    }
    counters[Counter.connected] += 1;
    this.#record?.won(winner, engine.now);
    const early = this.#early;
    this.#early = undefined;
    new Relay(this.#context, this.#client, destination, this.#deadline, this).start(early, rest);
  }

  // Relay

  heard(result: Observation['result']): void {
    if (this.#reached !== undefined) this.#context.outcomes.note(this.#reached, result, this.#context.engine.now);
  }

  relayed(ending: RelayEnding, up: number, down: number): void {
    const { counters } = this.#context;
    counters[Counter.bytesUp] += up;
    counters[Counter.bytesDown] += down;
    if (ending === 'idle' || ending === 'half-closed') counters[Counter.timeouts] += 1;
    else if (ending !== 'complete') counters[Counter.resets] += 1;
    this.#record?.relayed(up, down);
    this.#ended(ending);
  }

  // End

  #farewell(answer: Uint8Array, how: string): void {
    new Farewell(this.#context, this.#client, this.#deadline, () => this.#ended(how)).say(answer);
  }

  #close(ending: 'graceful' | 'reset', how: string): void {
    this.#context.deadlines.clear(this.#deadline);
    this.#context.engine.close(this.#client, ending);
    this.#ended(how);
  }

  #ended(how: string): void {
    const { counters, log, engine } = this.#context;
    counters[Counter.closed] += 1;
    if (this.#record !== undefined) log.write('debug', this.#record.fields(how, engine.now), 'connection');
    this.#context.ended();
  }
}

/** What the socket of a direct line is called here: the address that a reply names (RFC 1928 section 6). */
function localAddress(winner: Attempt): Bound {
  const local = localEndpoint(winner.fd);
  return typeof local === 'number' ? UNSPECIFIED : local;
}
