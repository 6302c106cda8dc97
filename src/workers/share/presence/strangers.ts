// Notices that gateways do not fit together: another one has this one's name (a copied configuration), or the words of one cannot be
// read (another secret). It asks nothing: the presence room does, when it tells of its gateway anyway.
import type { Notice } from '../../../protocol/notices/notice.js';

/** Words in a row: at a restart the earlier process may still have one, and at an upgrade some. */
const TWICE_MIN = 3;
/** Values of this gateway that may be there: a word whose answer is lost may have been written. */
const OWN_MAX = 2;
/** Gateways that are remembered: anybody who can write there may make up some. */
const UNREADABLE_MAX = 16;

export class Strangers {
  readonly #tell: (notice: Notice) => void;
  readonly #own: Buffer[] = [];
  #others = 0;
  readonly #unreadable = new Set<string>();

  constructor(tell: (notice: Notice) => void) {
    this.#tell = tell;
  }

  /** This gateway writes a value under its name. */
  writes(value: Buffer): void {
    this.#own.push(value);
    if (this.#own.length > OWN_MAX) this.#own.shift();
  }

  /** What stood there before the last of them; empty: nothing. `gateway`: its name. */
  found(value: Buffer, gateway: string): void {
    const before = this.#own.slice(0, -1);
    if (value.length === 0 || before.length === 0) return;
    this.#others = before.some((own) => own.equals(value)) ? 0 : this.#others + 1;
    const fields = { gateway };
    const state = { topic: 'share name', fields } as const;
    if (this.#others >= TWICE_MIN) this.#tell({ ...state, good: false, level: 'warn', message: TWICE });
    else if (this.#others === 0) this.#tell({ ...state, good: true, level: 'info', message: ONCE });
  }

  /** Of another gateway; `isReadable` undefined: it has said nothing. */
  heard(gateway: string, isReadable: boolean | undefined): void {
    if (isReadable !== false) this.#unreadable.delete(gateway);
    else if (this.#unreadable.size < UNREADABLE_MAX) this.#unreadable.add(gateway);
    const isGood = this.#unreadable.size === 0;
    const state = { topic: 'share secret', fields: isGood ? {} : { gateways: [...this.#unreadable].sort() } };
    if (isGood) this.#tell({ ...state, good: true, level: 'info', message: READABLE });
    else this.#tell({ ...state, good: false, level: 'warn', message: UNREADABLE });
  }

  /** One of those whose words could not be read, which may have changed; another one each time. */
  next(turn: number): string | undefined {
    return [...this.#unreadable][turn % Math.max(1, this.#unreadable.size)];
  }

  /** The site is left, and whatever did not fit there. */
  leave(): void {
    this.#own.length = 0;
    this.#others = 0;
    this.#unreadable.clear();
    const left = { good: true, ends: true, level: 'info', fields: {} } as const;
    this.#tell({ ...left, topic: 'share name', message: ONCE });
    this.#tell({ ...left, topic: 'share secret', message: READABLE });
  }
}

const TWICE =
  'another gateway has the same name in the site: what one learns the other one takes for its own. Give each its own share.gateway';
const ONCE = 'no other gateway has the name of this one any more';
const UNREADABLE =
  'gateways are there whose words cannot be read: they have another share.secret_file than this one, and share nothing with it';
const READABLE = 'the words of all gateways of the site can be read';
