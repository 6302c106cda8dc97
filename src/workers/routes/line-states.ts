// Reports lines whose proxy can no longer be reached, and those that work again. The route actor gets the events of all
// connection actors, so it alone reports. It judges no line: see protocol/race/line-health.ts.
import type { Line } from '../../protocol/lines/line.js';
import { byNumber } from '../../protocol/lines/numbers.js';
import type { Notice } from '../../protocol/notices/notice.js';
import { FAILURES } from '../../protocol/race/failure.js';
import type { LineEvent } from '../../protocol/race/line-health.js';

export class LineStates {
  /** Names by the line's number. */
  #names: readonly (string | undefined)[] = [];
  #count = 0;
  readonly #tell: (notice: Notice) => void;
  readonly #down = new Set<number>();

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
    if (event.kind === 'proxy-reached') this.#isUp(event.line);
    else if (event.kind === 'proxy-failed' && isDown && !this.#down.has(event.line)) this.#isDown(event);
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
