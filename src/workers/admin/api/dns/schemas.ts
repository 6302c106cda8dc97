// The shapes of names, answers and servers.
import { Type } from 'typebox';
import { DROP_REASONS, type DropReason } from '../../../../protocol/trust/evidence.js';
import { Count, fields, oneOf, orNull, Times } from '../../endpoint/schemas.js';

const REASONS = Object.keys(DROP_REASONS) as DropReason[];

export const Name = Type.String({
  minLength: 1,
  maxLength: 512,
  description: 'A host name; with a dot at its end the search list of the machine is not used',
});

const Addresses = Type.Array(Type.String());

const Dropped = Type.Array(
  fields({ address: Type.String(), why: oneOf(REASONS, 'Why the address is not used: see `tcproute dns`') }),
);

const Part = fields({
  server: Type.String(),
  addresses: Addresses,
  dropped: Dropped,
  last: Type.Array(Type.String(), { description: 'Those that are tried last' }),
});

const Seconds = Type.Number({ minimum: 0 });

const KeptAnswer = fields({
  asked: Type.String({ description: 'The name as it was asked, with a dot at its end or without one' }),
  kind: oneOf(['found', 'none']),
  exists: Type.Boolean({ description: 'False: there is no such name' }),
  is_partial: Type.Boolean({ description: 'One address family is missing, since it failed' }),
  freshness: oneOf(['fresh', 'due', 'stale'], '`due`: renewed with the next use; `stale`: expired'),
  ttl_s: Seconds,
  age_s: Seconds,
  is_resting: Type.Boolean({ description: 'Renewing it has failed less than half a minute ago' }),
  parts: Type.Array(Part),
});

export const Known = fields({
  name: Type.String(),
  hosts: orNull(Addresses),
  answers: Type.Array(KeptAnswer),
  is_in_flight: Type.Boolean(),
});

const Table = fields({ size: Count, max: Count });
const Tables = Type.Record(Type.String(), Table);
const Counts = Type.Record(Type.String(), Count);

const Server = fields({
  id: Type.String({ description: 'As in the configuration, such as `udp://8.8.8.8:53`' }),
  backup: Type.Boolean(),
  latency_ms: Type.Union([Type.Number(), Type.Null()], { description: 'Smoothed' }),
  times: Times,
  counts: Counts,
  tables: Tables,
});

export const Statistics = fields({
  servers: Type.Array(Server),
  lookups: Counts,
  tables: Tables,
  evidence: Type.Record(Type.String(), Count, { description: 'Addresses with evidence of each kind' }),
  probes: fields({ probes: Count, found: Count, intercepted: Count }),
});

const ServerAnswer = fields({
  server: Type.String(),
  backup: Type.Boolean(),
  type: oneOf(['A', 'AAAA']),
  time_ms: Type.Number({ minimum: 0 }),
  kind: Type.String({ description: 'Such as `addresses`, `nxdomain` or `no-answer`' }),
  addresses: Addresses,
  ttl_s: Type.Optional(Seconds),
  verdict: oneOf(['clean', 'partly clean', 'suspect', 'doubtful', 'none']),
  why: Type.String({ description: 'The reason of a verdict that is not clean' }),
  dropped: Type.Optional(Dropped),
});

const Choice = fields({
  code: oneOf(['found', 'no-such-name', 'failed', 'overloaded']),
  addresses: Type.Optional(Addresses),
  exists: Type.Optional(Type.Boolean()),
  reason: Type.Optional(Type.String()),
  ttl_s: Type.Optional(Seconds),
  partial: Type.Optional(Type.Boolean()),
  stale: Type.Optional(Type.Boolean()),
  more: Type.Optional(Type.Boolean({ description: 'The lookup goes on' })),
});

export const Explained = fields({
  name: Type.String(),
  hosts: orNull(Addresses),
  answers: Type.Array(ServerAnswer),
  choice: Choice,
});
