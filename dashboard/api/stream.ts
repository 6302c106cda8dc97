// The gateway's server-sent events, by a fetch that goes on: EventSource cannot send the token. After a break it asks again, later
// each time.
import { type Api, urlOf } from './client.js';
import { EventReader, type ServerEvent } from './sse.js';

const AGAIN_MS = 1000;
const AGAIN_MAX_MS = 15_000;

export interface Heard {
  event(event: ServerEvent): void;
  state(isOpen: boolean): void;
}

export class EventStream {
  readonly #api: Api;
  readonly #heard: Heard;
  readonly #kinds: string;
  #stopped = new AbortController();
  #again_ms = AGAIN_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api, kinds: readonly string[], heard: Heard) {
    this.#api = api;
    this.#heard = heard;
    this.#kinds = kinds.join(',');
    void this.#read();
  }

  stop(): void {
    this.#stopped.abort();
    clearTimeout(this.#timer);
  }

  async #read(): Promise<void> {
    const { signal } = this.#stopped;
    const isWanted = await this.#listen(signal).catch(() => true);
    if (signal.aborted) return;
    this.#heard.state(false);
    if (!isWanted) return;
    this.#timer = setTimeout(() => void this.#read(), this.#again_ms);
    this.#again_ms = Math.min(this.#again_ms * 2, AGAIN_MAX_MS);
  }

  /** Until the stream ends; false where there is no sense in asking again. */
  async #listen(signal: AbortSignal): Promise<boolean> {
    const response = await fetch(urlOf('/events', { kinds: this.#kinds }), {
      headers: { ...this.#api.headers(), Accept: 'text/event-stream' },
      cache: 'no-store',
      credentials: 'omit',
      signal,
    });
    if (response.status === 401) {
      this.#api.onToken();
      return false;
    }
    if (!response.ok || response.body === null) return true;
    this.#heard.state(true);
    this.#again_ms = AGAIN_MS;
    const events = new EventReader();
    const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) {
      for (const event of events.take(piece.value)) this.#heard.event(event);
    }
    return true;
  }
}
