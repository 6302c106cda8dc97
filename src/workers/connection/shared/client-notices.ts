// Tells main of clients and users that are over a limit or give wrong passwords. Main bounds the lines in the log
// (main/process/notices.ts); here at most one message a second for each topic crosses the threads, however many connections are
// refused.
import type { Notice } from '../../../protocol/notices/notice.js';
import { Repeats } from '../../../protocol/notices/repeats.js';
import type { RemoteLog } from '../../../threads/log.js';

const EVERY_MS = 1000;

export class ClientNotices {
  readonly #log: Pick<RemoteLog, 'tell'>;
  readonly #repeats = new Repeats(EVERY_MS);

  constructor(log: Pick<RemoteLog, 'tell'>) {
    this.#log = log;
  }

  /** `now` in ms of the engine's clock. */
  tell(notice: Notice, now: number): void {
    const left_out = this.#repeats.due(notice.topic, now);
    if (left_out !== undefined) this.#log.tell({ ...notice, left_out });
  }
}
