// The program at a terminal, which script(1) makes: what it shows, keys, signals, and another size.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { until } from './until.js';

const program = fileURLToPath(new URL('../../../bin/tcproute.js', import.meta.url));
const HANGS_MS = 120_000;

/**
 * The modes of the terminal before and behind the program, and its exit status. With job control a stopped program is continued
 * once the terminal has said so.
 */
const SHELL = `
  printf 'tty %s\\nmodes %s\\n' "$(tty)" "$(stty -g)"
  set -m
  bash -c 'echo "pid $$"; exec "$@"' bash "$@"
  status=$?
  while [ "$(jobs -s)" ]; do
    printf '\\nstopped %s\\n' "$(stty -g)"
    fg
    status=$?
  done
  printf '\\nstatus %s\\nmodes %s\\n' "$status" "$(stty -g)"
`;

export class Terminal {
  /** All that came to the terminal. */
  shown = '';
  readonly #child: ChildProcess;
  readonly #closed: Promise<void>;
  #seen = 0;

  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const words = ['bash', '-c', SHELL, 'bash', process.execPath, program, ...args];
    const command = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
    this.#child = spawn('script', ['-qec', command, '/dev/null'], {
      ...{ stdio: ['pipe', 'pipe', 'inherit'], timeout: HANGS_MS },
      env: { PATH: process.env['PATH'], TERM: 'xterm', ...env },
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.shown += text;
    });
    this.#closed = new Promise((resolve) => this.#child.once('close', () => resolve()));
  }

  /** Waits for a text behind what has been seen before. */
  async sees(text: string): Promise<void> {
    await until(`the terminal shows ${JSON.stringify(text)}`, () => this.shown.includes(text, this.#seen));
    this.#seen = this.shown.indexOf(text, this.#seen) + text.length;
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  signal(signal: NodeJS.Signals): void {
    process.kill(Number(this.#said('pid')), signal);
  }

  resize(columns: number, rows: number): void {
    spawnSync('stty', ['-F', this.#said('tty'), 'cols', String(columns), 'rows', String(rows)]);
  }

  /** Once the program has ended: its exit status, and whether the terminal is in the modes of before. */
  async ended(): Promise<{ readonly status: number; readonly isRestored: boolean }> {
    await this.#closed;
    const [before, behind] = [...this.shown.matchAll(/^modes (\S+)\r?$/gm)].map(([, modes]) => modes);
    return { status: Number(this.#said('status')), isRestored: before !== undefined && before === behind };
  }

  /** What the shell has said. */
  #said(what: string): string {
    const [, value] = new RegExp(`^${what} (\\S+)\\r?$`, 'm').exec(this.shown) ?? [];
    if (value === undefined) throw new Error(`no ${what} in ${JSON.stringify(this.shown)}`);
    return value;
  }
}
