// The gateway's server-sent events, by a fetch that goes on: EventSource cannot send the token. After a break it asks again, later
// each time.
import { type Api, sentenceOf, urlOf } from './client.js';
import { EventReader, type ServerEvent } from './sse.js';

const AGAIN_MS = 1000;
const AGAIN_MAX_MS = 15_000;

export interface Heard {
  event(event: ServerEvent): void;
  /** `refused`: why the gateway gives no events, where it has said so. */
  state(isOpen: boolean, refused?: string): void;
}

/** How a stream ended. `isLast`: there is no sense in asking again. */
interface Ended {
  readonly isLast?: boolean;
  readonly refused?: string;
}

const refusedOf = (status: number, told: string): Ended => ({ refused: sentenceOf(told) ?? `HTTP ${status}` });

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
    const ended = await this.#listen(signal).catch((): Ended => ({}));
    if (signal.aborted) return;
    this.#heard.state(false, ended.refused);
    if (ended.isLast) return;
    this.#timer = setTimeout(() => void this.#read(), this.#again_ms);
    this.#again_ms = Math.min(this.#again_ms * 2, AGAIN_MAX_MS);
  }

  /** Until the stream ends. */
  async #listen(signal: AbortSignal): Promise<Ended> {
    const response = await fetch(urlOf('/events', { kinds: this.#kinds }), {
      headers: { ...this.#api.headers(), Accept: 'text/event-stream' },
      cache: 'no-store',
      credentials: 'omit',
      signal,
    });
    if (response.status === 401) {
      this.#api.onToken();
      return { isLast: true };
    }
    if (!response.ok || response.body === null) return refusedOf(response.status, await response.text());
    this.#heard.state(true);
    this.#again_ms = AGAIN_MS;
    const events = new EventReader();
    const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let piece = await pieces.read(); !piece.done; piece = await pieces.read()) {
      for (const event of events.take(piece.value)) this.#heard.event(event);
    }
    return {};
  }
}
