// `tcproute top`: asks the running gateway again and again, and shows what it hears on the whole terminal until its user has seen
// enough. It leaves the terminal as it was, whatever ends it.
import { constants } from 'node:os';
import { type AdminClient, NOT_OF_API } from '../admin/client.js';
import type { Failing, Looked } from '../admin/looked.js';
import { Part } from '../admin/part.js';
import { STATUS_PATH } from '../admin/paths.js';
import { hearTraffic } from '../admin/traffic.js';
import { figuresOf, titleOf, wrongIn } from '../status/overview.js';
import { isStatus } from '../status/sample.js';
import { draw, extentOf, type Heard } from './draw.js';
import type { Key } from './keys.js';
import { press } from './press.js';
import { ConnectionRates } from './rates.js';
import { Screen } from './screen.js';
import { BEGINNING, type TopState } from './state.js';
import { viewed } from './views.js';

/** All that would end the process, and can be handled. */
const SIGNALS = [
  ...(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGALRM', 'SIGVTALRM'] as const),
  ...(['SIGXCPU', 'SIGIO', 'SIGPWR', 'SIGSTKFLT'] as const),
];
const INTERRUPTED = 128 + constants.signals.SIGINT;
const HUNG_UP = 128 + constants.signals.SIGHUP;

export async function top(client: AdminClient, failed: Failing): Promise<Looked> {
  const { stdin, stdout } = process;
  const complaint = whyNoScreen();
  if (complaint !== undefined) return { status: 1, complaint };
  const first = await client.ask(STATUS_PATH);
  if (first.code !== 'answered') return failed(first);
  if (!isStatus(first.value)) return failed(NOT_OF_API);
  const hasColours = (process.env['NO_COLOR'] ?? '') === '';
  return new Top(client, failed, new Part(first.value)).run(
    (handlers) => new Screen(stdin, stdout, hasColours, handlers),
  );
}

function whyNoScreen(): string | undefined {
  const instead = 'tcproute status prints once what it shows';
  if (!process.stdout.isTTY) return `top needs a terminal, and standard output is none; ${instead}`;
  if (!process.stdin.isTTY) return `top needs a terminal for its keys, and standard input is none; ${instead}`;
  return process.env['TERM'] === 'dumb' ? `top needs a terminal that can move its cursor; ${instead}` : undefined;
}

class Top {
  readonly #client: AdminClient;
  readonly #failed: Failing;
  #status: Part;
  /** Of the last second; undefined while the gateway tells none. */
  #traffic: Part | undefined;
  readonly #rates = new ConnectionRates();
  #state: TopState = BEGINNING;
  #heard: Heard;
  #screen: Screen | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isAsking = false;
  /** Something else is asked for since the last question began. */
  #isDue = false;
  #isOver = false;
  #end: (looked: Looked) => void = () => {};

  constructor(client: AdminClient, failed: Failing, first: Part) {
    this.#client = client;
    this.#failed = failed;
    this.#status = first;
    this.#heard = { head: headOf(first, undefined), table: undefined, trouble: undefined, at: clock() };
  }

  async run(screenFor: (handlers: ConstructorParameters<typeof Screen>[3]) => Screen): Promise<Looked> {
    const ended = new Promise<Looked>((resolve) => {
      this.#end = resolve;
    });
    const screen = screenFor({
      key: (key) => this.#press(key),
      again: () => this.#draw(),
      gone: () => this.#end({ status: HUNG_UP }),
    });
    this.#screen = screen;
    const heard = SIGNALS.map((signal) => {
      const end = (): void => this.#end({ status: 128 + constants.signals[signal] });
      process.on(signal, end);
      return () => process.off(signal, end);
    });
    const deaf = hearTraffic(this.#client, (traffic) => this.#hear(traffic));
    try {
      screen.open();
      this.#draw();
      void this.#ask();
      return await ended;
    } finally {
      this.#isOver = true;
      clearTimeout(this.#timer);
      deaf();
      screen.close();
      for (const forget of heard) forget();
    }
  }

  #press(key: Key): void {
    if (key.kind === 'suspend') {
      this.#screen?.suspend();
      return;
    }
    if (key.kind === 'redraw') {
      this.#screen?.redraw();
      return;
    }
    const before = this.#state;
    const size = this.#screen?.size ?? { columns: 0, rows: 0 };
    this.#state = press(before, key, extentOf(this.#heard, size));
    const { view, end } = this.#state;
    if (end !== undefined) {
      this.#end({ status: end === 'quit' ? 0 : INTERRUPTED });
      return;
    }
    if (view !== before.view) this.#heard = { ...this.#heard, table: undefined };
    if (this.#state.isPaused && !before.isPaused) clearTimeout(this.#timer);
    else if (question(this.#state) !== question(before)) void this.#ask();
    this.#draw();
  }

  #hear(traffic: Part | undefined): void {
    if (this.#state.isPaused) return;
    this.#traffic = traffic;
    this.#heard = { ...this.#heard, head: headOf(this.#status, traffic) };
    this.#draw();
  }

  #draw(): void {
    if (this.#screen !== undefined) this.#screen.draw(draw(this.#state, this.#heard, this.#screen.size));
  }

  /** Asks now, and again after a while. What is asked for meanwhile is asked for behind that. */
  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    this.#isDue = true;
    if (this.#isAsking) return;
    this.#isAsking = true;
    while (this.#isDue && !this.#isOver) {
      this.#isDue = false;
      await this.#askOnce();
      this.#draw();
    }
    this.#isAsking = false;
    if (!this.#isOver && !this.#state.isPaused) this.#timer = setTimeout(() => void this.#ask(), this.#state.every_ms);
  }

  async #askOnce(): Promise<void> {
    const asked = this.#state;
    const [status, table] = await Promise.all([
      this.#client.ask(STATUS_PATH),
      viewed(this.#client, asked, { traffic: this.#traffic, rates: this.#rates }),
    ]);
    if (status.code === 'answered') {
      this.#status = new Part(status.value);
      this.#heard = { ...this.#heard, head: headOf(this.#status, this.#traffic), at: clock() };
    }
    if (table.code === 'viewed' && question(asked) === question(this.#state))
      this.#heard = { ...this.#heard, table: table.table };
    const missing = status.code !== 'answered' ? status : table.code !== 'viewed' ? table : undefined;
    this.#heard = { ...this.#heard, trouble: missing && this.#failed(missing).complaint };
  }
}

/** What has to be asked again when it is another one. */
const question = ({ view, sort, filter, isPaused, every_ms }: TopState): string =>
  JSON.stringify([view, sort[view], filter[view], isPaused, every_ms]);

const headOf = (status: Part, traffic: Part | undefined): Heard['head'] => ({
  title: titleOf(status),
  figures: figuresOf(status, traffic),
  wrong: wrongIn(status).map(({ sentence }) => sentence),
});

const clock = (): string => new Date().toTimeString().slice(0, '00:00:00'.length);
