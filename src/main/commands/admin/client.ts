// Asks the admin API of the running gateway: HTTP to a TCP or Unix place, with a deadline and a bound on the answer. It knows
// no resource of the API.
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { AdminPlace } from '../../../protocol/admin-place.js';
import { type ServerEvent, ServerEvents } from './server-events.js';

/** For a whole answer. */
const ANSWER_MS = 10_000;
/** Far more than any page of the API. */
const ANSWER_OCTETS_MAX = 16 * 1024 * 1024;

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export type Answered<Value = unknown> =
  | { readonly code: 'answered'; readonly value: Value }
  /** `error`: a sentence of the gateway; undefined where the answer is none of its API. */
  | { readonly code: 'refused'; readonly status: number; readonly error: string | undefined }
  /** Nothing listens there, or this user may not connect. `errno`: its name. */
  | { readonly code: 'nobody'; readonly errno: string }
  /** Somebody listens there, but no answer came. */
  | { readonly code: 'failed'; readonly why: string };

/** An answer of somebody else, or of another version. */
export const NOT_OF_API = { code: 'refused', status: 200, error: undefined } as const;

export type NotAnswered = Exclude<Answered, { readonly code: 'answered' }>;

/** The text of an answer. */
type Raw = Answered<string>;

interface AskedOnce {
  readonly answered: Raw;
  readonly isOfKept: boolean;
}

export class AdminClient {
  readonly #place: AdminPlace;
  readonly #token: string | null;
  /** Connections that stay open between questions. */
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4, maxFreeSockets: 2 });

  constructor(place: AdminPlace, token: string | null) {
    this.#place = place;
    this.#token = token;
  }

  /** `path`: such as `/api/v1/lines`. Never rejects. */
  async ask(path: string, query: Query = {}): Promise<Answered> {
    const { answered, isOfKept } = await this.#ask(path, query);
    // A connection that was kept may have been closed by the other side just now.
    const isGone = answered.code === 'failed' && isOfKept;
    return jsonIn(isGone ? (await this.#ask(path, query)).answered : answered);
  }

  /** The same for an answer that is a text of at most so many bytes. */
  async text(path: string, octets_max: number): Promise<Answered<string>> {
    const { answered } = await this.#ask(path, {}, octets_max);
    return answered;
  }

  /** Hears server-sent events until the returned function is called. `ended`: there are none (any more). */
  hear(path: string, query: Query, heard: (event: ServerEvent) => void, ended: () => void): () => void {
    const asked = this.#request(path, query, 'text/event-stream');
    const events = new ServerEvents(heard);
    let isOver = false;
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      ended();
    };
    asked.once('response', (response) => {
      if (response.statusCode !== 200) asked.destroy();
      response.setEncoding('utf8').on('data', (text: string) => isOver || events.read(text));
      response.on('error', end);
    });
    asked.on('error', end).once('close', end);
    asked.end();
    return () => {
      isOver = true;
      asked.destroy();
    };
  }

  /** Ends what is under way. */
  close(): void {
    this.#agent.destroy();
  }

  #request(path: string, query: Query, accept: string): ClientRequest {
    const place = this.#place;
    const at = place.kind === 'unix' ? { socketPath: place.path } : { host: place.host, port: place.port };
    const headers = {
      Accept: accept,
      ...(place.kind === 'unix' ? { Host: 'localhost' } : {}),
      ...(this.#token === null ? {} : { Authorization: `Bearer ${this.#token}` }),
    };
    return request({ ...at, path: `${path}${queryText(query)}`, agent: this.#agent, headers });
  }

  #ask(path: string, query: Query, octets_max = ANSWER_OCTETS_MAX): Promise<AskedOnce> {
    return new Promise((resolve) => {
      const asked = this.#request(path, query, 'application/json');
      const late = { code: 'failed', why: `no answer within ${ANSWER_MS / 1000} s` } as const;
      const deadline = setTimeout(() => end(late), ANSWER_MS);
      const end = (answered: Raw): void => {
        clearTimeout(deadline);
        resolve({ answered, isOfKept: asked.reusedSocket });
        if (answered.code === 'failed') asked.destroy();
      };
      asked.once('response', (response) => void readAnswer(response, octets_max).then(end));
      asked.on('error', (error) => end(failureOf(error)));
      asked.end();
    });
  }
}

/** `errors`: of all addresses of a name. */
function failureOf(error: NodeJS.ErrnoException & { readonly errors?: unknown }): NotAnswered {
  const { code = '', message, syscall, errors } = error;
  if (syscall === 'connect' || syscall === 'getaddrinfo' || errors !== undefined)
    return { code: 'nobody', errno: code };
  if (code.startsWith('HPE_')) return { code: 'failed', why: 'what answers there does not speak HTTP' };
  return { code: 'failed', why: code === '' ? message : code };
}

async function readAnswer(response: IncomingMessage, octets_max: number): Promise<Raw> {
  const pieces: Buffer[] = [];
  let octets = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      octets += piece.length;
      if (octets > octets_max)
        return { code: 'failed', why: `an answer of more than ${Math.round(octets_max / 1024 / 1024)} MiB` };
      pieces.push(piece);
    }
  } catch (error) {
    return { code: 'failed', why: `the answer broke off (${(error as NodeJS.ErrnoException).code ?? 'no reason'})` };
  }
  const value = Buffer.concat(pieces).toString();
  const { statusCode: status = 0 } = response;
  return status >= 200 && status < 300 ? { code: 'answered', value } : refusedWith(status, value);
}

function refusedWith(status: number, text: string): NotAnswered {
  const value = jsonOf(text);
  const isTold = typeof value === 'object' && value !== null && 'error' in value && typeof value.error === 'string';
  return { code: 'refused', status, error: isTold ? (value as { error: string }).error : undefined };
}

function jsonIn(answered: Raw): Answered {
  if (answered.code !== 'answered') return answered;
  const value = jsonOf(answered.value);
  return value === undefined ? NOT_OF_API : { code: 'answered', value };
}

/** Undefined for what is no JSON. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function queryText(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}
