// The thread of one actor: a piscina pool of one thread, which is made when the actor is run. (A pool of many makes all its
// threads at once, however few are asked for.) It knows when the thread of an actor has truly ended. It restarts nothing.
// The only place of piscina.
import type { MessagePort, Worker } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { reasonOf } from './deadline.js';

/**
 * Room for new objects, a third of it usable. V8's default grows to 48 MB a thread under load and is not given back:
 * with 9 000 idle connections that was 0.6 KiB of each, and a smaller one costs no measurable CPU.
 */
const YOUNG_MB = 6;

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
  readonly #pool: Piscina;

  /** `entry` exports `run(start)`. Beyond `heap_mb` of JavaScript objects a thread is ended as out of memory. */
  constructor(entry: URL, heap_mb: number) {
    this.#entry = entry.href;
    this.#pool = new Piscina({
      minThreads: 0,
      maxThreads: 1,
      concurrentTasksPerWorker: 1,
      atomics: 'disabled',
      idleTimeout: Number.POSITIVE_INFINITY,
      recordTiming: false,
      resourceLimits: { maxOldGenerationSizeMb: heap_mb, maxYoungGenerationSizeMb: YOUNG_MB },
      env: process.env,
      execArgv: [],
      loadBalancer: (task, workers) => {
        const free = workers.find((worker) => worker.currentUsage === 0) ?? null;
        const hosted = task[Piscina.queueOptionsSymbol as never] as Hosted | null;
        if (free !== null && hosted !== null) {
          hosted.thread = this.#pool.threads.find(({ threadId }) => threadId === free.id);
        }
        return free;
      },
    });
    // A thread that dies without a task: the next task gets another.
    this.#pool.on('error', () => {});
  }

  run(start: object, ports: MessagePort[]): ActorTask {
    const hosted: Hosted = { thread: undefined };
    const abort = new AbortController();
    let killed: string | undefined;
    return {
      ended: this.#run(start, ports, hosted, abort.signal).then(
        () => ({ code: 'settled' }),
        async (error: unknown) => {
          // The thread may outlive its task's failure, and it is still ending when piscina has given it up.
          await hosted.thread?.terminate();
          return { code: 'died', why: killed ?? reasonOf(error) };
        },
      ),
      kill(why) {
        killed ??= why;
        abort.abort();
      },
    };
  }

  /** Async, so that a thread that cannot be had rejects too. */
  async #run(start: object, ports: MessagePort[], hosted: Hosted, signal: AbortSignal): Promise<void> {
    const task = { ...start, [Piscina.queueOptionsSymbol]: hosted };
    await this.#pool.run(task, { filename: this.#entry, name: 'run', transferList: ports, signal });
  }

  /** Ends all threads. */
  async destroy(): Promise<void> {
    await this.#pool.destroy();
  }
}
