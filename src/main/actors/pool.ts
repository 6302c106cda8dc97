// The thread of one actor: a piscina pool of one thread, which is made when the actor is run. (A pool of many makes all its
// threads at once, however few are asked for.) It knows when the thread of an actor has truly ended. It restarts nothing.
// The only place of piscina.
import type { MessagePort, Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { reasonOf } from '../process/within.js';

/**
 * Room for new objects, a third of it usable. V8's default grows to 48 MB a thread under load and is not given back:
 * with 9 000 idle connections that was 0.6 KiB of each, and a smaller one costs no measurable CPU.
 */
const YOUNG_MB = 6;
/** JavaScript objects of one thread. A connection takes some KiB of them, a cached answer or route some 200 bytes. */
const HEAP_MB = 2048;

/** How an actor's task came to its end. After `died` its thread has ended too. */
export type TaskEnd = { readonly code: 'settled' } | { readonly code: 'died'; readonly why: string };

export interface ActorTask {
  readonly ended: Promise<TaskEnd>;
  /** Ends the actor's thread, whatever it does. */
  kill(why: string): void;
}

/** The thread that piscina gave an actor. */
interface Hosted {
  thread: Worker | undefined;
}

export class ActorPool {
  readonly #entry: string;
  readonly #heap_mb: number;
  #pool: Piscina;

  /** `entry` exports `run(start)`. Beyond `heap_mb` of JavaScript objects a thread is ended as out of memory. */
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
    // A thread that dies without a task: the next task gets another.
    pool.on('error', () => {});
    return pool;
  }

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
          // The thread may outlive its task's failure, and it is still ending when piscina has given it up.
          await hosted.thread?.terminate();
          return { code: 'died', why: killed ?? whyNoThread(error) ?? reasonOf(error) };
        },
      ),
      kill(why) {
        killed ??= why;
        // What has ended would be rejected again, and nobody would hear it.
        if (!over) abort.abort();
      },
    };
  }

  /** Async, so that a thread that cannot be had rejects too. */
  async #run(start: object, ports: MessagePort[], hosted: Hosted, signal: AbortSignal): Promise<void> {
    const task = { ...start, [Piscina.queueOptionsSymbol]: hosted };
    let running: Promise<unknown>;
    try {
      running = this.#pool.run(task, { filename: this.#entry, name: 'run', transferList: ports, signal });
    } catch (error) {
      // No thread could be had. The task stays in the queue, and would be run by the next one; so the queue is given up.
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

/** Where the limits of threads are reached, Node's own words do not say it. */
function whyNoThread(error: unknown): string | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== 'ERR_WORKER_INIT_FAILED') return undefined;
  return `the machine gives no further thread (${message}); see ulimit -u, and pids.max of the cgroup: a worker takes one, all else some 16`;
}
