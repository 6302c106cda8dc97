// Serves the dashboard: the same files for everybody. What the page shows it asks for with the token.
import type { Context, Hono } from 'hono';
import type { PageFile, PageFiles } from './files.js';

export function servePage(app: Hono, files: PageFiles): void {
  for (const [path, file] of files) app.get(path, (context) => answer(context, file));
}

function answer({ req }: Context, { type, plain, gzip, etag }: PageFile): Response {
  // A browser asks each time whether its copy is still the one, so that an upgrade shows at once.
  const headers = { ETag: etag, 'Cache-Control': 'no-cache', Vary: 'Accept-Encoding' };
  const has = (req.header('if-none-match') ?? '').split(',').map((one) => one.trim().replace(/^W\//, ''));
  if (has.includes(etag) || has.includes('*')) return new Response(null, { status: 304, headers });
  const typed = { ...headers, 'Content-Type': type };
  if (!takesGzip(req.header('accept-encoding') ?? '')) return new Response(plain, { headers: typed });
  return new Response(gzip, { headers: { ...typed, 'Content-Encoding': 'gzip' } });
}

/** RFC 9110, 12.5.3; `*` without gzip is not met in browsers. */
function takesGzip(accepted: string): boolean {
  return accepted.split(',').some((one) => /^\s*(x-)?gzip\s*(;\s*q=(?!0(\.0*)?\s*$)|$)/.test(one));
}
