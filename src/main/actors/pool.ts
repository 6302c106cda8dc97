// The thread of one actor: a piscina pool of one thread, which is made when the actor is run. (A pool of several threads
// makes all of them at once, even for one task.) It knows when the actor's thread has really ended, and restarts nothing.
// No other file imports piscina.
import type { MessagePort, Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { reasonOf } from '../../threads/within.js';

/**
 * Size of V8's young generation, a third of which is usable. The default grows to 48 MB per thread under load and does not
 * shrink: with 9 000 idle connections that was 0.6 KiB for each. A smaller size costs no measurable CPU.
 */
const YOUNG_MB = 6;
/** Size of a thread's heap. A connection takes some KiB of it, a cached answer or route some 200 bytes. */
const HEAP_MB = 2048;

/** How an actor's task ended. After `died` its thread has ended too. */
export type TaskEnd = { readonly code: 'settled' } | { readonly code: 'died'; readonly why: string };

export interface ActorTask {
  /** Never rejects. */
  readonly ended: Promise<TaskEnd>;
  /** Ends the actor's thread, even when it is stuck. `ended` then resolves with the first `why`. */
  kill(why: string): void;
}

/** The thread that piscina has assigned to an actor; undefined before. */
interface Hosted {
  thread: Worker | undefined;
}

export class ActorPool {
  readonly #entry: string;
  readonly #heap_mb: number;
  #pool: Piscina;

  /** `entry` is a module that exports `run(start)`. `heap_mb`: the limit of a thread's heap, in MB. */
  constructor(entry: URL, heap_mb = HEAP_MB) {
    this.#entry = entry.href;
    this.#heap_mb = heap_mb;
    this.#pool = this.#make();
  }

  #make(): Piscina {
    const pool: Piscina = new Piscina({
      minThreads: 0,
      maxThreads: 1,
      concurrentTasksPerWorker: 1,
      atomics: 'disabled',
      idleTimeout: Number.POSITIVE_INFINITY,
      recordTiming: false,
      resourceLimits: { maxOldGenerationSizeMb: this.#heap_mb, maxYoungGenerationSizeMb: YOUNG_MB },
      env: process.env,
      execArgv: [],
      loadBalancer: (task, workers) => {
        const free = workers.find((worker) => worker.currentUsage === 0) ?? null;
        const hosted = task[Piscina.queueOptionsSymbol as never] as Hosted | null;
        if (free !== null && hosted !== null) {
          hosted.thread = pool.threads.find(({ threadId }) => threadId === free.id);
        }
        return free;
      },
    });
    // A thread that dies without a task needs no handling: the next task gets a new thread.
    pool.on('error', () => {});
    return pool;
  }

  /** Runs an actor in the pool's thread. `ports` move to the thread. Never throws: failures are in `ended`. */
  run(start: object, ports: MessagePort[]): ActorTask {
    const hosted: Hosted = { thread: undefined };
    const abort = new AbortController();
    let killed: string | undefined;
    let over = false;
    return {
      ended: this.#run(start, ports, hosted, abort.signal).then(
        () => ({ code: 'settled' }),
        async (error: unknown) => {
          over = true;
          // The thread may outlive the failure of its task, and may still be ending when piscina has dropped it.
          await hosted.thread?.terminate();
          return { code: 'died', why: killed ?? whyNoThread(error) ?? reasonOf(error) };
        },
      ),
      kill(why) {
        killed ??= why;
        // Aborting a task that has ended would reject again, without a handler.
        if (!over) abort.abort();
      },
    };
  }

  /** Async, so that a failure to make a thread is a rejection too. */
  async #run(start: object, ports: MessagePort[], hosted: Hosted, signal: AbortSignal): Promise<void> {
    const task = { ...start, [Piscina.queueOptionsSymbol]: hosted };
    let running: Promise<unknown>;
    try {
      running = this.#pool.run(task, { filename: this.#entry, name: 'run', transferList: ports, signal });
    } catch (error) {
      // No thread could be made. The task stays in piscina's queue, where the next thread would run it: replace the pool.
      this.#pool = this.#make();
      throw error;
    }
    await running;
  }

  /** Ends all threads. */
  async destroy(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** Explains that no thread could be made, since Node's own message does not mention the limits of threads. */
function whyNoThread(error: unknown): string | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_WORKER_INIT_FAILED') return undefined;
  return `the machine gives no further thread (${message}); see ulimit -u, and pids.max of the cgroup: a worker takes one, all else some 16`;
}
