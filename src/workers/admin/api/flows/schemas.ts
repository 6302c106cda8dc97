// What the endpoints of flows take and give. The names are those of connections, where these have the same.
import { Type } from 'typebox';
import { FLOW_ENDINGS, FLOW_KINDS, FLOW_PHASES } from '../../../../protocol/udp/flow-record.js';
import { Count, fields, oneOf, Time } from '../../endpoint/schemas.js';
import { FILTER, PAGED } from '../connections/schemas.js';

/** No text that means something is longer. */
const TEXT_MAX = 300;

const FLOW_FILTER = {
  ...FILTER,
  target: Type.Optional(
    Type.String({
      ...{ minLength: 1, maxLength: TEXT_MAX },
      description:
        'What the client sends to, as for connections; a name may also be the one in the ClientHello of a QUIC flow',
    }),
  ),
  kind: Type.Optional(oneOf(FLOW_KINDS, 'What its port and its first datagram tell')),
  association: Type.Optional(
    Type.String({ minLength: 1, maxLength: TEXT_MAX, description: 'The `id` of the control connection' }),
  ),
};

export const Filter = fields(FLOW_FILTER);
export const Listed = fields({ ...FLOW_FILTER, ...PAGED });

export const Id = fields({ id: Type.String({ minLength: 1, maxLength: TEXT_MAX, description: 'The `id` of a flow' }) });

const ms = (description: string) => Type.Number({ minimum: 0, description });
const count = (description: string) => Type.Integer({ minimum: 0, description });

const Attempt = fields({
  line: Type.String(),
  address: Type.Optional(Type.String({ description: 'Absent where the proxy looks the name up' })),
  sent_ms: Type.Optional(ms('When the first datagrams went out over it, from the opening of the flow on')),
  ended_ms: Type.Optional(ms('When it answered, failed or was given up')),
  datagrams: count('Datagrams of the client that went out over it during the race'),
  result: Type.Optional(
    Type.String({ description: '`answered`, `silent`, `forged`, `abandoned`, or the code of a failure' }),
  ),
});

export const Flow = fields({
  id: Type.String({ description: 'No other flow ever has it' }),
  association: Type.String({ description: 'The `id` of the control connection of its association' }),
  client: Type.String({ description: '`address:port` of that connection, or `unknown`' }),
  listener: Type.String(),
  user: Type.Optional(Type.String()),
  tag: Type.Optional(Type.String({ description: 'What the client wrote behind the name and a `+`' })),
  target: Type.String({ description: '`host:port`' }),
  sni: Type.Optional(Type.String({ description: 'The name in the ClientHello of a QUIC flow' })),
  kind: oneOf(FLOW_KINDS),
  phase: oneOf(FLOW_PHASES, '`waiting` as long as no line carries it'),
  line: Type.Optional(Type.String()),
  address: Type.Optional(Type.String({ description: 'What is sent to; absent where the proxy looks the name up' })),
  datagrams_up: count('From the client'),
  datagrams_down: count('To the client'),
  bytes_up: Count,
  bytes_down: Count,
  first_answer_ms: Type.Optional(ms('From its opening to the first answer')),
  attempts: Type.Array(Attempt, { description: 'The lines of its QUIC race, in the order in which they were used' }),
  opened_at: Time,
  ended_at: Type.Optional(Time),
  duration_ms: count('Until it ended, or until now'),
  silent_ms: Type.Optional(count('Since a datagram moved; absent when it has ended')),
  ending: Type.Optional(oneOf(FLOW_ENDINGS)),
  cause: Type.Optional(Type.String({ description: 'Why nothing carries it' })),
  detail: Type.Optional(Type.String({ description: 'What the kernel, a proxy or the DNS servers said of it' })),
});

export const Page = fields({
  flows: Type.Array(Flow),
  matched: count('How many there are in all that the filter means'),
  next: Type.Optional(Type.String({ description: 'For `cursor`; absent on the last page' })),
  silent_workers: Type.Array(Type.Integer(), {
    description: 'Workers that have not answered in time: their flows are missing here',
  }),
});

export const Closed = fields({ closed: count('Flows that were ended') });
