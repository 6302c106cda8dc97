// An endpoint of the API as a value: its place, the schemas of what it takes and gives, and what answers it. The app and the
// OpenAPI file are made of the same lists.
import type { Static, TObject, TSchema } from 'typebox';
import type { AdminParts } from '../shared/parts.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What is wrong with a request, or why it cannot be answered. */
export interface Refusal {
  readonly code: 'refused';
  readonly status: 400 | 403 | 404 | 409 | 503;
  /** A sentence. */
  readonly error: string;
}

export const refused = (status: Refusal['status'], error: string): Refusal => ({ code: 'refused', status, error });

export type Answered<Answer> = { readonly code: 'answered'; readonly answer: Answer } | Refusal;

export const answered = <Answer>(answer: Answer): { readonly code: 'answered'; readonly answer: Answer } => ({
  code: 'answered',
  answer,
});

/** The parts of a request, checked and converted by the schemas; empty where there is no schema. */
export interface Asked<Params, Query, Body> {
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
}

export interface Endpoint {
  readonly method: Method;
  /** With parameters in braces, such as `/api/v1/lines/{name}`. */
  readonly path: string;
  /** One line for the OpenAPI file. */
  readonly summary: string;
  readonly params?: TObject | undefined;
  readonly query?: TObject | undefined;
  readonly body?: TSchema | undefined;
  readonly answer: TSchema;
  readonly handle: (asked: Asked<unknown, unknown, unknown>, parts: AdminParts) => Promise<Answered<unknown>>;
}

/** An answer that is no JSON, and may go on for long. Who serves it serves it by itself; this is for the OpenAPI file. */
export interface Streamed {
  /** By GET. */
  readonly path: string;
  readonly summary: string;
  readonly query?: TObject;
  readonly mediaType: string;
  /** What the answer is. */
  readonly answer: string;
}

/** What JSON of that type may be made of: lists need not be mutable, and a field that may be absent may be undefined. */
type Shown<Of> = Of extends readonly (infer One)[]
  ? readonly Shown<One>[]
  : Of extends object
    ? { readonly [Key in keyof Of]: object extends Pick<Of, Key> ? Shown<Of[Key]> | undefined : Shown<Of[Key]> }
    : Of;

interface Typed<Params extends TObject, Query extends TObject, Body extends TSchema, Answer extends TSchema> {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly params?: Params;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Answer;
  handle(
    asked: Asked<Static<Params>, Static<Query>, Static<Body>>,
    parts: AdminParts,
  ): Promise<Answered<Shown<Static<Answer>>>>;
}

/** Ties what `handle` takes and gives to the schemas. */
export function endpoint<Params extends TObject, Query extends TObject, Body extends TSchema, Answer extends TSchema>(
  one: Typed<Params, Query, Body, Answer>,
): Endpoint {
  const { handle, ...rest } = one;
  // What is handed over has passed the schemas.
  return {
    ...rest,
    handle: (asked, parts) => handle(asked as Asked<Static<Params>, Static<Query>, Static<Body>>, parts),
  };
}
