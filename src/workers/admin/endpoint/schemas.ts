// Parts of schemas that many endpoints have. What an object may hold is in its schema and nothing else, so that no answer has what
// the OpenAPI file does not tell of.
import { type TProperties, type TSchema, Type } from 'typebox';

export const fields = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false });

export const orNull = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()]);

export const Count = Type.Integer({ minimum: 0 });

/** One of these texts. `description`: of the key. */
export const oneOf = <const Text extends string>(texts: readonly Text[], description?: string) =>
  Type.Enum<Text[]>([...texts], description === undefined ? {} : { description });

/** How many entries a page has. */
export const limit = (usual: number, most: number) =>
  Type.Optional(Type.Integer({ minimum: 1, maximum: most, default: usual, description: 'Entries of a page' }));
