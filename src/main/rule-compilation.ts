// One compilation of the rules, in a thread of its own (workers/rules/compile.ts): begun, bounded in time, ended. When
// there is one, rule-keeper.ts decides.
import { Worker } from 'node:worker_threads';
import type { Rule } from '../protocol/rule.js';
import type { RulesCompiled } from '../threads/rules-compiled.js';
import { reasonOf } from './deadline.js';

const THREAD = new URL('../workers/rules/compile.js', import.meta.url);
/** A million entries take some seconds; a disk that does not answer would take for ever. */
const TIMEOUT_MS = 60_000;

export class RuleCompilation {
  readonly #worker: Worker;
  /** Never rejects; the thread has ended by then. */
  readonly outcome: Promise<RulesCompiled>;

  constructor(rules: readonly Rule[]) {
    this.#worker = new Worker(THREAD, { workerData: rules, execArgv: [] });
    this.outcome = new Promise((resolve) => {
      let said: RulesCompiled = failed('the thread that compiles them ended early');
      this.#worker.once('message', (compiled: RulesCompiled) => {
        said = compiled;
      });
      this.#worker.once('error', (error) => {
        said = failed(reasonOf(error));
      });
      const overdue = setTimeout(() => {
        said = failed(`not compiled within ${TIMEOUT_MS / 1000} s`);
        void this.#worker.terminate();
      }, TIMEOUT_MS);
      this.#worker.once('exit', () => {
        clearTimeout(overdue);
        resolve(said);
      });
    });
  }

  /** Settles when the thread has ended. */
  async cancel(): Promise<void> {
    await this.#worker.terminate();
  }
}

function failed(problem: string): RulesCompiled {
  return { code: 'failed', problems: [problem] };
}
