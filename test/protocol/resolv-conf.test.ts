import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseHosts } from '../../src/protocol/hosts-file.js';
import { leftToGetaddrinfo, parseNsswitch, parseResolvConf, searched } from '../../src/protocol/resolv-conf.js';

test('servers, search list and ndots', () => {
  const text = `# made by hand
nameserver 192.0.2.53
 nameserver 2001:DB8::53 ; six
nameserver fe80::1%eth0
nameserver 192.0.2.54
nameserver nonsense
domain old.test
search Corp.Test. lan
options timeout:1 ndots:2 rotate
`;
  assert.deepEqual(parseResolvConf(text), {
    servers: ['192.0.2.53', '2001:db8::53', 'fe80::1%eth0'],
    search: ['corp.test', 'lan'],
    ndots: 2,
  });
  assert.deepEqual(parseResolvConf(''), { servers: ['127.0.0.1'], search: [], ndots: 1 });
  assert.equal(parseResolvConf('options ndots:9999').ndots, 15);
});

test('the search list comes after a name with dots enough, else before it', () => {
  const conf = { servers: [], search: ['a.test', 'b.test'], ndots: 1 };
  assert.deepEqual(searched('www', conf), ['www.a.test', 'www.b.test', 'www']);
  assert.deepEqual(searched('www.x', conf), ['www.x', 'www.x.a.test', 'www.x.b.test']);
  assert.deepEqual(searched('www', { ...conf, search: [] }), ['www']);
  assert.deepEqual(searched(`${'a'.repeat(63)}.`.repeat(3) + 'a'.repeat(60), conf).length, 1);
});

test('names are asked by ourselves where hosts files and DNS are all there is', () => {
  for (const [line, isPlain, hasDns] of [
    ['', true, true],
    ['hosts: files dns', true, true],
    ['passwd: ldap\nhosts:\tfiles mymachines mdns4_minimal [NOTFOUND=return] dns myhostname # x', true, true],
    ['hosts: files resolve [!UNAVAIL=return] dns', true, true],
    ['hosts: files', false, false],
    ['hosts: files ldap', false, false],
    ['hosts: files ldap dns', false, true],
    ['hosts: db files dns', false, true],
  ] as const) {
    assert.deepEqual(parseNsswitch(line), { isPlain, hasDns }, line);
  }
});

test('names of the link and of this machine are left to getaddrinfo', () => {
  const left = (name: string) => leftToGetaddrinfo(name, 'box');
  assert.deepEqual(['printer.local', 'local', 'box'].map(left), [true, true, true]);
  assert.deepEqual(['a.test', 'localhost', 'box.test'].map(left), [false, false, false]);
});

test('no text makes a parser throw', () => {
  const text = fc.string({ unit: fc.constantFrom(...'nameserver hosts:search.1::#;%\n\t\0ä ') });
  fc.assert(
    fc.property(fc.oneof(text, fc.string()), (some) => {
      parseResolvConf(some);
      parseHosts(some);
      parseNsswitch(some);
    }),
  );
});
