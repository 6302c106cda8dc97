// Says a failed connection's cause when it is one that whoever runs the gateway can mend (a source port in use, no
// descriptors left, credentials refused): one line a cause in ten seconds, however many connections fail.
import { formatEndpoint } from '../../protocol/address.js';
import { FAILURES, type Failure, type FailureCode } from '../../protocol/failure.js';
import type { Target } from '../../protocol/target.js';
import type { RemoteLog } from '../../threads/log.js';

const EVERY_MS = 10_000;

export class FailureLog {
  readonly #log: RemoteLog;
  readonly #said = new Map<FailureCode, number>();

  constructor(log: RemoteLog) {
    this.#log = log;
  }

  /** `now` in ms of the engine's clock. */
  failed({ code, detail }: Failure, target: Target, now: number): void {
    const { level, sentence } = FAILURES[code];
    if (level === 'debug' || now - (this.#said.get(code) ?? Number.NEGATIVE_INFINITY) < EVERY_MS) return;
    this.#said.set(code, now);
    this.#log.write(level, { cause: code, detail, target: formatEndpoint(target.host, target.port) }, sentence);
  }
}
