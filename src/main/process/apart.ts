// One task in a thread of its own, which posts its outcome and ends, with a deadline: for work that main must not wait for. What
// the task is, and when it is run, is the caller's.
import { Worker } from 'node:worker_threads';
import { after, reasonOf } from '../../threads/within.js';

/** A million entries take some seconds; a disk that does not answer never ends. */
const TIMEOUT_MS = 60_000;

export interface Task<Outcome> {
  /** A module that posts one message, the outcome, to its `parentPort`. */
  readonly thread: URL;
  /** Its `workerData`. */
  readonly data: unknown;
  /** Begins a sentence: "the rules were". */
  readonly what: string;
  /** Ends it: "compiled". */
  readonly done: string;
  /** The outcome of a task that has failed, by a sentence. */
  readonly failed: (problem: string) => Outcome;
}

export interface Apart<Outcome> {
  /** Never rejects. The thread has ended when it resolves. */
  readonly outcome: Promise<Outcome>;
  /** Ends the thread; resolves when it has ended. */
  cancel(): Promise<void>;
}

/** Starts a task. Failures, also to start the thread, are values of `outcome`. */
export function runApart<Outcome>(task: Task<Outcome>): Apart<Outcome> {
  try {
    const worker = new Worker(task.thread, { workerData: task.data, execArgv: [] });
    return { outcome: outcomeOf(worker, task), cancel: () => worker.terminate().then(() => {}) };
  } catch (error) {
    // No thread could be made.
    return { outcome: Promise.resolve(task.failed(reasonOf(error))), cancel: async () => {} };
  }
}

function outcomeOf<Outcome>(worker: Worker, { what, done, failed }: Task<Outcome>): Promise<Outcome> {
  return new Promise((resolve) => {
    let outcome = failed(`${what} not ${done}: the thread for it ended early`);
    worker.once('message', (posted: Outcome) => {
      outcome = posted;
    });
    worker.once('error', (error) => {
      outcome = failed(reasonOf(error));
    });
    const forget = after(TIMEOUT_MS, () => {
      outcome = failed(`${what} not ${done} within ${TIMEOUT_MS / 1000} s`);
      void worker.terminate();
    });
    worker.once('exit', () => {
      forget();
      resolve(outcome);
    });
  });
}
