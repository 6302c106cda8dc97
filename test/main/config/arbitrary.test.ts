import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Diagnostics } from '../../../src/main/config/diagnostics/diagnostics.js';
import { finish } from '../../../src/main/config/finish.js';
import { KEYS, SPELLINGS } from '../../../src/main/config/keys.js';
import { rawFromEnvironment, rawFromFile } from '../../../src/main/config/raw-values.js';
import { parseJson, parseToml, parseYaml } from '../../../src/main/config/sources/syntax.js';

const words = ['type', 'list', 'upstream', 'host', 'port', 'name', 'password', 'username', 'source_ip', 'source_port'];
const ruleWords = [
  ...['domain', 'domain_suffix', 'cidr', 'port', 'domain_file', 'cidr_file', 'use', 'block', 'sticky'],
  ...['client', 'user', 'tag', 'listener'],
];
const texts = fc.constantFrom(
  'direct',
  'socks5',
  'multipath',
  'system',
  '8.8.8.8',
  '::1',
  'INDO',
  '@',
  '__proto__',
  '',
);
const keys = fc.constantFrom(
  ...words,
  ...ruleWords,
  ...KEYS.map(({ path }) => path.split('.').pop() as string),
  ...Object.keys(SPELLINGS),
);
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ maxDepth: 6, depthSize: 'small' }, fc.jsonValue(), texts, fc.double(), tie('list'), tie('object')),
  list: fc.array(tie('tree'), { maxLength: 4 }),
  object: fc.dictionary(fc.oneof(keys, fc.string()), tie('tree'), { maxKeys: 5 }),
}));

/** Settles a tree to options or to errors, never to both or neither. */
function finished(document: unknown): void {
  const diagnostics = new Diagnostics();
  const options = finish(rawFromFile(document, { name: 'c.json' }, diagnostics), diagnostics);
  assert.equal(options === undefined, diagnostics.errors.length > 0);
  for (const text of [...diagnostics.errors, ...diagnostics.warnings])
    assert.match(text, /^(?:c\.json: |and \d+ more )/);
}

test('no tree makes loading throw, and each is either loaded or refused', () => {
  fc.assert(fc.property(fc.jsonValue(), finished));
  fc.assert(fc.property(tree, finished));
  fc.assert(fc.property(fc.dictionary(fc.constantFrom(...KEYS.map(({ path }) => path)), tree), finished));
  const rule = fc.dictionary(
    fc.constantFrom(...ruleWords),
    fc.oneof(tree, fc.boolean(), fc.integer(), fc.array(texts)),
  );
  fc.assert(fc.property(fc.array(rule), (rules) => finished({ rules })));
});

test('no text makes a parser throw', () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...'{}[]:,"\'#-&*!|>%@` \n\tab1=._') }));
  for (const parse of [parseJson, parseYaml, parseToml]) {
    fc.assert(fc.property(text, (some) => assert.match(parse(some).kind, /^(parsed|invalid)$/)));
  }
});

test('no environment makes loading throw', () => {
  const variables = fc.constantFrom(...KEYS.map(({ setting }) => setting.env), 'TCPROUTE_X');
  fc.assert(
    fc.property(fc.dictionary(variables, fc.oneof(fc.string(), fc.json(), texts)), (environment) => {
      const diagnostics = new Diagnostics();
      const options = finish(rawFromEnvironment(environment, diagnostics), diagnostics);
      assert.equal(options === undefined, diagnostics.errors.length > 0);
    }),
  );
});
