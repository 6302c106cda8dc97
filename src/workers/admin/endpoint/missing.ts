// The answer to what is not there: a path that nobody knows, or a method that a path does not take.
import type { Context } from 'hono';
import type { Endpoint } from './endpoint.js';

export function missing(context: Context, endpoints: readonly Pick<Endpoint, 'method' | 'path'>[]): Response {
  const { method, path } = context.req;
  const methods = [...new Set(endpoints.filter((one) => isAt(one.path, path)).map((one) => one.method))];
  if (methods.length === 0) return context.json({ error: `there is no ${path}` }, 404);
  const allowed = methods.join(', ');
  return context.json({ error: `${path} does not take ${method}; allowed: ${allowed}` }, 405, { Allow: allowed });
}

/** `pattern`: with parameters in braces. */
function isAt(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return (
    wanted.length === given.length &&
    wanted.every((step, at) => (step.startsWith('{') ? given[at] !== '' : step === given[at]))
  );
}
