// One request at a time to a collector of traces, over HTTP. What the answer says beyond its status is read to its end and dropped.
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

/** How long the collector may take to answer. */
const ANSWER_MS = 5000;
/** A connection that is not used is closed after this time. */
const IDLE_MS = 10_000;

/** `detail`: what went wrong, for people. */
export type Posted = { readonly code: 'taken' } | { readonly code: 'refused' | 'failed'; readonly detail: string };

export class Poster {
  readonly #url: URL;
  readonly #answer_ms: number;
  readonly #http = new HttpAgent({ keepAlive: true, maxSockets: 1, timeout: IDLE_MS });
  readonly #https = new HttpsAgent({ keepAlive: true, maxSockets: 1, timeout: IDLE_MS });

  constructor(endpoint: string, answer_ms = ANSWER_MS) {
    this.#url = new URL(endpoint);
    this.#answer_ms = answer_ms;
  }

  /** Never rejects. */
  post(body: string): Promise<Posted> {
    return new Promise((resolve) => {
      const isSecure = this.#url.protocol === 'https:';
      const send = isSecure ? requestHttps : requestHttp;
      const request = send(this.#url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
        agent: isSecure ? this.#https : this.#http,
      });
      const late = setTimeout(() => request.destroy(new Error(`no answer in ${this.#answer_ms} ms`)), this.#answer_ms);
      const end = (posted: Posted): void => {
        clearTimeout(late);
        resolve(posted);
      };
      request.once('response', (response) => this.#read(response, end));
      request.once('error', ({ message }) => end({ code: 'failed', detail: message }));
      request.end(body);
    });
  }

  #read(response: IncomingMessage, end: (posted: Posted) => void): void {
    const { statusCode = 0 } = response;
    const isTaken = statusCode >= 200 && statusCode < 300;
    response.resume();
    response.once('error', ({ message }) => end({ code: 'failed', detail: message }));
    response.once('end', () => end(isTaken ? { code: 'taken' } : { code: 'refused', detail: `HTTP ${statusCode}` }));
  }

  /** Ends the connection, and what is under way. */
  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}
