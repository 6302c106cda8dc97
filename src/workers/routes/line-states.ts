// Reports lines that are down, since their proxy cannot be reached or their link is gone, and those that work again; and how many
// sessions were ended on a dead one. The route actor gets the events of all connection actors, so it alone reports. It judges no
// line: see protocol/lines/health/health.ts and protocol/uplinks/line-links.ts.
import type { LineEvent } from '../../protocol/lines/health/health.js';
import type { Line } from '../../protocol/lines/line.js';
import { byNumber } from '../../protocol/lines/numbers.js';
import type { Notice } from '../../protocol/notices/notice.js';
import { FAILURES } from '../../protocol/race/failure.js';
import { type Steering, UNSTEERED } from '../../protocol/steering/steering.js';
import { faultText, type LineLink, linkEvent } from '../../protocol/uplinks/line-link.js';

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
  /** Lines whose proxy cannot be reached. */
  readonly #down = new Set<number>();
  /** Sessions that were ended and are not told of, by line. */
  readonly #cut = new Map<number, Cut>();
  /** By the number of the line. */
  readonly #links = new Map<number, LineLink>();
  #steering: Pick<Steering, 'paused' | 'pinned'> = UNSTEERED;

  constructor(lines: readonly Line[], tell: (notice: Notice) => void) {
    this.#tell = tell;
    this.setLines(lines);
  }

  setLines(lines: readonly Line[]): void {
    this.#names = byNumber(lines).map((line) => line?.name);
    this.#count = lines.length;
    for (const line of [...this.#down, ...this.#links.keys()]) {
      if (this.#names[line] !== undefined) continue;
      this.#down.delete(line);
      this.#links.delete(line);
    }
  }

  /** Takes an event of a line; `isDown`: whether the line is down after it. */
  learned(event: LineEvent, isDown: boolean): void {
    if (event.kind === 'cut') this.#cutOf(event.line).sessions += event.sessions;
    else if (event.kind === 'proxy-reached') this.#isUp(event.line, 'works again');
    else if (event.kind === 'proxy-failed' && isDown && this.#works(event.line)) this.#isDown(event);
  }

  /** Takes the state of all links. */
  setLinks(links: readonly LineLink[]): void {
    for (const link of links) {
      const { line } = link;
      if (this.#names[line] === undefined) continue;
      const event = linkEvent(this.#links.get(line), link);
      this.#links.set(line, link);
      if (event === undefined) continue;
      if (link.fault !== undefined) this.#linkIs(link, false, faultText(link.fault, link.at), 'warn');
      else {
        this.#linkIs(link, true, `${link.at} is up again`, 'info');
        if (this.#down.has(line)) this.#isUp(line, 'is tried again, since its link has come back');
      }
    }
  }

  /** What an operator has set by hand. */
  setSteering(steering: Pick<Steering, 'paused' | 'pinned'>): void {
    this.#steering = steering;
  }

  #works(line: number): boolean {
    return !this.#down.has(line) && this.#links.get(line)?.fault === undefined;
  }

  get #left(): number {
    const faulty = [...this.#links.values()].filter(({ fault }) => fault !== undefined).map(({ line }) => line);
    const paused = this.#steering.paused.filter((line) => this.#names[line] !== undefined);
    return this.#count - new Set([...this.#down, ...faulty, ...paused]).size;
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
    const { sentence } = FAILURES[why?.cause ?? 'proxy-unreachable'];
    const message = this.#withRest(line, `line ${JSON.stringify(name)} is down: ${sentence}`);
    const fields = { line: name, ...why, lines_left: this.#left };
    this.#tell({ topic: `line ${name}`, good: false, level: 'warn', message, fields });
  }

  /** Also for a line that was not known to be down here: an earlier route actor may have reported it. */
  #isUp(line: number, how: string): void {
    const name = this.#names[line];
    if (name === undefined) return;
    this.#down.delete(line);
    const message = `line ${JSON.stringify(name)} ${how}`;
    this.#tell({ topic: `line ${name}`, good: true, level: 'info', message, fields: this.#fields(name) });
  }

  #linkIs({ line, at }: LineLink, good: boolean, what: string, level: Notice['level']): void {
    const name = this.#names[line] as string;
    const said = `line ${JSON.stringify(name)}: ${what}`;
    const fields = { ...this.#fields(name), link: at };
    this.#tell({
      topic: `link of line ${name}`,
      good,
      level,
      message: good ? said : this.#withRest(line, said),
      fields,
    });
  }

  #fields(line: string) {
    return { line, lines_left: this.#left };
  }

  #withRest(line: number, what: string): string {
    if (line === this.#steering.pinned) return `${what}, and connections are pinned to it`;
    return this.#left > 0 ? what : `${what}, and no line is left`;
  }
}
