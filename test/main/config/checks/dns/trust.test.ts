import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsIn, loadJson, optionsOf } from '../../load-text.js';

test('dns.probe is a section within a section, from the file and from the environment', () => {
  const environment = { TCPROUTE_DNS_PROBE_ROUNDS: '5', TCPROUTE_DNS_PROBE_NAMES: 'WWW.One.com,bücher.example' };
  const { dns } = optionsOf(
    loadJson({ dns: { probe: { enabled: 'off', interval_s: 60, tlds: ['COM'] } } }, { environment }),
  );
  const { enabled, interval_s, rounds, names, tlds } = dns.probe;
  assert.deepEqual([enabled, interval_s, rounds], ['off', 60, 5]);
  assert.deepEqual([names, tlds], [['www.one.com', 'xn--bcher-kva.example'], ['com']]);
  assert.equal(dns.timeout_ms, 5000);
});

test('what is wrong in a section within a section is named by its path', () => {
  assert.deepEqual(errorsIn({ dns: { probe: { intervall_s: 1 } } }), [
    'dns.probe.intervall_s: unknown key; did you mean "interval_s"?',
  ]);
  assert.match(
    errorsIn({ dns: { probe: 'off' } })[0] ?? '',
    /^dns\.probe: "off" is not allowed; allowed: an object with/,
  );
  assert.match(errorsIn({ dns: { probe: { names: ['ok.com', '1.2.3.4'] } } })[0] ?? '', /^dns\.probe\.names\[1\]: /);
  assert.match(errorsIn({ dns: { probe: { rounds: 0 } } })[0] ?? '', /^dns\.probe\.rounds: 0 is not allowed/);
});

test('phantom servers are addresses with or without a port', () => {
  const phantoms = (list: unknown) =>
    optionsOf(loadJson({ dns: { probe: { phantom_servers: list } } })).dns.probe.phantom_servers;
  assert.deepEqual(phantoms(['192.0.2.9', '192.0.2.9:5353', '2001:DB8::9', '[2001:db8::9]:53']), [
    { address: '192.0.2.9', port: 53 },
    { address: '192.0.2.9', port: 5353 },
    { address: '2001:db8::9', port: 53 },
    { address: '2001:db8::9', port: 53 },
  ]);
  assert.deepEqual(phantoms([]), []);
  for (const wrong of [
    'system',
    '192.0.2.9:0',
    '192.0.2.9:65536',
    '[192.0.2.9]:53',
    '2001:db8::9]:53',
    'site.com',
    7,
  ]) {
    assert.equal(errorsIn({ dns: { probe: { phantom_servers: [wrong] } } }).length, 1, String(wrong));
  }
});

test('dns.rebind_allow takes names, addresses and ranges', () => {
  const { dns } = optionsOf(loadJson({ dns: { rebind_allow: ['Plex.Direct.', '10.1.2.3/8', 'fd00::1', 'fd00::1'] } }));
  assert.deepEqual(dns.rebind_allow, ['plex.direct', '10.0.0.0/8', 'fd00::1']);
  assert.match(errorsIn({ dns: { rebind_allow: ['*site.com'] } })[0] ?? '', /^dns\.rebind_allow\[0\]: /);
});

test('dns.trusted takes addresses and ranges', () => {
  const { dns } = optionsOf(loadJson({ dns: { trusted: ['8.8.8.9', '10.1.2.3/8', '2001:DB8::/32'] } }));
  assert.deepEqual(dns.trusted, ['8.8.8.9', '10.0.0.0/8', '2001:db8::/32']);
  assert.match(errorsIn({ dns: { trusted: ['site.com'] } })[0] ?? '', /^dns\.trusted\[0\]: .*an IP address or a range/);
});

test('dns.state_file is a path or none', () => {
  assert.equal(optionsOf(loadJson({})).dns.state_file, null);
  assert.equal(optionsOf(loadJson({ dns: { state_file: '/var/lib/bad.json' } })).dns.state_file, '/var/lib/bad.json');
  for (const wrong of ['', 7, 'a\0b', '/', '/var/lib', '/var/lib/', '/no/such/directory/file', '/etc/passwd/file'])
    assert.equal(errorsIn({ dns: { state_file: wrong } }).length, 1, String(wrong));
  const [error] = errorsIn({ cache: { state_file: '/no/such/file' } });
  assert.match(
    error as string,
    /cache\.state_file: "\/no\/such\/file" is not allowed; allowed: .* in a directory that exists/,
  );
});

test('routes and bad addresses are not kept in one file', () => {
  const both = (names: string) => errorsIn({ cache: { state_file: '/var/lib/state' }, dns: { state_file: names } });
  assert.deepEqual(both('/var/lib/other'), []);
  for (const same of ['/var/lib/state', '/var/lib/../lib/state']) {
    assert.equal(both(same).length, 1);
    assert.match(both(same)[0], /dns\.state_file and cache\.state_file are the same file \("\/var\/lib\/.*state"\)/);
  }
});
