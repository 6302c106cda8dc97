// Parts of schemas that many endpoints have. What an object may hold is in its schema and nothing else, so that no answer has what
// the OpenAPI file does not tell of.
import { type TProperties, type TSchema, Type } from 'typebox';

export const fields = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false });

export const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

/** RFC 3339. */
export const Time = Type.String({ format: 'date-time' });

export const Count = Type.Integer({ minimum: 0 });

/** See threads/shared/time-histogram.ts. */
export const Times = fields({
  bounds_ms: Type.Array(Type.Number()),
  buckets: Type.Array(Count, { description: 'How many times are in each; the last one is above all bounds' }),
  count: Count,
  sum_ms: Type.Number({ minimum: 0 }),
});

/** One of these texts. `description`: of the key. */
export const oneOf = <const Text extends string>(texts: readonly Text[], description?: string) =>
  Type.Enum<Text[]>([...texts], description === undefined ? {} : { description });

/** How many entries a page has. */
export const limit = (usual: number, most: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: most, default: usual, description: 'Entries of a page' }));

/** Where the next page begins: `next` of the page before. */
export const After = Type.Optional(
  Type.String({ minLength: 1, maxLength: 512, description: 'Where to go on: `next` of the page before' }),
);

/** `next` of a page. */
export const Next = Type.Union([Type.String(), Type.Null()], {
  description: 'Where the next page goes on; null on the last one',
});
