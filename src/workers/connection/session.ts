// One client's connection, from the hand-off to its end: handshake → race → reply → hello race → relay → close.
import { BufferGroup } from '../../linux/engine/buffers.js';
import type { Socket } from '../../linux/engine/socket.js';
import type { Associated, ClientAddress, Inbound, Refused, Requested } from '../../protocol/inbound/inbound.js';
import type { Bound } from '../../protocol/outbound/outbound.js';
import type { QuietKeys } from '../../protocol/quiet/quiet.js';
import type { ConnectionEnding } from '../../protocol/race/ending.js';
import type { Failure } from '../../protocol/race/failure.js';
import type { Client } from '../../protocol/users/client.js';
import type { User } from '../../protocol/users/user.js';
import { allowedLines } from './allowed-lines.js';
import { beginAssociation } from './begin-association.js';
import { Handshake, type HandshakeOutcome } from './client/handshake.js';
import { LingeringClose } from './client/lingering-close.js';
import type { Entrance } from './entrance.js';
import type { RaceAttempt } from './race/attempt/attempt.js';
import { HelloRace, type HelloRaceOutcome, isHelloRace, type Settled, type Undecided } from './race/hello/race.js';
import { Race, type RaceOutcome } from './race/race.js';
import type { Underway } from './records/underway.js';
import { type FirstByteOutcome, NOBODY } from './relay/first-byte.js';
import { Relay } from './relay/relay.js';
import type { SessionParts } from './session-parts.js';
import { TimedHandler } from './shared/timed-handler.js';

/** After this time a race watches its client: a client that hangs up cancels the race. */
const WATCH_CLIENT_AFTER_MS = 50;
const UNSPECIFIED: Bound = { ip: new Uint8Array(4), port: 0 };

