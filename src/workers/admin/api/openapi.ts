// The OpenAPI 3.1 document of the API, made of the endpoints: schemas of TypeBox are JSON Schema as they are. Pure.
import type { TObject, TSchema } from 'typebox';
import type { Endpoint, Streamed } from '../endpoint/endpoint.js';

/** Changes only when an earlier client would not understand an answer. */
const API_VERSION = '1';

const DESCRIPTION = `Served by a running gateway where \`admin.listen\` says: see docs/admin.md. Names have their units at the
end (\`_ms\`, \`_s\`) or at the beginning (\`bytes_\`), times are RFC 3339 texts. What is wrong with a request is told at once, with
name, value and what is allowed.`;

const FAILED = {
  description: 'The request is wrong, or cannot be carried out',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Failure' } } },
};

const FAILURE = {
  type: 'object',
  properties: { error: { type: 'string', description: 'A sentence' } },
  required: ['error'],
};

export function openApi(endpoints: readonly Endpoint[], streams: readonly Streamed[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const one of endpoints) {
    const path = paths[one.path] ?? {};
    paths[one.path] = path;
    path[one.method.toLowerCase()] = operation(one);
  }
  for (const one of streams) paths[one.path] = { get: streaming(one) };
  return {
    openapi: '3.1.0',
    info: { title: 'TcpRoute', version: API_VERSION, description: DESCRIPTION.replaceAll('\n', ' ') },
    servers: [{ url: '/' }],
    // Without admin.token_file none is wanted.
    security: [{}, { token: [] }],
    paths,
    components: {
      schemas: { Failure: FAILURE },
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'The text of admin.token_file' } },
    },
  };
}

function operation({ method, path, summary, params, query, body, answer }: Endpoint): object {
  const parameters = [...parametersIn('path', params), ...parametersIn('query', query)];
  return {
    tags: [tagOf(path)],
    operationId: idOf(method, path),
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: json(body) } }),
    responses: { 200: { description: 'The answer', content: json(answer) }, '4XX': FAILED, '5XX': FAILED },
  };
}

function streaming({ path, summary, query, mediaType, answer }: Streamed): object {
  const parameters = parametersIn('query', query);
  return {
    tags: [tagOf(path)],
    operationId: idOf('GET', path),
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: {
      200: { description: answer, content: { [mediaType]: { schema: { type: 'string' } } } },
      '4XX': FAILED,
      '5XX': FAILED,
    },
  };
}

const json = (schema: TSchema): object => ({ 'application/json': { schema } });

function parametersIn(place: 'path' | 'query', schema: TObject | undefined): object[] {
  const required: readonly string[] = schema?.required ?? [];
  return Object.entries(schema?.properties ?? {}).map(([name, own]) => {
    const { description, ...rest }: TSchema & { readonly description?: string } = own;
    const isRequired = place === 'path' || required.includes(name);
    return {
      name,
      in: place,
      required: isRequired,
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

/** The resource: what follows `/api/v1/`. */
const tagOf = (path: string): string => path.split('/')[3] ?? 'api';

/** Such as `getBadAddressesAddress`. */
const idOf = (method: string, path: string): string =>
  method.toLowerCase() +
  path
    .split('/')
    .slice(3)
    .flatMap((step) => step.replace(/[{}]/g, '').split(/[-_]/))
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
