// Measures decisions by rules that are for some clients only, beside as many rules that are for all.
import { type Target, targetOfName } from '../../src/protocol/address/target.js';
import type { ClientConditions } from '../../src/protocol/rules/clients.js';
import { compileRules, type RuleTables } from '../../src/protocol/rules/compile.js';
import { Rules } from '../../src/protocol/rules/match.js';
import type { Destinations, Rule } from '../../src/protocol/rules/rule.js';
import type { Client } from '../../src/protocol/users/client.js';
import { shared } from '../../src/threads/shared/shared-tables.js';
import { ASKED, type Case, measure } from './measure.js';
import { below, label } from './random.js';

/** Different clients. A rule is for one of them. */
const CLIENTS = 100;
const NONE: ClientConditions = { client: [], user: [], tag: [], listener: [] };

interface Asked {
  readonly target: Target;
  readonly client: Client;
}

const clients = Array.from(
  { length: CLIENTS },
  (_, number): Client => ({
    ip: Uint8Array.of(10, 0, number, 1),
    user: { name: `user${number}`, tag: `tag${number}` },
    listener: 0,
  }),
);

/** What the rule number `rule` asks of its client. */
const CONDITIONS: Readonly<Record<string, (rule: number) => Partial<ClientConditions>>> = {
  client: (rule) => ({ client: [`10.0.${rule % CLIENTS}.0/24`] }),
  user: (rule) => ({ user: [`user${rule % CLIENTS}`] }),
  tag: (rule) => ({ tag: [`tag${rule % CLIENTS}`] }),
  'client, user and tag': (rule) => ({
    client: [`10.0.${rule % CLIENTS}.0/24`],
    user: [`user${rule % CLIENTS}`],
    tag: [`tag${rule % CLIENTS}`],
  }),
};

function rulesOf(rules: readonly Pick<Rule, 'destinations' | 'clients'>[]): Rules {
  const whole = rules.map((rule): Rule => ({ ports: [], ...rule, ruling: { lines: [0], sticky: false } }));
  return new Rules(shared(compileRules(whole, () => []) as RuleTables));
}

const somewhereBelow = (suffix: string): Target => targetOfName(`${label()}.${suffix}`, 443) as Target;

/** Rules for one suffix each, asked by the client that each is for, and in the end by another one. */
export function measureConditions(suffixes: readonly string[]): void {
  const destinations = suffixes.map(
    (suffix): Destinations => ({ domain: [], domain_suffix: [suffix], cidr: [], files: [] }),
  );
  const asked = Array.from({ length: ASKED }, (): Asked => {
    const rule = below(suffixes.length);
    return { target: somewhereBelow(suffixes[rule]), client: clients[rule % CLIENTS] };
  });
  const others = asked.map(({ target, client }) => ({
    target,
    client: clients[(clients.indexOf(client) + 1) % CLIENTS],
  }));
  const unconditional = rulesOf(destinations.map((one) => ({ destinations: one })));
  const cases: Case<Asked>[] = [
    { what: '  no condition', asked, find: ({ target, client }) => unconditional.match(target, client) },
  ];
  for (const [what, of] of Object.entries(CONDITIONS)) {
    const rules = rulesOf(destinations.map((one, rule) => ({ destinations: one, clients: { ...NONE, ...of(rule) } })));
    const find = ({ target, client }: Asked) => rules.match(target, client);
    cases.push({ what: `  ${what}`, asked, find }, { what: `  ${what}, of another client`, asked: others, find });
  }
  console.log(`${suffixes.length} rules of one suffix each, with a condition of`);
  measure(cases);
}

/** Rules of which each is for one user and any destination: a list, which is walked. The last user is asked for. */
export function measureWalks(suffixes: readonly string[]): void {
  const cases = [10, 100, 1000].map((users): Case<Target> => {
    const rules = rulesOf(
      Array.from({ length: users }, (_, number) => ({
        destinations: undefined,
        clients: { ...NONE, user: [`user${number}`] },
      })),
    );
    const last: Client = { ip: undefined, user: { name: `user${users - 1}`, tag: undefined }, listener: 0 };
    return {
      what: `${users} rules for users, the last`,
      asked: Array.from({ length: ASKED }, () => somewhereBelow(suffixes[below(suffixes.length)])),
      find: (target) => rules.match(target, last),
    };
  });
  measure(cases);
}
