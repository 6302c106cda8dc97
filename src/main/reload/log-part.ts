// What a reload changes of the log: where it goes and how it looks, and the same of the access log.
import { isDeepStrictEqual } from 'node:util';
import type { Configuration } from '../../protocol/options.js';
import { type Prepared, UNCHANGED } from '../process/change.js';
import type { AccessSink, OpenLog } from '../process/log.js';

/** Who has the lines of the access log be made: see Gateway. */
interface AccessMaker {
  setAccess(access: AccessSink | undefined): Promise<void>;
}

export class LogPart {
  readonly #opened: OpenLog;
  readonly #maker: AccessMaker;

  constructor(opened: OpenLog, maker: AccessMaker) {
    this.#opened = opened;
    this.#maker = maker;
  }

  async prepare({ log }: Pick<Configuration, 'log'>): Promise<Prepared> {
    if (isDeepStrictEqual(log, this.#opened.options)) return UNCHANGED;
    const prepared = await this.#opened.prepare(log);
    if (prepared.code === 'failed') return prepared;
    const { change } = prepared;
    const make = async (): Promise<void> => {
      change.make();
      await this.#maker.setAccess(this.#opened.access);
      change.finish();
    };
    return { code: 'prepared', change: { make, drop: () => change.drop() } };
  }
}
