// The configuration in effect, a reload, and the level of the log.
import { Type } from 'typebox';
import type { LogLevel } from '../../../../protocol/options.js';
import { SOURCES } from '../../../../threads/contracts/admin/configuration.js';
import { answered, type Endpoint, endpoint, refused } from '../../endpoint/endpoint.js';
import { fields, oneOf, orNull } from '../../endpoint/schemas.js';
import { told } from '../../endpoint/told.js';

const MAIN = 'the main thread';
const STARTS = refused(503, 'the gateway is still starting');
/** For long lists of rules to be read and compiled, and after an earlier reload. */
const RELOAD_MS = 120_000;
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const satisfies readonly LogLevel[];

export const Values = fields({
  key: Type.String({ description: 'Such as `limits.connections_max`: see docs/config.md' }),
  value: Type.Unknown({ description: 'With `***` for what is secret' }),
  source: fields({
    kind: oneOf(SOURCES, '`computed`: by the gateway itself; `admin`: set by the API, until the next reload'),
    name: Type.Optional(Type.String({ description: 'The file, the variable or the flag' })),
    line: Type.Optional(Type.Integer({ minimum: 1 })),
  }),
  configured: Type.Optional(Type.Unknown({ description: 'What the configuration says instead of the value' })),
});

const Texts = Type.Array(Type.String());

export const CONFIGURATION: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/v1/configuration',
    summary: 'The configuration in effect: every key with its value, and where that came from; secrets are masked',
    answer: fields({ file: orNull(Type.String()), values: Type.Array(Values) }),
    async handle(_, { gateway }) {
      const said = await told(MAIN, gateway.configuration());
      if (said.code !== 'told') return said;
      if (said.value === undefined) return STARTS;
      return answered(said.value);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/api/v1/configuration/{key}',
    summary: 'One key of the configuration in effect',
    params: fields({ key: Type.String({ minLength: 1, maxLength: 100 }) }),
    answer: Values,
    async handle({ params: { key } }, { gateway }) {
      const said = await told(MAIN, gateway.configuration());
      if (said.code !== 'told') return said;
      if (said.value === undefined) return STARTS;
      const one = said.value.values.find((value) => value.key === key);
      return one === undefined ? refused(404, `${JSON.stringify(key)} is no key of the configuration`) : answered(one);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/api/v1/configuration/reload',
    summary: 'Reads the configuration again, as `tcproute reload` does; where anything is wrong, nothing changes',
    answer: fields({ changed: Texts, needs_restart: Texts, warnings: Texts }),
    async handle(_, { gateway }) {
      const said = await told(MAIN, gateway.reload(), RELOAD_MS);
      if (said.code !== 'told') return said;
      const reloaded = said.value;
      if (reloaded.code === 'refused') return refused(409, `nothing has changed: ${reloaded.problems.join('; ')}`);
      const { changed, needsRestart, warnings } = reloaded;
      return answered({ changed, needs_restart: needsRestart, warnings });
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/api/v1/configuration/log-level',
    summary: 'Sets the level of the log until the next reload',
    body: fields({ level: oneOf(LEVELS) }),
    answer: fields({ level: oneOf(LEVELS), before: oneOf(LEVELS) }),
    async handle({ body: { level } }, { gateway }) {
      const said = await told(MAIN, gateway.setLogLevel(level), RELOAD_MS);
      if (said.code !== 'told') return said;
      return said.value.code === 'starting' ? STARTS : answered({ level, before: said.value.before });
    },
  }),
];