export class Session
  extends TimedHandler
  implements HandshakeOutcome, RaceOutcome, HelloRaceOutcome<RaceAttempt>, Underway
{
  readonly #parts: SessionParts;
  readonly #client: Socket;
  /** By which the records know the connection, also when its relay has outlived this. */
  readonly #connection: number;
  readonly #handshake: Handshake;
  readonly #entrance: Entrance;
  /** How many gateways the request has passed. */
  depth = 0;
  #race: Race | undefined;
  #winner: RaceAttempt | undefined;
  #helloRace: HelloRace<RaceAttempt> | undefined;
  /** Undefined until it is known. */
  #request: Requested | Associated | undefined;
  /** What the rule for the target says of quiet connections, and the client where rules need it. */
  #quiet: QuietKeys | undefined;
  #asker: Client | undefined;

  /** `fd` is an accepted socket, now this actor's; its client came in by `entrance`. */
  constructor(parts: SessionParts, fd: number, entrance: Entrance) {
    super();
    const { listener, inbound, refusing, behindProxies } = entrance;
    this.#parts = parts;
    this.#entrance = entrance;
    this.#connection = parts.records.open(this, listener.number, fd);
    const first = behindProxies?.inboundFrom(this.clientIp()) ?? inbound;
    this.#handshake = new Handshake(parts, parts.limits.isRefused(fd) ? refusing : first, this);
    this.#client = parts.engine.adopt(fd, this.#handshake);
    parts.tally.opened(listener.number);
  }

  /** Begins to read the client. */
  start(): void {
    const { engine, deadlines, options, limits } = this.#parts;
    deadlines.set(this, engine.now + limits.handshakeTime(this.#client.fd, options.handshake_timeout_ms));
    engine.receive(this.#client, BufferGroup.handshake);
  }

  // Underway: for the records, while there is no relay

  get up(): number {
    return 0;
  }

  get down(): number {
    return 0;
  }

  get race(): Race | undefined {
    return this.#race;
  }

  get winner(): RaceAttempt | undefined {
    return this.#winner;
  }

  // Handshake

  /** All that asks for the client's address gets this one from now on. */
  told(client: ClientAddress, next: Inbound): Inbound | undefined {
    const { engine, deadlines, limits, options, records } = this.#parts;
    const { fd } = this.#client;
    records.told(this.#connection, client);
    const { listener, refusing } = this.#entrance;
    switch (limits.told(fd, client.ip, listener.name, engine.now)) {
      case 'admitted':
        return next;
      case 'refused':
        deadlines.set(this, engine.now + limits.handshakeTime(fd, options.handshake_timeout_ms));
        return refusing;
      case 'closed':
        this.#parts.tally.handshakeFailed('proxy-header', 'over-limit');
        this.#close('graceful', 'over-limit');
        return undefined;
    }
  }

  clientIp(): Uint8Array | undefined {
    return this.#parts.records.clientIp(this.#connection);
  }

  requested(request: Requested, user: User | undefined): void {
    const { engine, deadlines } = this.#parts;
    const { target } = request;
    this.#request = request;
    this.#parts.records.targeted(this.#connection, target, user);
    // The client is not read until the race is over: bytes that it sends wait in its socket.
    engine.handOver(this.#client, this);
    this.depth = request.depth ?? 0;
    const excess = this.#parts.limits.requested(this.#client.fd, user, this, engine.now);
    if (excess !== undefined) {
      this.lost(excess);
      return;
    }
    const permission = this.#parts.egress.mayAskFor(target, this.depth);
    if (permission.code !== 'allowed') {
      this.#parts.failures.lost(permission, target, [], this, engine.now);
      this.lost(permission);
      return;
    }
    const allowed = allowedLines(this.#parts, target, this.#connection, user);
    if (allowed.code !== 'allowed') {
      this.lost(allowed);
      return;
    }
    this.#quiet = allowed.quiet;
    this.#asker = allowed.asker;
    deadlines.set(this, engine.now + WATCH_CLIENT_AFTER_MS);
    const race = new Race(this.#parts, target, allowed.choice, allowed.client, this);
    this.#race = race;
    race.start();
  }

  associated(request: Associated, user: User | undefined): void {
    if (!this.#parts.options.udp.enabled) {
      this.refused(request.unserved);
      return;
    }
    this.#request = request;
    this.#parts.deadlines.clear(this);
    const [control, connection, quiet] = [this.#client, this.#connection, this.#entrance.quiet.usual];
    const failure = beginAssociation(this.#parts, { control, connection, user, quiet, ...request }, this);
    if (failure !== undefined) this.lost(failure);
  }

  refused({ spoken, answer, ending, misfit }: Refused): void {
    this.#parts.tally.handshakeFailed(spoken, ending);
    if (misfit !== undefined) this.#parts.failures.misfit(misfit, this, this.#parts.engine.now);
    if (answer === undefined) this.#close('graceful', ending);
    else this.#lingeringClose(answer, ending);
  }

  left(): void {
    this.#parts.tally.handshakeFailed(this.#handshake.spoken, 'left-early');
    this.#close('graceful', 'left-early');
  }

  /** The handshake has taken too long, or the race long enough to watch the client. */
  onDeadline(): void {
    if (this.#race !== undefined) {
      this.#parts.engine.pollHangup(this.#client);
      return;
    }
    this.#handshake.giveUp();
    this.#parts.tally.handshakeFailed(this.#handshake.spoken, 'handshake-timeout');
    this.#close('graceful', 'handshake-timeout');
  }

  // Race

  override onPollHangup(): void {
    this.#cancelled();
  }

  /** The client's socket has not taken the handshake's last answer. */
  override onUnsent(): void {
    this.#cancelled();
  }

  #cancelled(): void {
    this.#race?.cancel();
    this.#parts.tally.cancelled();
    this.#close('reset', 'cancelled');
  }

  lost(failure: Failure): void {
    const { tally, records } = this.#parts;
    const { replies } = this.#request as Requested | Associated;
    tally.lost(failure.code);
    records.lost(this.#connection, this.#race, failure);
    records.replied(this.#connection, replies.failureCode(failure.code));
    const line = this.#race?.attempts.find((attempt) => attempt.failure === failure)?.line.name;
    this.#race = undefined;
    this.#lingeringClose(replies.failure(failure, line), 'failed');
  }

  won(winner: RaceAttempt): void {
    const { tally, records } = this.#parts;
    const race = this.#race as Race;
    const { early, replies } = this.#request as Requested;
    this.#winner = winner;
    this.#parts.deadlines.clear(this);
    const bound = winner.bound ?? UNSPECIFIED;
    const reply = replies.success(bound.ip, bound.port);
    const isSilent = reply.length === 0;
    if (!isSilent && !this.#parts.engine.sendCopy(this.#client, reply)) {
      winner.abandon('abandoned');
      this.#winner = undefined;
      this.#cancelled();
      return;
    }
    tally.connected();
    if (!isSilent) records.replied(this.#connection, replies.successCode);
    if (isHelloRace(this.#parts, race)) {
      this.#helloRace = new HelloRace(this.#parts, race, winner, this.#client, this);
      this.#helloRace.start(early);
    } else {
      race.cancel();
      this.#relay(winner, winner.release(), race.reached(winner)).start(early, winner.rest);
    }
  }

  clientName(): string {
    return this.#parts.records.clientName(this.#connection);
  }

  joined(): void {
    this.#helloRace?.joined();
  }

  exhausted(): void {
    this.#helloRace?.exhausted();
  }

  // Hello race

  helloRaceEnded(end: Settled<RaceAttempt> | Undecided): void {
    this.#helloRace = undefined;
    if (end.kind !== 'settled') {
      if (end.kind !== 'closed-by-operator') this.#parts.tally.undecided();
      this.#close('reset', end.kind);
      return;
    }
    const relay = this.#relay(end.winner, end.socket, end.firstByte);
    if (end.sent > 0) relay.takeOver(end.sent, end.unsent);
    relay.start(end.early, end.firstBytes, end.event);
  }

  // Relay

  #relay(winner: RaceAttempt, destination: Socket, firstByte: FirstByteOutcome | undefined): Relay {
    const { records, tally, isDebugging, ends, rules } = this.#parts;
    const race = this.#race as Race;
    const { target, body } = this.#request as Requested;
    const dialled = winner.line.isDirect ? winner.candidate.ip : undefined;
    const quiet = this.#entrance.quiet.under(rules.quietAt(target, dialled, this.#asker) ?? this.#quiet);
    // What has answered already, or has left, is not listened to.
    const isUnheard = Number.isNaN(winner.askedAt) && winner.result !== 'left';
    const told = (isDebugging || ends.wantsFirstBytes) && isUnheard ? (firstByte ?? NOBODY) : firstByte;
    const relay = new Relay(this.#parts, this.#client, destination, told, this.#connection, quiet, body);
    records.won(this.#connection, race, winner, relay);
    tally.won(winner, race.lead ?? (this.#winner as RaceAttempt));
    return relay;
  }

  // End

  closeByOperator(): boolean {
    const [{ handler }, helloRace] = [this.#client, this.#helloRace];
    // Else its client is being told of a failure.
    if (helloRace === undefined && handler !== this.#handshake && handler !== this) return false;
    this.#handshake.giveUp();
    this.#race?.cancel();
    if (helloRace === undefined) this.#close('reset', 'closed-by-operator');
    else helloRace.closeByOperator();
    return true;
  }

  #lingeringClose(answer: Uint8Array, how: ConnectionEnding): void {
    this.#parts.deadlines.clear(this);
    new LingeringClose(this.#parts, this.#client, () => this.#parts.ends.ended(this.#connection, how)).say(answer);
  }

  #close(ending: 'graceful' | 'reset', how: ConnectionEnding): void {
    this.#parts.deadlines.clear(this);
    this.#parts.engine.close(this.#client, ending);
    this.#parts.ends.ended(this.#connection, how);
  }
}
