// One compilation of the rules, in a separate thread (workers/rules/compile.ts) and with a deadline. When to compile is
// decided by keeper.ts.
import { Worker } from 'node:worker_threads';
import type { Rule } from '../../protocol/rules/rule.js';
import type { RulesCompiled } from '../../threads/contracts/rules-compiled.js';
import { after, reasonOf } from '../process/within.js';

const THREAD = new URL('../../workers/rules/compile.js', import.meta.url);
/** A million entries take some seconds; a disk that does not answer never ends. */
const TIMEOUT_MS = 60_000;

export interface RuleCompilation {
  /** Never rejects. The thread has ended when it resolves. */
  readonly outcome: Promise<RulesCompiled>;
  /** Ends the thread; resolves when it has ended. */
  cancel(): Promise<void>;
}

/** Starts a compilation. Failures, also to start the thread, are values of `outcome`. */
export function compileApart(rules: readonly Rule[]): RuleCompilation {
  try {
    const worker = new Worker(THREAD, { workerData: rules, execArgv: [] });
    return { outcome: outcomeOf(worker), cancel: () => worker.terminate().then(() => {}) };
  } catch (error) {
    // No thread could be made.
    return { outcome: Promise.resolve(failed(reasonOf(error))), cancel: async () => {} };
  }
}

function outcomeOf(worker: Worker): Promise<RulesCompiled> {
  return new Promise((resolve) => {
    let outcome: RulesCompiled = failed('the thread that compiles the rules ended early');
    worker.once('message', (compiled: RulesCompiled) => {
      outcome = compiled;
    });
    worker.once('error', (error) => {
      outcome = failed(reasonOf(error));
    });
    const forget = after(TIMEOUT_MS, () => {
      outcome = failed(`the rules were not compiled within ${TIMEOUT_MS / 1000} s`);
      void worker.terminate();
    });
    worker.once('exit', () => {
      forget();
      resolve(outcome);
    });
  });
}

function failed(problem: string): RulesCompiled {
  return { code: 'failed', problems: [problem] };
}
