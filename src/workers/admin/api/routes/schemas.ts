// What the API tells of what is remembered of destinations.
import { type Static, Type } from 'typebox';
import { Count, fields, oneOf, orNull } from '../../endpoint/schemas.js';
import { LineName } from '../lines/schemas.js';

/** A key of the table: a name or an address with a port, behind an asker where it is remembered for that one alone, or a site. */
export const Destination = Type.String({
  minLength: 1,
  maxLength: 1024,
  description: 'Such as `www.example.com:443`; what is remembered for one asker alone begins with that asker',
});

const Age = orNull(Type.Number({ minimum: 0, description: 'Null: never' }));

const Place = fields({ line: LineName, address: Type.String() });

export const Listed = fields({
  destination: Destination,
  pinned: orNull(LineName),
  best: orNull(Place),
  candidates: Count,
  touched_age_ms: Type.Number({ minimum: 0, description: 'Since anything was learned of it' }),
  worked_age_ms: Age,
});
export type Listed = Static<typeof Listed>;

export const SORTS = ['used', 'name'] as const;

export const Filter = {
  match: Type.Optional(Type.String({ maxLength: 255, description: 'A part of the destination' })),
  line: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: 'The line of the best candidate' })),
};

export const List = fields({
  routes: Type.Array(Listed),
  total: Type.Integer({ minimum: 0, description: 'How many match, in all pages' }),
  next: Type.Optional(Type.String({ description: 'For `cursor`; absent on the last page' })),
});

/** A smoothed time. */
const Smoothed = orNull(
  fields({ mean_ms: Type.Number(), deviation_ms: Type.Number(), samples: Type.Integer({ minimum: 1 }) }),
);

/** Of a site with bulk transfers. */
const Rate = orNull(fields({ bytes_per_s: Type.Number(), samples: Count, age_ms: Type.Number() }));

const Candidate = fields({
  line: LineName,
  address: Type.String(),
  is_best: Type.Boolean(),
  why: Type.Array(fields({ kind: Type.String(), text: Type.String() }), {
    description: 'Why it leads, or does not',
  }),
  connect: Smoothed,
  first_byte: Smoothed,
  successes: Count,
  worked_age_ms: Age,
  answered_age_ms: Age,
  failed_age_ms: Age,
  failures_in_a_row: Type.Integer({ minimum: 0, description: 'To its blame' }),
  failures: Type.Array(fields({ cause: Type.String(), count: Count, age_ms: Type.Number() })),
  pending: orNull(fields({ cause: Type.String(), age_ms: Type.Number() })),
  moved: orNull(fields({ to: orNull(Type.String()), age_ms: Type.Number() })),
  up: Rate,
  down: Rate,
});
export type Candidate = Static<typeof Candidate>;

export const Known = fields({
  destination: Destination,
  pinned: orNull(LineName),
  candidates: Type.Array(Candidate),
});

export const Pins = fields({
  pinned: orNull(LineName),
  destinations: Type.Array(fields({ destination: Destination, line: LineName })),
});

export const Pinned = fields({ changed: Type.Boolean(), destination: Destination, line: orNull(LineName) });

export const Forgotten = fields({ forgotten: Count });

export const Sort = oneOf(SORTS);
