// What runs, and what is wrong with it now.
import { Type } from 'typebox';
import { INBOUND_NAMES } from '../../../../protocol/inbound-name.js';
import { answered, type Endpoint, endpoint, refused } from '../../endpoint/endpoint.js';
import { Count, fields, oneOf, orNull, Time } from '../../endpoint/schemas.js';
import { told } from '../../endpoint/told.js';

const MAIN = 'the main thread';

const Version = fields({ version: Type.String({ description: 'The version of the program' }) });

const Listener = fields({
  name: Type.String(),
  address: Type.String({ description: 'An address and a port, or `unix:` and a path' }),
  protocols: Type.Array(oneOf(INBOUND_NAMES)),
  accepted: Count,
  refused: Type.Integer({ minimum: 0, description: 'Closed at once, because of where they came from' }),
  limited: Type.Integer({ minimum: 0, description: 'Refused, because their network was over a limit' }),
});

const Actor = fields({
  name: Type.String(),
  is_serving: Type.Boolean(),
  deaths: Type.Integer({ minimum: 0, description: 'How often it has died and was to be started again' }),
  last_death: orNull(fields({ at: Time, why: Type.String() })),
});

const Day = Type.String({ description: 'Of the local calendar, such as `2026-11-30`' });

const Budget = fields({
  name: Type.String(),
  bytes_used: Count,
  bytes_limit: Count,
  is_spent: Type.Boolean(),
  begins: Day,
  ends: Day,
  lines: Type.Array(Type.String()),
});

const Trouble = fields({
  topic: Type.String(),
  level: oneOf(['info', 'warn', 'error']),
  message: Type.String({ description: 'As in the log' }),
  fields: Type.Record(Type.String(), Type.Unknown()),
  since: Time,
});

const Udp = fields({
  associations: fields({ live: Count, max: Count }),
  flows: fields({ live: Count, max: Count }),
  datagrams_up: Count,
  datagrams_down: Count,
  bytes_up: Type.Integer({ minimum: 0, description: 'Without the headers in front of datagrams, as `bytes_down`' }),
  bytes_down: Count,
  dropped: Type.Integer({
    minimum: 0,
    description: 'Datagrams; the metric `tcproute_udp_dropped_total` has the causes',
  }),
  quic_races: Type.Integer({ minimum: 0, description: 'QUIC flows that were sent over a second line' }),
  quic_rescues: Type.Integer({ minimum: 0, description: 'Those that another line than the first one carried' }),
});

export const Status = fields({
  version: Type.String(),
  node: Type.String(),
  engine: oneOf(['uring', 'epoll']),
  pid: Count,
  started_at: Time,
  uptime_s: Count,
  state: oneOf(['serving', 'draining']),
  listeners: Type.Array(Listener),
  actors: Type.Array(Actor),
  connections: fields({ live: Count, max: Count }),
  udp: Udp,
  totals: Type.Record(Type.String(), Type.Number(), {
    description: 'Counters since the start, by the names of the log',
  }),
  fds: fields({ open: orNull(Count), max: Count }),
  memory: fields({ bytes_resident: Count, bytes_heap_used: Count, bytes_heap_total: Count, bytes_external: Count }),
  log_level: Type.String(),
  budgets: Type.Array(Budget),
  troubles: Type.Array(Trouble, { description: 'What is wrong now' }),
});

export const STATUS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/v1/version',
    summary: 'The version of the gateway',
    answer: Version,
    async handle(_, { gateway }) {
      const said = await told(MAIN, gateway.version());
      return said.code === 'told' ? answered({ version: said.value }) : said;
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/v1/status',
    summary: 'The whole gateway: listeners, actors, totals, limits, memory, budgets, and what is wrong now',
    answer: Status,
    async handle(_, { gateway }) {
      const said = await told(MAIN, gateway.status());
      if (said.code !== 'told') return said;
      return said.value === undefined ? refused(503, 'the gateway is still starting') : answered(said.value);
    },
  }),
];
