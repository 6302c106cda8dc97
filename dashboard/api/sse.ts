// Reads a stream of server-sent events (HTML, 9.2.6) from pieces of text that may end anywhere. Pure. It knows `event` and
// `data`; `id`, `retry` and comments are passed over, since the page asks anew after a break.

export interface ServerEvent {
  readonly event: string;
  readonly data: string;
}

/** Characters of one event at most: a stream that sends no end of line is not one of ours. */
const EVENT_MAX = 4 * 1024 * 1024;

export class EventReader {
  #rest = '';
  #event = '';
  #data: string[] = [];

  /** Returns the events that are whole now. */
  take(piece: string): ServerEvent[] {
    const lines = `${this.#rest}${piece}`.split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > EVENT_MAX) throw new RangeError('an event is too long');
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): ServerEvent[] {
    if (line === '') {
      const whole = { event: this.#event === '' ? 'message' : this.#event, data: this.#data.join('\n') };
      const hasData = this.#data.length > 0;
      this.#event = '';
      this.#data = [];
      return hasData ? [whole] : [];
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#event = value;
    else if (field === 'data') this.#data.push(value);
    return [];
  }
}
