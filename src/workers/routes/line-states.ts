// Reports lines whose proxy can no longer be reached, those that work again, and how many sessions were ended on a dead one. The route actor gets the events of all
// connection actors, so it alone reports. It judges no line: see protocol/race/line-health.ts.
import type { Line } from '../../protocol/lines/line.js';
import { byNumber } from '../../protocol/lines/numbers.js';
import type { Notice } from '../../protocol/notices/notice.js';
import { FAILURES } from '../../protocol/race/failure.js';
import type { LineEvent } from '../../protocol/race/line-health.js';

/** The sessions that are ended on a line are told of at once, and then at this interval: main has one notice a minute of a topic. */
const CUT_EVERY_MS = 61_000;

interface Cut {
  sessions: number;
  due: number;
}

export class LineStates {
  /** Names by the line's number. */
  #names: readonly (string | undefined)[] = [];
  #count = 0;
  readonly #tell: (notice: Notice) => void;
  readonly #down = new Set<number>();
  /** Sessions that were ended and are not told of, by line. */
  readonly #cut = new Map<number, Cut>();

  constructor(lines: readonly Line[], tell: (notice: Notice) => void) {
    this.#tell = tell;
    this.setLines(lines);
  }

  setLines(lines: readonly Line[]): void {
    this.#names = byNumber(lines).map((line) => line?.name);
    this.#count = lines.length;
    for (const line of this.#down) if (this.#names[line] === undefined) this.#down.delete(line);
  }

  /** Takes an event of a line; `isDown`: whether the line is down after it. */
  learned(event: LineEvent, isDown: boolean): void {
    if (event.kind === 'cut') this.#cutOf(event.line).sessions += event.sessions;
    else if (event.kind === 'proxy-reached') this.#isUp(event.line);
    else if (event.kind === 'proxy-failed' && isDown && !this.#down.has(event.line)) this.#isDown(event);
  }

  #cutOf(line: number): Cut {
    const cut = this.#cut.get(line) ?? { sessions: 0, due: Number.NEGATIVE_INFINITY };
    this.#cut.set(line, cut);
    return cut;
  }

  /** Tells of ended sessions when it is time to. Called now and then; `now` is infinite at the end. */
  look(now: number): void {
    for (const [line, cut] of this.#cut) {
      if (now < cut.due) continue;
      const name = this.#names[line];
      if (cut.sessions === 0 || name === undefined) {
        this.#cut.delete(line);
        continue;
      }
      const { sessions } = cut;
      const message = `line ${JSON.stringify(name)} is dead, or its link is down: sessions over it that hung were reset`;
      this.#tell({ topic: `sessions of line ${name}`, level: 'warn', message, fields: { line: name, sessions } });
      cut.sessions = 0;
      cut.due = now + CUT_EVERY_MS;
    }
  }

  #isDown({ line, why }: Extract<LineEvent, { kind: 'proxy-failed' }>): void {
    const name = this.#names[line];
    if (name === undefined) return;
    this.#down.add(line);
    const lines_left = this.#count - this.#down.size;
    const { sentence } = FAILURES[why?.cause ?? 'proxy-unreachable'];
    const what = `line ${JSON.stringify(name)} is down: ${sentence}`;
    const message = lines_left > 0 ? what : `${what}, and no line is left`;
    this.#tell({
      topic: `line ${name}`,
      good: false,
      level: 'warn',
      message,
      fields: { line: name, ...why, lines_left },
    });
  }

  /** Also for a line that was not known to be down here: an earlier route actor may have reported it. */
  #isUp(line: number): void {
    const name = this.#names[line];
    if (name === undefined) return;
    this.#down.delete(line);
    const lines_left = this.#count - this.#down.size;
    const message = `line ${JSON.stringify(name)} works again`;
    this.#tell({ topic: `line ${name}`, good: true, level: 'info', message, fields: { line: name, lines_left } });
  }
}
