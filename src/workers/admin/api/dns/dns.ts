// Names: the servers and what has come of them, the cache, and all servers asked for one name.
import { isIP } from 'node:net';
import { Type } from 'typebox';
import { normaliseName } from '../../../../protocol/address/host-name.js';
import type { Options } from '../../../../protocol/options.js';
import { answered, type Endpoint, endpoint, type Refusal, refused } from '../../endpoint/endpoint.js';
import { fields } from '../../endpoint/schemas.js';
import { told } from '../../endpoint/told.js';
import { Explained, Known, Name, Statistics } from './schemas.js';

const ACTOR = 'the DNS actor';
/** Added to the deadlines of the DNS actor. */
const GRACE_MS = 2000;

export const DNS: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/v1/dns',
    summary: 'The DNS servers with their latencies and counts, the lookups, and how full the tables are',
    answer: Statistics,
    async handle(_, { names }) {
      const said = await told(ACTOR, names()?.statistics());
      if (said.code !== 'told') return said;
      const { servers, ...rest } = said.value;
      return answered({
        ...rest,
        servers: servers.map(({ latency_ms, ...server }) => ({ ...server, latency_ms: latency_ms ?? null })),
      });
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/v1/dns/names/{name}',
    summary: 'What the cache has of a name; no server is asked',
    params: fields({ name: Name }),
    answer: Known,
    async handle({ params: { name } }, { names }) {
      const said = await told(ACTOR, names()?.known(name));
      if (said.code !== 'told') return said;
      const known = said.value;
      return known === undefined ? noName(name) : answered({ ...known, hosts: known.hosts ?? null });
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/api/v1/dns/names/{name}',
    summary: 'Forgets the answers of a name, here and in all connection actors, so that it is asked for again',
    params: fields({ name: Name }),
    answer: fields({
      name: Type.String(),
      forgotten: Type.Integer({ minimum: 0, maximum: 2, description: 'Answers that the cache had' }),
    }),
    async handle({ params: { name } }, { names }) {
      const said = await told(ACTOR, names()?.flush(name));
      if (said.code !== 'told') return said;
      return said.value === undefined ? noName(name) : answered({ name, forgotten: said.value });
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/v1/dns/ask',
    summary: 'Asks all servers for a name now, and judges each answer, as `tcproute dns` does',
    body: fields({ name: Name }),
    answer: Explained,
    async handle({ body: { name } }, { names, options }) {
      if (isIP(name) === 0 && normaliseName(name) === undefined) return noName(name);
      const said = await told(ACTOR, names()?.ask(name), patience_ms(options().dns));
      if (said.code !== 'told') return said;
      if (said.value.code === 'busy') return refused(503, 'as many names are being asked for as may be at a time');
      const { hosts, ...rest } = said.value.explanation;
      return answered({ ...rest, hosts: hosts ?? null });
    },
  }),
];

/** For the questions, the first probe, late answers, and the choice. */
const patience_ms = ({ try_timeout_ms, timeout_ms, hold_ms }: Options['dns']): number =>
  try_timeout_ms + timeout_ms + hold_ms + timeout_ms + GRACE_MS;

const noName = (name: string): Refusal => refused(400, `${JSON.stringify(name)} is not a host name`);
