// An engine for tests of what shares: it answers as the test says, and notes what it was asked.
import type { Command, Engine, EngineCounts, EngineStatus, Reply } from '../../src/workers/share/engine/engine.js';

export type Answer = (commands: readonly Command[]) => readonly Reply[] | undefined;

const NO_TIMES = { bounds_ms: [], buckets: [0], count: 0, sum_ms: 0 };

export class FakeEngine implements Engine {
  /** Each question while it was up. */
  readonly asked: (readonly Command[])[] = [];
  /** May be another one at any time. */
  answer: Answer;
  #isUp = true;
  readonly #heard: (() => void)[] = [];
  #commands = 0;

  constructor(answer: Answer) {
    this.answer = answer;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get status(): EngineStatus {
    return {
      ...{ isUp: this.#isUp, since_ms: 0, place: 'fake', server: 'fake 7.0.0' },
      ...(this.#isUp ? { fault: undefined, detail: undefined } : { fault: 'closed', detail: 'a test has closed it' }),
    };
  }

  get counts(): EngineCounts {
    const counted = { connects: 1, roundTrips: this.asked.length, commands: this.#commands, dropped: 0, late: 0 };
    return { ...counted, sent_bytes: 0, received_bytes: 0, times: NO_TIMES, faults: NO_FAULTS };
  }

  goDown(): void {
    this.#isUp = false;
  }

  goUp(): void {
    this.#isUp = true;
    for (const heard of this.#heard) heard();
  }

  async ask(commands: readonly Command[], _within_ms: number): Promise<readonly Reply[] | undefined> {
    if (!this.#isUp) return undefined;
    this.asked.push(commands);
    this.#commands += commands.length;
    return this.answer(commands);
  }

  onUp(heard: () => void): void {
    this.#heard.push(heard);
    if (this.#isUp) heard();
  }

  async close(): Promise<void> {
    this.#isUp = false;
  }
}

const NO_FAULTS: EngineCounts['faults'] = {
  ...{ unreachable: 0, timeout: 0, closed: 0, certificate: 0, hanging: 0, credentials: 0, permission: 0, version: 0 },
  ...{ replica: 0, loading: 0, full: 0, moved: 0, 'cluster-down': 0, 'no-master': 0, other: 0 },
};
