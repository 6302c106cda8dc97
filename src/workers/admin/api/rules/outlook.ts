// The shape of what a race would do: see protocol/race/outlook. What is not known is absent.
import { Type } from 'typebox';
import { Count, fields, oneOf } from '../../endpoint/schemas.js';

const Ms = Type.Number();

const Turn = oneOf(
  ['first', 'others', 'last', 'never'],
  '`first`: at once, alone; `others`: when that is late or has failed, or at once where nothing goes first; `last`: when nothing else is left; `never`: not in this race',
);

/** Each kind has fields of its own, with times in ms. */
const Reasons = Type.Array(Type.Object({ kind: Type.String() }, { additionalProperties: true }));

const Address = fields({
  address: Type.String(),
  turn: Turn,
  starts_ms: Type.Optional(Ms),
  why: Reasons,
  connect_ms: Type.Optional(Ms),
  first_byte_ms: Type.Optional(Ms),
  worked_ms: Type.Optional(Type.Number({ description: 'How long ago it last worked' })),
});

const Line = fields({
  line: Type.String(),
  tier: Count,
  cost_ms: Ms,
  weight: Type.Optional(Type.Number()),
  turn: Turn,
  why: Reasons,
  addresses: Type.Array(Address),
});

export const Outlooks = fields({
  alone_ms: Type.Optional(Type.Number({ description: 'How long the first one may take before the others start' })),
  stagger_ms: Ms,
  lines: Type.Array(Line),
});
