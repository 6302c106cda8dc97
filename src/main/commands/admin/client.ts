// Asks the admin API of the running gateway: HTTP to a TCP or Unix place, with a deadline and a bound on the answer. It knows
// no resource of the API.
import { Agent, type IncomingMessage, request } from 'node:http';
import type { AdminPlace } from '../../../protocol/admin-place.js';

/** For a whole answer. */
const ANSWER_MS = 10_000;
/** Far more than any page of the API. */
const ANSWER_OCTETS_MAX = 16 * 1024 * 1024;

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export type Answered =
  | { readonly code: 'answered'; readonly value: unknown }
  /** `error`: a sentence of the gateway; undefined where the answer is none of its API. */
  | { readonly code: 'refused'; readonly status: number; readonly error: string | undefined }
  /** Nothing listens there, or this user may not connect. `errno`: its name. */
  | { readonly code: 'nobody'; readonly errno: string }
  /** Somebody listens there, but no answer came. */
  | { readonly code: 'failed'; readonly why: string };

export interface Asking {
  readonly method?: 'GET' | 'POST';
  readonly query?: Query;
  readonly body?: object;
}

export class AdminClient {
  readonly place: AdminPlace;
  readonly #token: string | null;
  /** One connection, which stays open between questions. */
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 2, maxFreeSockets: 1 });

  constructor(place: AdminPlace, token: string | null) {
    this.place = place;
    this.#token = token;
  }

  /** `path`: such as `/api/v1/lines`. Never rejects. */
  async ask(path: string, asking: Asking = {}): Promise<Answered> {
    const first = await this.#askOnce(path, asking);
    // A connection that was kept may have been closed by the other side just now.
    const again = first.code === 'failed' && first.isOfKept && (asking.method ?? 'GET') === 'GET';
    return again ? this.#askOnce(path, asking) : first;
  }

  /** Ends what is under way. */
  close(): void {
    this.#agent.destroy();
  }

  #askOnce(path: string, { method = 'GET', query = {}, body }: Asking): Promise<Answered & { isOfKept?: boolean }> {
    return new Promise((resolve) => {
      const { place } = this;
      const at = place.kind === 'unix' ? { socketPath: place.path } : { host: place.host, port: place.port };
      const asked = request({
        ...at,
        method,
        path: `${path}${queryText(query)}`,
        agent: this.#agent,
        headers: {
          Accept: 'application/json',
          ...(place.kind === 'unix' ? { Host: 'localhost' } : {}),
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...(this.#token === null ? {} : { Authorization: `Bearer ${this.#token}` }),
        },
      });
      const deadline = setTimeout(
        () => end({ code: 'failed', why: `no answer within ${ANSWER_MS / 1000} s` }),
        ANSWER_MS,
      );
      const end = (answered: Answered & { isOfKept?: boolean }): void => {
        clearTimeout(deadline);
        resolve(answered);
        if (answered.code === 'failed') asked.destroy();
      };
      asked.once('response', (response) => void readAnswer(response).then(end));
      asked.on('error', ({ code = '', message, syscall }: NodeJS.ErrnoException) => {
        if (syscall === 'connect') end({ code: 'nobody', errno: code });
        else if (code.startsWith('HPE_')) end({ code: 'failed', why: 'what answers there does not speak HTTP' });
        else end({ code: 'failed', why: code === '' ? message : code, isOfKept: asked.reusedSocket });
      });
      asked.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

async function readAnswer(response: IncomingMessage): Promise<Answered> {
  const pieces: Buffer[] = [];
  let octets = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      octets += piece.length;
      if (octets > ANSWER_OCTETS_MAX)
        return { code: 'failed', why: `an answer of more than ${ANSWER_OCTETS_MAX / 1024 / 1024} MiB` };
      pieces.push(piece);
    }
  } catch (error) {
    return { code: 'failed', why: `the answer broke off (${(error as NodeJS.ErrnoException).code ?? 'no reason'})` };
  }
  const value = jsonOf(Buffer.concat(pieces).toString());
  const { statusCode: status = 0 } = response;
  if (status >= 200 && status < 300 && value !== undefined) return { code: 'answered', value };
  const isTold = typeof value === 'object' && value !== null && 'error' in value && typeof value.error === 'string';
  return { code: 'refused', status, error: isTold ? (value as { error: string }).error : undefined };
}

/** Undefined for what is no JSON. */
function jsonOf(text: string): unknown {
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
