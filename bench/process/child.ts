// A child process of the bench with an IPC channel, such as the load generator or the target. It ends with the bench in any
// case, because the channel closes then.
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const STOP_TIMEOUT_MS = 3000;

interface Waiting<Report> {
  readonly resolve: (report: Report) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

export class Child<Report> {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #gone: Promise<void>;
  #waiting: Waiting<Report> | undefined;
  #unasked: Report | undefined;
  #ended: string | undefined;

  constructor(name: string, program: URL) {
    this.#name = name;
    this.#process = fork(fileURLToPath(program), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#process.on('message', (message) => this.#reported(message as Report));
    this.#gone = new Promise((resolve) => {
      const ended = (how: string): void => {
        this.#exited(how);
        resolve();
      };
      this.#process.on('exit', (code, signal) => ended(`ended with ${signal ?? `status ${code}`}`));
      this.#process.on('error', (error) => {
        // Only of one that could not be started: any other also has an end of its own.
        if (this.#process.pid === undefined) ended(`not been started: ${error.message}`);
      });
    });
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** The last report that came without a question, such as trouble; cleared when it is read. */
  takeUnasked(): Report | undefined {
    const report = this.#unasked;
    this.#unasked = undefined;
    return report;
  }

  /** Sends `question`, if there is one, and gives the next report. Kills a child that is silent for `timeout_ms`, and rejects. */
  ask(question: object | undefined, timeout_ms: number): Promise<Report> {
    if (this.#ended !== undefined) return Promise.reject(new Error(`the ${this.#name} has ${this.#ended}`));
    if (this.#waiting !== undefined) return Promise.reject(new Error(`the ${this.#name} has not answered yet`));
    const early = question === undefined ? this.takeUnasked() : undefined;
    if (early !== undefined) return Promise.resolve(early);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#process.kill('SIGKILL');
        this.#exited(`said nothing for ${timeout_ms} ms`);
      }, timeout_ms);
      this.#waiting = { resolve, reject, timer };
      // Where it cannot be sent, the child is about to end, which tells why.
      if (question !== undefined) this.#process.send(question, () => {});
    });
  }

  /** Resolves when it has ended. */
  async stop(): Promise<void> {
    this.#ended ??= 'been stopped';
    if (this.#process.connected) this.#process.disconnect();
    const overdue = setTimeout(() => this.#process.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.#gone;
    clearTimeout(overdue);
  }

  #reported(report: Report): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) {
      this.#unasked = report;
      return;
    }
    clearTimeout(waiting.timer);
    waiting.resolve(report);
  }

  #exited(how: string): void {
    this.#ended ??= how;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    waiting.reject(new Error(`the ${this.#name} has ${how}`));
  }
}
