// Counts the system calls of running processes with strace. strace stops a process at every call, so times that are taken
// meanwhile mean nothing.
import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '../peers/peer.js';

const ATTACH_TIMEOUT_MS = 10_000;

/** Calls by name, from the table of `strace -c`: share, seconds, µs a call, calls, errors (or nothing), name. */
export function parseStrace(text: string): Map<string, number> {
  const calls = new Map<string, number>();
  for (const [, count, name] of text.matchAll(/^ *\d+\.\d+ +\d+\.\d+ +\d+ +(\d+) +(?:\d+ +)?(\w+)$/gm)) {
    if (name !== 'total') calls.set(name, Number(count));
  }
  return calls;
}

export const findStrace = (): string | undefined => findProgram('strace');

export class Strace {
  readonly #process: ChildProcess;
  readonly #ended: Promise<void>;
  #text = '';

  /** Attaches to all threads of those processes and to all that they start later; else returns strace's error message. */
  static async attach(path: string, pids: readonly number[]): Promise<Strace | string> {
    const strace = new Strace(path, pids);
    if (await strace.#attached(pids.length)) return strace;
    strace.#process.kill('SIGKILL');
    return strace.#text.trim().split('\n')[0] || 'strace says nothing';
  }

  private constructor(path: string, pids: readonly number[]) {
    this.#process = spawn(path, ['-c', '-f', ...pids.flatMap((pid) => ['-p', String(pid)])], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#process.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      this.#text += piece;
    });
    this.#ended = new Promise((resolve) => {
      this.#process.on('close', resolve);
      this.#process.on('error', (error) => {
        this.#text += error.message;
        resolve();
      });
    });
  }

  /** Whether strace has reported as many processes as attached before the time-out. */
  async #attached(count: number): Promise<boolean> {
    const patience = new AbortController();
    const all = new Promise<boolean>((resolve) => {
      this.#process.stderr?.on('data', () => {
        if ([...this.#text.matchAll(/ attached\b/g)].length >= count) resolve(true);
      });
    });
    const ended = this.#ended.then(() => false);
    const late = sleep(ATTACH_TIMEOUT_MS, false, patience).catch(() => false);
    const attached = await Promise.race([all, ended, late]);
    patience.abort();
    return attached;
  }

  /** Ends strace; returns the calls by name since it was attached. */
  async detach(): Promise<Map<string, number>> {
    this.#process.kill('SIGINT');
    await this.#ended;
    return parseStrace(this.#text);
  }
}
