// Scrapes, each of them one look at the gateway: whoever asks while one is being made waits for the next one, and all who wait get the
// same. So any number of clients costs no more than one after the other.
import type { Form } from './exposition/form.js';
import { Exposition } from './exposition/registry.js';
import { FAMILIES } from './families/all.js';
import type { Readings } from './readings/readings.js';

/** What a client gets. */
export interface Scrape {
  readonly contentType: string;
  readonly text: string;
}

export class Scrapes {
  readonly #gather: () => Promise<Readings>;
  readonly #expositions = new Map<Form, Exposition<Readings>>();
  readonly #next = new Map<Form, Promise<Scrape>>();
  /** The last one that was begun; it never rejects. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(gather: () => Promise<Readings>) {
    this.#gather = gather;
  }

  of(form: Form): Promise<Scrape> {
    const waiting = this.#next.get(form);
    if (waiting !== undefined) return waiting;
    const next = this.#last.then(() => {
      this.#next.delete(form);
      return this.#make(form);
    });
    this.#next.set(form, next);
    this.#last = next.catch(() => {});
    return next;
  }

  async #make(form: Form): Promise<Scrape> {
    const readings = await this.#gather();
    const exposition = this.#expositionIn(form);
    return { contentType: exposition.contentType, text: await exposition.text(readings) };
  }

  /** Made when it is first asked for: what prom-client measures of this thread costs something from then on. */
  #expositionIn(form: Form): Exposition<Readings> {
    const known = this.#expositions.get(form);
    if (known !== undefined) return known;
    const exposition = new Exposition(form, FAMILIES, true);
    this.#expositions.set(form, exposition);
    return exposition;
  }
}
