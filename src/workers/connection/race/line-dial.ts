// One dial of a target over one line, which an operator wants measured: addresses one after the other, until one is connected or the
// time is over. It carries no client, and nothing is learned or counted of it; a line that is paused is dialled all the same.
import { BufferGroup } from '../../../linux/engine/buffers.js';
import type { Engine } from '../../../linux/engine/engine.js';
import type { Socket } from '../../../linux/engine/socket.js';
import { formatIp } from '../../../protocol/address/address.js';
import type { DeadlineWheel } from '../../../protocol/deadline-wheel.js';
import { type Failure, failureOf } from '../../../protocol/race/failure.js';
import type { DialAsked, Dialled } from '../../../threads/contracts/admin/dial.js';
import type { DialLine } from '../shared/dialling/dial-lines.js';
import type { Egress } from '../shared/dialling/egress.js';
import type { NameOutcome } from '../shared/replicas/name-outcome.js';
import type { NamesReplica } from '../shared/replicas/names.js';
import { TimedHandler } from '../shared/timed-handler.js';
import type { AttemptOutcome, MakeAttempt, RaceAttempt } from './attempt/attempt.js';

/** Addresses that are tried, one after the other. */
const ADDRESSES_MAX = 4;

/** The parts of the actor's context that a dial needs. */
export interface LineDialParts {
  readonly engine: Pick<Engine, 'now' | 'handOver' | 'sendCopy' | 'receive' | 'close'>;
  readonly deadlines: DeadlineWheel;
  /** By number. */
  readonly lines: readonly DialLine[];
  readonly names: Pick<NamesReplica, 'lookup' | 'follow' | 'forget'>;
  readonly egress: Pick<Egress, 'mayDial' | 'mayAskFor'>;
  readonly newAttempt: MakeAttempt;
}

/** Resolves within `timeout_ms`, but for a thread that is stopped. */
export function dialLine(parts: LineDialParts, asked: DialAsked): Promise<Dialled> {
  return new Promise((resolve) => new LineDial(parts, asked, resolve).begin());
}

class LineDial extends TimedHandler implements AttemptOutcome {
  readonly depth = 0;
  readonly #parts: LineDialParts;
  readonly #asked: DialAsked;
  readonly #done: (dialled: Dialled) => void;
  /** The name that is looked up. */
  #lookup: { readonly name: string; readonly hear: (outcome: NameOutcome, more: boolean) => void } | undefined;
  #ips: readonly Uint8Array[] = [];
  #attempt: RaceAttempt | undefined;
  /** Of the connection to which something has been said. */
  #socket: Socket | undefined;
  #connect_ms = 0;
  #said = 0;

  constructor(parts: LineDialParts, asked: DialAsked, done: (dialled: Dialled) => void) {
    super();
    this.#parts = parts;
    this.#asked = asked;
    this.#done = done;
  }

  begin(): void {
    const { deadlines, engine, lines, egress, names } = this.#parts;
    const { target, timeout_ms } = this.#asked;
    deadlines.set(this, engine.now + timeout_ms);
    const line: DialLine | undefined = lines[this.#asked.line];
    const permission = egress.mayAskFor(target, 0);
    if (line === undefined) this.#fail(failureOf('internal', 'there is no such line'));
    else if (permission.code !== 'allowed') this.#fail(permission);
    else {
      const ip = line.isDirect ? target.ip : line.proxyIp;
      if (ip !== undefined) this.#dial(line, [ip]);
      else {
        const name = line.isDirect ? target.asked : line.hops[0].host;
        const hear = (outcome: NameOutcome): void => this.#looked(line, outcome);
        this.#lookup = { name, hear };
        const known = names.lookup(name, engine.now, hear);
        if (known !== undefined) hear(known);
      }
    }
  }

  /** The first answer is enough. */
  #looked(line: DialLine, outcome: NameOutcome): void {
    this.#forget();
    if (outcome.kind === 'found') this.#dial(line, outcome.ips);
    else this.#fail(outcome.failure);
  }

  #forget(): void {
    if (this.#lookup !== undefined) this.#parts.names.forget(this.#lookup.name, this.#lookup.hear);
    this.#lookup = undefined;
  }

  #dial(line: DialLine, ips: readonly Uint8Array[]): void {
    const { egress } = this.#parts;
    let left: Failure | undefined;
    const allowed = ips.filter((ip) => {
      const permission = egress.mayDial(line, ip, this.#asked.target, undefined);
      if (permission.code !== 'allowed') left = permission;
      return permission.code === 'allowed';
    });
    this.#ips = allowed.slice(0, ADDRESSES_MAX);
    this.#next(left ?? failureOf('no-such-name'));
  }

  /** `failure`: what there is to say where no address is left. */
  #next(failure: Failure): void {
    const [ip, ...others] = this.#ips;
    if (ip === undefined) {
      this.#fail(failure);
      return;
    }
    this.#ips = others;
    this.#attempt = this.#parts.newAttempt({ line: this.#asked.line, ip }, this.#asked.target, this);
    const start = this.#attempt.start();
    if (start.code !== 'started') this.#next(start);
  }

  failed(_attempt: RaceAttempt, failure: Failure): void {
    this.#next(failure);
  }

  connected(attempt: RaceAttempt): void {
    const { engine } = this.#parts;
    const { say } = this.#asked;
    this.#connect_ms = engine.now - attempt.started;
    if (say === undefined) {
      attempt.abandon('abandoned');
      this.#end({ code: 'connected', ...this.#took });
      return;
    }
    this.#socket = attempt.release();
    engine.handOver(this.#socket, this);
    this.#said = engine.now;
    if (engine.sendCopy(this.#socket, say)) engine.receive(this.#socket, BufferGroup.small);
    else this.#end({ code: 'unanswered', ...this.#took });
  }

  get #took() {
    const { ip } = (this.#attempt as RaceAttempt).candidate;
    return { address: formatIp(ip), connect_ms: this.#connect_ms };
  }

  /** What was said has not been taken as a whole. */
  override onUnsent(): void {
    this.#end({ code: 'unanswered', ...this.#took });
  }

  override onReceive(_socket: Socket, result: number): void {
    const { engine } = this.#parts;
    if (result > 0) this.#end({ code: 'answered', ...this.#took, first_byte_ms: engine.now - this.#said });
    else this.#end({ code: 'unanswered', ...this.#took });
  }

  onDeadline(): void {
    if (this.#socket !== undefined) {
      this.#end({ code: 'unanswered', ...this.#took });
      return;
    }
    this.#forget();
    this.#attempt?.abandon('abandoned');
    this.#fail(failureOf('timed-out'));
  }

  #fail(failure: Failure): void {
    const ip = this.#attempt?.candidate.ip;
    this.#end({ code: 'failed', failure, address: ip && formatIp(ip) });
  }

  #end(dialled: Dialled): void {
    const { deadlines, engine } = this.#parts;
    deadlines.clear(this);
    if (this.#socket !== undefined) engine.close(this.#socket, 'reset');
    this.#socket = undefined;
    this.#done(dialled);
  }
}
