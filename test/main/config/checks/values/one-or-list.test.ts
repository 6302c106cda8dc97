// A word stands for a list of it, in every setting that is a list of words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsIn, loadJson, loadText, optionsOf } from '../../load-text.js';

const UPSTREAM = ['direct', { type: 'socks5', name: 'office', host: '192.0.2.1', port: 1080 }];
const LISTENER = { port: 7070, host: '0.0.0.0', allow_clients: '0.0.0.0/0' };

/** A word, and a configuration that has it, alone or in a list. */
const SETTINGS: readonly (readonly [string, string, (words: unknown) => object])[] = [
  ['rules.use', 'office', (use) => ({ upstream: UPSTREAM, rules: [{ port: 80, use }] })],
  ...(['domain', 'domain_suffix', 'user', 'tag'] as const).map(
    (key) => [`rules.${key}`, 'a', (words: unknown) => ({ rules: [{ [key]: words, block: true }] })] as const,
  ),
  ...(['cidr', 'client'] as const).map(
    (key) => [`rules.${key}`, '10.0.0.0/8', (words: unknown) => ({ rules: [{ [key]: words, block: true }] })] as const,
  ),
  ['rules.port', '8000-8999', (port) => ({ rules: [{ port, block: true }] })],
  ['rules.listener', '127.0.0.1:7070', (listener) => ({ rules: [{ listener, block: true }] })],
  ['users.lines', 'office', (lines) => ({ upstream: UPSTREAM, users: { alice: { password: 'x', lines } } })],
  ['egress.deny', 'private', (deny) => ({ egress: { deny } })],
  ['egress.allow', '10.0.0.5:5432', (allow) => ({ egress: { allow } })],
  ['allow_clients', '10.0.0.0/8', (allow_clients) => ({ host: '0.0.0.0', allow_clients })],
  ['listen.allow_clients', '10.0.0.0/8', (allow_clients) => ({ listen: [{ ...LISTENER, allow_clients }] })],
  ['listen.protocols', 'http', (protocols) => ({ listen: [{ ...LISTENER, protocols }] })],
  ['listen.proxy_protocol', '10.0.0.1', (from) => ({ listen: [{ ...LISTENER, proxy_protocol: { from } }] })],
  ['IpBlacklist', '192.0.2.0/24', (IpBlacklist) => ({ IpBlacklist })],
  ['nameservers', '192.0.2.53', (nameservers) => ({ nameservers })],
  ['nameservers_backup', '192.0.2.53', (nameservers_backup) => ({ nameservers_backup })],
  ['hosts', '192.0.2.1', (addresses) => ({ hosts: { 'a.test': addresses } })],
  ['dns.rebind_allow', 'lan', (rebind_allow) => ({ dns: { rebind_allow } })],
  ['dns.trusted', '192.0.2.0/24', (trusted) => ({ dns: { trusted } })],
  ['dns.probe.names', 'a.test', (names) => ({ dns: { probe: { names } } })],
  ['dns.probe.tlds', 'test', (tlds) => ({ dns: { probe: { tlds } } })],
  ['dns.probe.phantom_servers', '192.0.2.53', (phantom_servers) => ({ dns: { probe: { phantom_servers } } })],
];

test('a word alone means what a list of it means', () => {
  const usual = JSON.stringify(optionsOf(loadJson({})));
  for (const [key, word, of] of SETTINGS) {
    const options = optionsOf(loadJson(of(word)));
    assert.deepEqual(options, optionsOf(loadJson(of([word]))), key);
    assert.notEqual(JSON.stringify(options), usual, key);
  }
});

test('a wrong word alone is told at the key, without a place in a list', () => {
  assert.deepEqual(
    errorsIn({ egress: { deny: 'everybody' }, dns: { trusted: 'a.test', probe: { phantom_servers: 'x' } } }).map(
      (error) => error.replace(/ is not allowed; .*/, ''),
    ),
    ['egress.deny: "everybody"', 'dns.trusted: "a.test"', 'dns.probe.phantom_servers: "x"'],
  );
  const [use, lines] = errorsIn({
    ...{ upstream: UPSTREAM, rules: [{ use: 'ofice' }] },
    users: { alice: { password: 'x', lines: 'ofice' } },
  });
  assert.match(String(use), /^rules\[0\]\.use: "ofice" is not the name of a line; did you mean "office"\?$/);
  assert.match(String(lines), /^users\.alice\.lines: "ofice" is not the name of a line; did you mean "office"\?$/);
});

test('what is neither a word nor a list is told what may be', () => {
  for (const value of [7, { a: 1 }, true, null]) {
    const [error] = errorsIn({ egress: { deny: value } });
    assert.match(
      String(error),
      /^egress\.deny: .* is not allowed; allowed: one, or a list of at most 1000, each an IP/,
    );
    assert.match(
      String(errorsIn({ rules: [{ use: value }] })[0]),
      /allowed: the name of a line, or a list of 1 to 1024/,
    );
  }
});

test('a variable of the environment is one word, several, or a list', () => {
  const deny = (text: string): unknown =>
    optionsOf(loadText('c.json', undefined, { environment: { TCPROUTE_EGRESS_DENY: text } })).egress.deny;
  assert.deepEqual(deny('private'), ['private']);
  assert.deepEqual(deny('private, 192.0.2.0/24'), ['private', '192.0.2.0/24']);
  assert.deepEqual(deny('["private"]'), ['private']);
});
