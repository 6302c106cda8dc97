// What the rules say of quiet connections once it is known which address was dialled.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '../../../../../src/protocol/address/address.js';
import { type Target, targetOfName } from '../../../../../src/protocol/address/target.js';
import { compileRules } from '../../../../../src/protocol/rules/compile.js';
import type { Rule } from '../../../../../src/protocol/rules/rule.js';
import { RulesReplica } from '../../../../../src/workers/connection/shared/replicas/rules.js';

const QUIET = { idle_timeout_ms: 0 };
const NONE = { domain: [], domain_suffix: [], cidr: [], files: [] };
const INSIDE = parseIp('10.1.2.3');
const OUTSIDE = parseIp('192.0.2.1');

const ranged = (cidr: string, ruling: Rule['ruling']): Rule => ({
  destinations: { ...NONE, cidr: [cidr] },
  ports: [],
  ruling,
});
const named = (host: string): Target => targetOfName(host, 5432) as Target;
const replicaOf = (...rules: readonly Rule[]): RulesReplica => new RulesReplica(compileRules(rules, () => []));

test('a rule by range is for what a name was dialled at, and for nothing that a proxy resolves', () => {
  const rules = replicaOf(ranged('10.0.0.0/8', { lines: undefined, sticky: false, quiet: QUIET }));
  assert.equal(rules.quietAt(named('db.test'), INSIDE, undefined), QUIET);
  assert.equal(rules.quietAt(named('db.test'), OUTSIDE, undefined), undefined);
  assert.equal(rules.quietAt(named('db.test'), undefined, undefined), undefined);
  // The rule for an address that the client asked for is known without this.
  assert.equal(rules.quietAt(named('10.1.2.3'), INSIDE, undefined), undefined);
});

test('rules that say nothing of it are not asked', () => {
  const use = { lines: [0], sticky: false } as const;
  assert.equal(replicaOf(ranged('10.0.0.0/8', use)).quietAt(named('db.test'), INSIDE, undefined), undefined);
  assert.equal(new RulesReplica(undefined).quietAt(named('db.test'), INSIDE, undefined), undefined);
});
