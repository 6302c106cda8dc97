// The shape of what a flow of datagrams would do: see protocol/udp/flow-outlook.ts. What is not known is absent.
import { Type } from 'typebox';
import { Count, fields } from '../../endpoint/schemas.js';

/** Each kind has fields of its own, with times in ms. */
const Reasons = Type.Array(Type.Object({ kind: Type.String() }, { additionalProperties: true }));

const Address = fields({
  address: Type.Optional(Type.String({ description: 'Absent where a proxy resolves the name' })),
  turn: Count,
  why: Reasons,
  answers_ms: Type.Optional(Type.Number({ description: 'The usual time to the first answer' })),
  late_ms: Type.Number({ description: 'From when on an answer is late' }),
  worked_ms: Type.Optional(Type.Number({ description: 'How long ago it last worked' })),
});

export const FlowOutlooks = fields({
  refused: Type.Optional(fields({ cause: Type.String(), sentence: Type.String() })),
  lines: Type.Array(
    fields({
      line: Type.String(),
      why: Reasons,
      addresses: Type.Array(Address, { description: 'In the order of their turns; none where the line has none' }),
    }),
  ),
});
