// Serves endpoints: checks what a request has by their schemas, and says all that is wrong with it at once.
import type { Context, Hono } from 'hono';
import type { Static, TObject, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { AdminParts } from '../shared/parts.js';
import type { Endpoint, Refusal } from './endpoint.js';
import { allowedBy, problemsOf } from './problems.js';
import { fields } from './schemas.js';

export function serveEndpoints(app: Hono, endpoints: readonly Endpoint[], parts: AdminParts): void {
  for (const one of endpoints) {
    app.on(one.method, one.path.replace(/\{(\w+)\}/g, ':$1'), (context) => serve(context, one, parts));
  }
}

async function serve(context: Context, one: Endpoint, parts: AdminParts): Promise<Response> {
  const params = checked('parameter', one.params, context.req.param());
  const query = checked('query', one.query, queryOf(context.req.queries()));
  const text = one.body === undefined ? undefined : await context.req.text();
  const body = bodyOf(one.body, text);
  const problems = [...params.problems, ...query.problems, ...body.problems];
  if (problems.length > 0) return send(context, { code: 'refused', status: 400, error: problems.join('; ') });
  const answer = await one.handle({ params: params.value, query: query.value, body: body.value }, parts);
  return answer.code === 'refused' ? send(context, answer) : context.json(answer.answer);
}

/** For what is no endpoint: what a query has, by its schema. */
export function checkedQuery<Schema extends TObject>(
  context: Context,
  schema: Schema,
):
  | { readonly code: 'read'; readonly value: Static<Schema> }
  | { readonly code: 'wrong'; readonly problems: readonly string[] } {
  const { value, problems } = checked('query', schema, queryOf(context.req.queries()));
  return problems.length > 0 ? { code: 'wrong', problems } : { code: 'read', value: value as Static<Schema> };
}

const send = (context: Context, { status, error }: Refusal): Response => context.json({ error }, status);

const NOTHING = fields({});

interface Checked {
  readonly value: unknown;
  /** Sentences. */
  readonly problems: readonly string[];
}

function checked(what: string, schema: TObject | TSchema | undefined, given: unknown): Checked {
  if (schema === undefined) {
    return { value: {}, problems: problemsOf(what, NOTHING, given ?? {}) };
  }
  // Query and path hold texts, which stand for numbers and booleans.
  const value = what === 'body' ? given : Value.Convert(schema, given);
  if (Value.Check(schema, value)) return { value: Value.Default(schema, value), problems: [] };
  return { value: undefined, problems: problemsOf(what, schema, value) };
}

/** A key that stands there once has one value. The token is no endpoint's: the guard has looked at it. */
function queryOf({ token: _, ...queries }: Record<string, string[]>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(queries).map(([name, values]) => [name, values.length === 1 ? (values[0] as string) : values]),
  );
}

function bodyOf(schema: TSchema | undefined, text: string | undefined): Checked {
  if (schema === undefined || text === undefined) return checked('body', schema, undefined);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { value: undefined, problems: [`body is no JSON; needed: ${allowedBy(schema)}`] };
  }
  return checked('body', schema, value);
}
