// Asks the gateway's API. An answer that is no success is a value, with the sentence that the gateway said: views show it as it is.

export type Answered<Value> =
  | { readonly kind: 'answer'; readonly value: Value }
  /** `error` is a sentence of the gateway. */
  | { readonly kind: 'refused'; readonly status: number; readonly error: string }
  /** A token is wanted, or another one. */
  | { readonly kind: 'token' }
  /** Nobody answers. */
  | { readonly kind: 'away' };

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Asking {
  readonly query?: Query;
  readonly body?: object;
  readonly signal?: AbortSignal;
}

const BASE = 'api/v1';
const KEPT_AS = 'tcproute-token';
/** For an answer: a gateway that does not answer for longer counts as away. */
const ANSWER_MS = 20_000;

export class Api {
  /** Called when the gateway wants a token. */
  onToken: () => void = () => {};
  /** Called after each request: whether the gateway answers at all. */
  onReach: (isReached: boolean) => void = () => {};

  /** The token stays in this tab: it ends with it. */
  keepToken(token: string | undefined): void {
    if (token === undefined) sessionStorage.removeItem(KEPT_AS);
    else sessionStorage.setItem(KEPT_AS, token);
  }

  hasToken(): boolean {
    return sessionStorage.getItem(KEPT_AS) !== null;
  }

  headers(): Record<string, string> {
    const token = sessionStorage.getItem(KEPT_AS);
    return token === null ? {} : { Authorization: `Bearer ${token}` };
  }

  get<Value>(path: string, query: Query = {}): Promise<Answered<Value>> {
    return this.ask('GET', path, { query });
  }

  async ask<Value>(method: string, path: string, { query = {}, body, signal }: Asking = {}): Promise<Answered<Value>> {
    try {
      const limit = AbortSignal.timeout(ANSWER_MS);
      const response = await fetch(urlOf(path, query), {
        method,
        headers: { ...this.headers(), ...(body && { 'Content-Type': 'application/json' }) },
        body: body === undefined ? null : JSON.stringify(body),
        cache: 'no-store',
        credentials: 'omit',
        signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
      });
      this.onReach(true);
      return await this.#answerOf<Value>(response);
    } catch {
      this.onReach(false);
      return { kind: 'away' };
    }
  }

  async #answerOf<Value>(response: Response): Promise<Answered<Value>> {
    if (response.status === 401) {
      this.onToken();
      return { kind: 'token' };
    }
    const told = await response.text();
    if (response.ok) return { kind: 'answer', value: (told === '' ? undefined : JSON.parse(told)) as Value };
    return { kind: 'refused', status: response.status, error: sentenceOf(told) ?? `HTTP ${response.status}` };
  }
}

export function urlOf(path: string, query: Query): string {
  const asked = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [[name, String(value)] as [string, string]],
  );
  const text = new URLSearchParams(asked).toString();
  return `${BASE}${path}${text === '' ? '' : `?${text}`}`;
}

/** The sentence of an error answer, with what would be allowed. */
export function sentenceOf(told: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(told);
    if (typeof answer !== 'object' || answer === null || !('error' in answer)) return undefined;
    const allowed = 'allowed' in answer && answer.allowed !== undefined ? ` (${String(answer.allowed)})` : '';
    return `${String(answer.error)}${allowed}`;
  } catch {
    return undefined;
  }
}
