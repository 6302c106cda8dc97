// The processes of a subject while they come and go: who is alive, and what they take. The CPU time of a process that has ended
// is that of the last look at it.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesOf } from '../../process/cost.js';
import { parseSmapsRollup, parseStat } from '../../process/proc.js';

const US_PER_TICK = 10_000;
const LOOK_MS = 200;
const POLL_MS = 20;

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

/** False for a process that has ended, also if nobody has waited for it yet. */
export function isAlive(pid: number): boolean {
  const text = read(`/proc/${pid}/stat`);
  return text !== '' && !/^[ZX]/.test(text.slice(text.lastIndexOf(')') + 2));
}

/** Waits until none of the processes is alive. Returns those that still are at the end of the time. */
export async function ended(pids: readonly number[], timeout_ms: number): Promise<number[]> {
  const until = performance.now() + timeout_ms;
  while (pids.some(isAlive) && performance.now() < until) await sleep(POLL_MS);
  return pids.filter(isAlive);
}

export interface Taken {
  readonly cpu_us: number;
  /** Memory of all processes together when it was most: resident, shared pages divided among those that share them. */
  readonly peak_kib: number;
  /** The largest number of processes at a time. */
  readonly processes: number;
}

export class Family {
  readonly #roots: () => readonly number[];
  /** By process. */
  readonly #cpu_us = new Map<number, number>();
  readonly #timer: NodeJS.Timeout;
  #peak_kib = 0;
  #processes = 0;

  /** `roots`: processes that are counted with those below them. */
  constructor(roots: () => readonly number[]) {
    this.#roots = roots;
    this.#look();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  #look(): void {
    // One whose parent has ended is known from before.
    const found = new Set([...this.#cpu_us.keys(), ...this.#roots().flatMap((pid) => processesOf(pid))]);
    const alive = [...found].filter(isAlive);
    let kib = 0;
    for (const pid of alive) {
      const stat = parseStat(read(`/proc/${pid}/stat`));
      if (stat !== undefined) this.#cpu_us.set(pid, (stat.user + stat.system) * US_PER_TICK);
      kib += parseSmapsRollup(read(`/proc/${pid}/smaps_rollup`))?.pss ?? 0;
    }
    this.#peak_kib = Math.max(this.#peak_kib, kib);
    this.#processes = Math.max(this.#processes, alive.length);
  }

  /** Those that have been seen and have not ended. */
  get alive(): number[] {
    return [...this.#cpu_us.keys()].filter(isAlive);
  }

  get taken(): Taken {
    this.#look();
    const cpu_us = [...this.#cpu_us.values()].reduce((sum, us) => sum + us, 0);
    return { cpu_us, peak_kib: this.#peak_kib, processes: this.#processes };
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
