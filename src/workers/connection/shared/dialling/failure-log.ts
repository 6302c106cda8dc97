// Reports to main the failures that an operator can mend: of a line's source and proxies, of descriptors or ports that have
// run out, of clients with wrong settings. Main limits how often they are logged (main/process/notices.ts); here at most one
// message a second for each topic crosses the threads, however many connections fail. Keeps the last failure for main.
import { formatEndpoint, formatIp } from '../../../../protocol/address/address.js';
import type { Target } from '../../../../protocol/address/target.js';
import type { Misfit } from '../../../../protocol/inbound/inbound.js';
import type { Candidate } from '../../../../protocol/lines/candidate.js';
import { Repeats } from '../../../../protocol/notices/repeats.js';
import { FAILURES, type Failure } from '../../../../protocol/race/failure.js';
import type { LastFailure } from '../../../../threads/contracts/connection.js';
import type { RemoteLog } from '../../../../threads/log.js';
import type { DialLine } from './dial-lines.js';

const EVERY_MS = 1000;

/** The parts of an attempt that name its line and the address that it dialled. */
export interface Failed {
  readonly candidate: Candidate;
  readonly line: Pick<DialLine, 'name' | 'sourceIp' | 'device' | 'mark'>;
  readonly failure: Failure | undefined;
}

/** Whose connection it is. The name, the client's address as text, is asked for only when a line is written. */
export interface Whose {
  clientName(): string;
}

/** The address of a client, asked for only when a line is written; undefined for none. */
export interface Addressed {
  clientIp(): Uint8Array | undefined;
}

interface Lost {
  readonly failure: Failure;
  readonly target: Target;
  readonly attempt: Failed | undefined;
  readonly at: number;
}

export class FailureLog {
  readonly #log: RemoteLog;
  readonly #repeats = new Repeats(EVERY_MS);
  #last: Lost | undefined;

  constructor(log: RemoteLog) {
    this.#log = log;
  }

  /** An attempt failed, whatever becomes of its connection. `now` in ms of the engine's clock. */
  attempt(attempt: Failed, failure: Failure, target: Target, whose: Whose, now: number): void {
    if (FAILURES[failure.code].level !== 'debug') this.#tell(attempt, failure, target, whose, now);
  }

  /** A connection failed, by the failure of one of its attempts or for another reason. */
  lost(failure: Failure, target: Target, attempts: readonly Failed[], whose: Whose, now: number): void {
    const attempt = attempts.find((one) => one.failure === failure);
    this.#last = { failure, target, attempt, at: now };
    if (attempt === undefined && FAILURES[failure.code].level !== 'debug')
      this.#tell(undefined, failure, target, whose, now);
  }

  #tell(attempt: Failed | undefined, failure: Failure, target: Target, whose: Whose, now: number): void {
    const { level, sentence: message } = FAILURES[failure.code];
    const topic = `${failure.code} ${attempt?.line.name ?? ''}`;
    const left_out = this.#repeats.due(topic, now);
    if (left_out === undefined || level === 'debug') return;
    const fields = { ...what(failure, target, attempt), client: whose.clientName() };
    this.#log.tell({ topic, level, message, fields, left_out });
  }

  /** A client cannot be served with its settings. */
  misfit({ what, sentence }: Misfit, client: Addressed, now: number): void {
    const topic = `client ${what}`;
    const left_out = this.#repeats.due(topic, now);
    if (left_out === undefined) return;
    const ip = client.clientIp();
    const message = `a client${ip === undefined ? '' : ` at ${formatIp(ip)}`} ${sentence}`;
    this.#log.tell({ topic, level: 'warn', message, fields: {}, left_out });
  }

  /** So many attempts of a line for one destination are under way without an outcome that the next one waits. */
  crowded(line: string, target: Target, whose: Whose, now: number): void {
    const topic = `crowded ${line}`;
    const left_out = this.#repeats.due(topic, now);
    if (left_out === undefined) return;
    const message = 'attempts for one destination wait for each other: the line may lead back to this gateway';
    this.#log.tell({
      ...{ topic, level: 'warn', message, left_out },
      fields: { line, target: formatEndpoint(target.host, target.port), client: whose.clientName() },
    });
  }

  /** The last connection that failed, with its age; undefined if none has. */
  last(now: number): LastFailure | undefined {
    if (this.#last === undefined) return undefined;
    const { failure, target, attempt, at } = this.#last;
    return { age_ms: now - at, what: what(failure, target, attempt) };
  }
}

/** Names the line, the address that it dialled, and what the kernel or the proxy said. */
function what({ code, detail }: Failure, target: Target, attempt: Failed | undefined): LastFailure['what'] {
  const where =
    attempt === undefined
      ? {}
      : { line: attempt.line.name, address: formatIp(attempt.candidate.ip), ...sourceOf(attempt) };
  return { cause: code, detail, ...where, target: formatEndpoint(target.host, target.port) };
}

function sourceOf({
  line: { sourceIp, device, mark },
}: Failed): Pick<LastFailure['what'], 'source' | 'interface' | 'mark'> {
  return {
    ...(sourceIp === undefined ? {} : { source: formatIp(sourceIp) }),
    ...(device === undefined ? {} : { interface: new TextDecoder().decode(device) }),
    ...(mark === 0 ? {} : { mark }),
  };
}
