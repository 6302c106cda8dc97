// Serves a contract to one caller at a time: a new port, of a caller that was started again, takes the place of the one before.
import type { MessagePort } from 'node:worker_threads';
import { serve } from './port.js';

export class OnePort {
  readonly #api: object;
  #port: MessagePort | undefined;

  constructor(api: object) {
    this.#api = api;
  }

  connect(port: MessagePort): void {
    this.close();
    this.#port = port;
    port.once('close', () => {
      if (this.#port === port) this.#port = undefined;
    });
    serve(this.#api, port);
  }

  close(): void {
    this.#port?.close();
    this.#port = undefined;
  }
}
