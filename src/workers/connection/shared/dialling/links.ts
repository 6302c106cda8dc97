// The links of lines, as main has told them last: which lines are out, what new connections have for a source address, and what
// is to end when a link goes. Lines without a link cost nothing here. What the state of a link follows from is main's business.
import type { SocketSource } from '../../../../linux/source.js';
import type { LineHealth } from '../../../../protocol/lines/health/health.js';
import { type Failure, failureOf } from '../../../../protocol/race/failure.js';
import { faultText, type LineLink, type LinkFault, linkEvent } from '../../../../protocol/uplinks/line-link.js';
import type { DialLine } from './dial-lines.js';

/** Something that is under way over a line, and would only hang without its link. */
export interface OverLink {
  linkDown(failure: Failure): void;
}

/** Nothing gets out by an interface that is in one of these states. Otherwise the kernel is asked, which knows more. */
const CERTAIN: ReadonlySet<LinkFault> = new Set(['switched-off', 'no-carrier']);

export class Links {
  readonly #health: Pick<LineHealth, 'grow' | 'apply'>;
  readonly #changed: (line: number) => void;
  /** By the number of the line. */
  readonly #links: LineLink[] = [];
  /** By the number of the line, of lines that have had something under way. Bounded by the attempts. */
  readonly #under: Set<OverLink>[] = [];

  /** `changed` is called for each line whose link has gone, once what was under way is over, or has come up or changed. */
  constructor(health: Pick<LineHealth, 'grow' | 'apply'>, changed: (line: number) => void = () => {}) {
    this.#health = health;
    this.#changed = changed;
  }

  /** Takes the state of all links. */
  set(links: readonly LineLink[], now: number): void {
    const gone = links.filter((link) => this.#take(link, now));
    for (const { line, fault, at } of gone) {
      const failure = failureOf('link-down', fault && faultText(fault, at));
      for (const one of [...(this.#under[line] ?? [])]) one.linkDown(failure);
      this.#changed(line);
    }
  }

  /** Returns whether the link has gone. */
  #take(link: LineLink, now: number): boolean {
    const { line } = link;
    const event = linkEvent(this.#links[line], link);
    this.#links[line] = link;
    this.#health.grow(line + 1);
    if (event === undefined) return false;
    this.#health.apply(event, now);
    if (event.up) this.#changed(line);
    return !event.up;
  }

  /** An attempt over the line begins; `ends` must follow. */
  begins(line: number, one: OverLink): void {
    this.#under[line] ??= new Set();
    this.#under[line].add(one);
  }

  ends(line: number, one: OverLink): void {
    this.#under[line]?.delete(one);
  }

  /** Why nothing can leave by the line; undefined where that has to be tried. */
  whyOut({ number, isAuto }: DialLine): Failure | undefined {
    const link = this.#links[number] as LineLink | undefined;
    if (link?.fault === undefined || !(CERTAIN.has(link.fault) || (isAuto && link.fault === 'no-address')))
      return undefined;
    return failureOf('link-down', faultText(link.fault, link.at));
  }

  /** How a connection by a line with `source_ip: "auto"` to an address of `octets` (4 or 16) leaves; undefined where it has no source. */
  sourceFor(line: DialLine, octets: number): SocketSource | undefined {
    const link = this.#links[line.number] as LineLink | undefined;
    const sourceIp = octets === 4 ? link?.ip4 : link?.ip6;
    if (sourceIp === undefined) return undefined;
    const { sourcePort, device, mark } = line;
    return { sourceIp, sourcePort, device, mark };
  }

  /** Whether a line can dial addresses of this length: its source address, if it has one, must be of the same family. */
  dialsFamily(line: DialLine, ip: Uint8Array): boolean {
    if (line.isAuto) return this.#hasFamily(line.number, ip.length);
    return line.sourceIp === undefined || line.sourceIp.length === ip.length;
  }

  /** Without any address the line is tried, and says so. */
  #hasFamily(line: number, octets: number): boolean {
    const link = this.#links[line] as LineLink | undefined;
    if (link?.ip4 === undefined && link?.ip6 === undefined) return true;
    return (octets === 4 ? link.ip4 : link.ip6) !== undefined;
  }
}
