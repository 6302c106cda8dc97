// The adapter of hono for Node writes to the console when a client leaves before the end of its answer, or an answer fails on the way.
// The console is the output of the process, which may be its log: this has it go there as a record, in this thread.
import { inspect } from 'node:util';
import { plain } from '../../protocol/text/plain-text.js';
import type { RemoteLog } from '../../threads/log.js';

const TEXT_LENGTH_MAX = 1000;

export function takeConsole(log: Pick<RemoteLog, 'write' | 'enabled'>): void {
  const write = (...what: readonly unknown[]): void => {
    if (!log.enabled('debug')) return;
    const text = what.map((one) => (typeof one === 'string' ? one : inspect(one, { breakLength: Infinity }))).join(' ');
    log.write('debug', {}, plain(text.slice(0, TEXT_LENGTH_MAX)));
  };
  Object.assign(console, { log: write, info: write, warn: write, error: write });
}
