// Reads server-sent events (HTML, 9.2.6), however their text is parted. One that grows beyond a bound is dropped. Pure.

export interface ServerEvent {
  /** `message` where it has none. */
  readonly kind: string;
  readonly data: string;
}

/** Far more than a second of everything. */
const EVENT_MAX = 4 * 1024 * 1024;

export class ServerEvents {
  readonly #heard: (event: ServerEvent) => void;
  #line = '';
  #kind = '';
  #data: string[] = [];
  #size = 0;

  constructor(heard: (event: ServerEvent) => void) {
    this.#heard = heard;
  }

  read(text: string): void {
    const lines = (this.#line + text).split(/\r\n|\n|\r(?!$)/);
    const [rest = ''] = lines.splice(-1);
    this.#line = rest.length > EVENT_MAX ? '' : rest;
    for (const line of lines) this.#take(line);
  }

  #take(line: string): void {
    if (line === '') {
      if (this.#data.length > 0)
        this.#heard({ kind: this.#kind === '' ? 'message' : this.#kind, data: this.#data.join('\n') });
      this.#kind = '';
      this.#data = [];
      this.#size = 0;
      return;
    }
    const [, field, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === 'event') this.#kind = value;
    this.#size += value.length;
    if (field === 'data' && this.#size <= EVENT_MAX) this.#data.push(value);
  }
}
