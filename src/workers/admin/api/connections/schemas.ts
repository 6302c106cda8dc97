// What the endpoints of connections take and give. The names are those of the access log.
import { Type } from 'typebox';
import { SORT_KEYS } from '../../../../protocol/connections/order.js';

/** Connections in one answer. */
export const LIMIT_MAX = 1000;
const LIMIT_USUAL = 100;
/** No text that means something is longer. */
const TEXT_MAX = 300;

const time = (description: string) => Type.String({ format: 'date-time', description });
const count = (description: string) => Type.Integer({ minimum: 0, description });
const ms = (description: string) => Type.Number({ minimum: 0, description });
const oneOf = <Values extends string[]>(values: readonly [...Values], description: string) =>
  Type.Enum(values, { description });
const text = (description: string) => Type.String({ minLength: 1, maxLength: TEXT_MAX, description });

export const FILTER = {
  client: Type.Optional(
    text('The address of the client, or a network such as 192.0.2.0/24; `unix` for clients of Unix sockets'),
  ),
  user: Type.Optional(text('The name with which the client has authenticated itself')),
  target: Type.Optional(
    text(
      'What the client asked for: a name, which stands for all names below it too, an address or a network; with `:443` behind it, or `:443` alone, the port',
    ),
  ),
  line: Type.Optional(text('The name of the line that carries it')),
  listener: Type.Optional(text('The name of the listener by which it came in')),
};

export const Filter = Type.Object(FILTER, { additionalProperties: false });

/** Which of them, in which order, and how many. */
export const PAGED = {
  state: Type.Optional(
    oneOf(['live', 'ended'], 'Those that live (this is usual), or those that ended last, some of each worker'),
  ),
  sort: Type.Optional(
    oneOf(SORT_KEYS, 'By what they are sorted; usual is `opened_at`, and `ended_at` of those that ended'),
  ),
  order: Type.Optional(oneOf(['desc', 'asc'], 'The greatest first (this is usual), or the smallest')),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: LIMIT_MAX, default: LIMIT_USUAL, description: 'How many are in the answer' }),
  ),
  cursor: Type.Optional(
    text(
      'The `next` of the page before, with all else as it was. What is sorted by bytes moves: such a page may miss one, or have it again',
    ),
  ),
};

export const Listed = Type.Object({ ...FILTER, ...PAGED }, { additionalProperties: false });

export const Id = Type.Object(
  { id: text('The `id` of a connection, which no other one ever has') },
  { additionalProperties: false },
);

const SUMMARY = {
  id: Type.String({ description: 'No other connection ever has it' }),
  phase: oneOf(
    ['handshake', 'race', 'relay', 'ended'],
    'The client has not said where it wants to go; nothing carries it yet; a line carries it; it is over',
  ),
  client: Type.String({ description: '`address:port`, `unix`, or `unknown`' }),
  listener: Type.String(),
  user: Type.Optional(Type.String()),
  tag: Type.Optional(Type.String({ description: 'What the client wrote behind the name and a `+`' })),
  association: Type.Optional(
    Type.String({
      description:
        'The `id`, of a connection on which a client has an association for datagrams: its flows have it, too',
    }),
  ),
  target: Type.Optional(
    Type.String({
      description: '`host:port`; of an association `udp`, with the port where the client sends its datagrams',
    }),
  ),
  line: Type.Optional(Type.String()),
  address: Type.Optional(Type.String({ description: "What was dialled: the target, or the line's first proxy" })),
  cause: Type.Optional(Type.String({ description: 'Why there is no connection' })),
  attempts: count('Attempts of its race'),
  connect_ms: Type.Optional(ms('How long the attempt took that carries it')),
  bytes_up: count('From the client'),
  bytes_down: count('To the client'),
  bytes_up_per_s: Type.Optional(ms('Bytes a second, as last measured, of what carries much')),
  bytes_down_per_s: Type.Optional(ms('The same to the client')),
  opened_at: time('When it was opened'),
  ended_at: Type.Optional(time('When it ended')),
  duration_ms: count('Until it ended, or until now'),
  ending: Type.Optional(Type.String({ description: 'How it ended' })),
};

export const Summary = Type.Object(SUMMARY);

export const Page = Type.Object({
  connections: Type.Array(Summary),
  matched: count('How many there are in all that the filter means'),
  next: Type.Optional(Type.String({ description: 'For `cursor`; absent on the last page' })),
  silent_workers: Type.Array(Type.Integer(), {
    description: 'Workers that have not answered in time: their connections are missing here',
  }),
});

const attemptTime = (description: string) => Type.Optional(Type.Number({ description }));

const Attempt = Type.Object({
  line: Type.String(),
  address: Type.String(),
  remembered: Type.Boolean({ description: 'It went first and alone, since it is remembered as the best' }),
  trial: Type.Optional(
    Type.Boolean({ description: 'It was only tried, to find out whether a cheaper line works again' }),
  ),
  started_ms: Type.Number({ description: 'From the beginning of the race, as all times of attempts' }),
  connected_ms: attemptTime('When it was connected'),
  asked_ms: attemptTime("When the client's ClientHello was sent to it"),
  answered_ms: attemptTime('When the first byte came'),
  ended_ms: attemptTime('When it failed or was given up'),
  result: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String({ description: 'What the kernel or the proxy said' })),
});

export const Detailed = Type.Object({
  ...SUMMARY,
  race: Type.Optional(
    Type.Object({
      target: Type.String(),
      attempts: Type.Array(Attempt, { description: 'In the order of their starts' }),
      winner: Type.Optional(count('The index of the attempt that carries the connection')),
      why: Type.Optional(Type.String({ description: 'Why it won' })),
      total_ms: ms('Until the winner answered, or was connected if nothing was heard; else until the race was over'),
      reply: Type.Optional(count('The reply to the client, as a code of its protocol')),
      cause: Type.Optional(Type.String({ description: 'Why there is no connection' })),
      detail: Type.Optional(Type.String()),
      rule: Type.Optional(count('The place in the configuration of the rule that blocked it')),
      told: Type.Optional(
        Type.Object(
          {
            line: Type.String({ description: 'With which the race began' }),
            gateway: Type.String({ description: 'Which gateway of the site has told that it works' }),
            age_ms: ms('For how long that gateway had known it'),
          },
          { description: 'The hint of another gateway by which the race was ordered' },
        ),
      ),
    }),
  ),
});

export const Closed = Type.Object({ closed: count('Connections that were reset') });
