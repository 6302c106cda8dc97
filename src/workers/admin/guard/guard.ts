// Stands before all that is answered: refuses what judge.ts refuses, bounds what a request may bring, and gives every answer the
// headers of headers.ts. It sets no cookie, so a browser shows nothing for a page that the page does not have.
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { AdminOptions } from '../../../protocol/admin-options.js';
import { HEADERS, PREFLIGHT_HEADERS, TOKEN_WANTED } from './headers.js';
import { type Judged, judge } from './judge.js';

/** A body is a small JSON object. */
const BODY_BYTES_MAX = 64 * 1024;

/** `address`: undefined for a client of a Unix socket. */
export type WrongToken = (address: string | undefined) => void;

/** What the server hands over with a request. */
interface FromServer {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string | undefined } };
}

/** Has `app` hear only what may be asked. `options`: those in force. `noticed`: hears of clients that show a wrong token. */
export function guarded(app: Hono, options: () => AdminOptions, noticed: WrongToken = () => {}): Hono {
  const outer = new Hono();
  outer.use('*', admit(options, noticed), BODY_LIMIT);
  outer.all('*', ({ req, env }) => app.fetch(req.raw, env));
  return outer;
}

function admit(options: () => AdminOptions, noticed: WrongToken): MiddlewareHandler {
  return async (context, next) => {
    const judged = judgeOf(context, options());
    if (judged.code === 'refused' && judged.isWrongToken) noticed(addressOf(context));
    if (judged.code === 'refused') context.res = refusal(judged);
    else if (judged.isPreflight) context.res = new Response(null, { status: 204, headers: { ...PREFLIGHT_HEADERS } });
    else await next();
    const { headers } = context.res;
    for (const [name, value] of Object.entries(HEADERS)) if (!headers.has(name)) headers.set(name, value);
    if (judged.origin === undefined) return;
    headers.set('Access-Control-Allow-Origin', judged.origin);
    headers.append('Vary', 'Origin');
  };
}

function addressOf({ env }: Context): string | undefined {
  return ((env ?? {}) as FromServer).incoming?.socket?.remoteAddress;
}

function judgeOf(context: Context, options: AdminOptions): Judged {
  const { req } = context;
  const asking = {
    address: addressOf(context),
    method: req.method,
    path: req.path,
    token: req.query('token'),
    header: (name: string) => req.header(name),
  };
  return judge(asking, options);
}

function refusal({ status, error }: Extract<Judged, { code: 'refused' }>): Response {
  return Response.json({ error }, { status, headers: status === 401 ? { ...TOKEN_WANTED } : {} });
}

const BODY_LIMIT = bodyLimit({
  maxSize: BODY_BYTES_MAX,
  onError: (context) => context.json({ error: `a body may have at most ${BODY_BYTES_MAX} bytes` }, 413),
});
