// What would become of a connection: which rule is for it, and which lines are left.
import { Type } from 'typebox';
import { formatEndpoint, parseIp } from '../../../../protocol/address/address.js';
import { targetOfText } from '../../../../protocol/address/target.js';
import { FAILURES } from '../../../../protocol/race/failure.js';
import { UNIX } from '../../../../protocol/rules/clients.js';
import { STICKY } from '../../../../protocol/rules/sticky.js';
import type { RulesTested } from '../../../../threads/contracts/admin/rules.js';
import { answered, type Endpoint, endpoint, refused } from '../../endpoint/endpoint.js';
import { Count, fields, oneOf, orNull } from '../../endpoint/schemas.js';
import { told } from '../../endpoint/told.js';
import type { AdminParts } from '../../shared/parts.js';
import { FlowOutlooks } from './flow-outlook.js';
import { Outlooks } from './outlook.js';

const ACTOR = 'a connection actor';
/** For names to be looked up. */
const RACE_MS = 12_000;
const PORT_USUAL = 443;
/** Rules that are named as passed over. */
const PLACES_MAX = 16;

const PLACE = { number: Count, place: Type.String({ description: 'Such as `config.json: line 7: rules[2]`' }) };
const Place = fields(PLACE);

const Applied = fields({
  ...PLACE,
  blocks: Type.Boolean(),
  lines: Type.Union([Type.Array(Type.String()), Type.Null()], { description: 'Those that it allows; null: all' }),
  sticky: Type.Union([oneOf(STICKY), Type.Null()], { description: 'For whom the line is kept' }),
});

export const Tested = fields({
  target: Type.String(),
  rule: orNull(Applied),
  passed_over: Type.Array(Place, { description: 'Rules before it that are for the target, but for other clients' }),
  refused: orNull(fields({ cause: Type.String(), sentence: Type.String() })),
  lines: Type.Array(Type.String(), { description: 'Those that rule and user leave to the race' }),
  race: orNull(Outlooks),
  flow: orNull(FlowOutlooks),
});

export const RULES: readonly Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/api/v1/rules/test',
    summary:
      'Which rule is for a target and a client, which lines are left, and what a race would do; nothing is dialled',
    query: fields({
      target: Type.String({
        minLength: 1,
        maxLength: 300,
        description: '`host` or `host:port`; the usual port is 443',
      }),
      client: Type.Optional(
        Type.String({ maxLength: 64, description: 'The address of the client, or `unix`; this machine without it' }),
      ),
      user: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
      tag: Type.Optional(Type.String({ maxLength: 255, description: 'What a user has behind `+`' })),
      listener: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
      race: Type.Optional(
        Type.Boolean({ default: false, description: 'With the order of lines and addresses: names are looked up' }),
      ),
      udp: Type.Optional(
        Type.Boolean({
          default: false,
          description: 'In place of a race: what a flow of datagrams would do; names are looked up',
        }),
      ),
    }),
    answer: Tested,
    async handle({ query: { target: text, client: ip, user, tag, listener, race = false, udp = false } }, parts) {
      const target = targetOfText(text, PORT_USUAL);
      if (target === undefined) return refused(400, `${JSON.stringify(text)} is no target; allowed: host or host:port`);
      if (ip !== undefined && ip !== UNIX && parseIp(ip) === undefined)
        return refused(400, `query "client": ${JSON.stringify(ip)} is not allowed; allowed: an IP address, or unix`);
      const [actor] = parts.connections().values();
      const as = { ip, user, tag, listener };
      const isOwn = Object.values(as).every((one) => one === undefined);
      const said = await told(
        ACTOR,
        actor?.testRules(target, isOwn ? undefined : as, udp ? 'flow' : race ? 'race' : undefined),
        RACE_MS,
      );
      if (said.code !== 'told') return said;
      const tested = said.value;
      if (tested.code === 'unknown')
        return refused(404, `${JSON.stringify(as[tested.what])} is not the name of a ${tested.what}`);
      return answered({ target: formatEndpoint(target.asked, target.port), ...(await shown(tested, parts)) });
    },
  }),
];

type Outcome = Extract<RulesTested, { readonly code: 'tested' }>;

async function shown({ ruled, refused: cause, lines, outlook, flow }: Outcome, { gateway, options }: AdminParts) {
  const { rule, ruling } = ruled;
  const passed = ruled.passedOver.slice(0, PLACES_MAX);
  const numbers = rule === undefined ? passed : [rule, ...passed];
  const said = numbers.length === 0 ? undefined : await told('the main thread', gateway.placesOfRules(numbers));
  const placed = numbers.map((number, index) => ({
    number,
    place: (said?.code === 'told' ? said.value[index] : undefined) ?? `rules[${number}]`,
  }));
  const names = new Map(options().lines.map(({ number, name }) => [number, name]));
  const choice = ruling === undefined || ruling === 'block' ? undefined : ruling;
  const own = placed.find(({ number }) => number === rule);
  return {
    rule:
      own === undefined
        ? null
        : {
            ...{ ...own, blocks: ruling === 'block' },
            lines: choice?.lines?.map((line) => names.get(line) ?? '') ?? null,
            sticky: choice === undefined || choice.sticky === false ? null : choice.sticky,
          },
    passed_over: placed.filter((one) => one !== own),
    refused: cause === undefined ? null : { cause, sentence: FAILURES[cause].sentence },
    lines,
    race: outlook ?? null,
    flow: flow ?? null,
  };
}
