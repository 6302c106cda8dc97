// By what lines are known to other gateways: an id made of the line's name, since numbers and source addresses differ between
// machines. Lines with one name are the same line for the site.
import { createHmac } from 'node:crypto';
import type { Line } from '../lines/line.js';
import type { SiteSecrets } from './secrets.js';

/** 8 octets as 11 characters of base64url. */
export type LineId = string;
export const LINE_ID_OCTETS = 8;

export function lineId(secrets: SiteSecrets, name: string): LineId {
  return createHmac('sha256', secrets.lines).update(name).digest().subarray(0, LINE_ID_OCTETS).toString('base64url');
}

export class LineIds {
  readonly #numbers = new Map<LineId, number>();
  readonly #ids = new Map<number, LineId>();

  constructor(secrets: SiteSecrets, lines: readonly Pick<Line, 'number' | 'name'>[]) {
    for (const { number, name } of lines) {
      const id = lineId(secrets, name);
      this.#numbers.set(id, number);
      this.#ids.set(number, id);
    }
  }

  /** The number of the line here; undefined where this gateway has no line of that name. */
  numberOf(id: LineId): number | undefined {
    return this.#numbers.get(id);
  }

  /** Undefined for a line that the configuration no longer has. */
  idOf(line: number): LineId | undefined {
    return this.#ids.get(line);
  }
}
