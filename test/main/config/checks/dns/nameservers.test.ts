import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Nameserver } from '../../../../../src/protocol/options.js';
import { errorsIn, loadJson, optionsOf } from '../../load-text.js';

const nameservers = (value: unknown) => optionsOf(loadJson({ nameservers: value })).nameservers;

/** What a server without a line is, by its parts. */
const server = (kind: Nameserver['kind'], id: string, host: string, port: number, path = ''): Nameserver => ({
  ...{ kind, id, host, port, path },
  via: undefined,
});
const udp = (id: string, host: string, port = 53) => server('udp', id, host, port);
const GOOGLE = udp('udp://8.8.8.8:53', '8.8.8.8');
const SYSTEM = server('system', 'system', '', 0);

test('one server, with or without a port, of either family', () => {
  assert.deepEqual(nameservers('system'), [SYSTEM]);
  assert.deepEqual(nameservers('8.8.8.8'), [GOOGLE]);
  assert.deepEqual(nameservers('127.0.0.1:5353'), [udp('udp://127.0.0.1:5353', '127.0.0.1', 5353)]);
  for (const text of ['::1', '[::1]', '[::1]:53', 'udp://[::1]', 'udp://[0::1]:53/']) {
    assert.deepEqual(nameservers(text), [udp('udp://[::1]:53', '::1')], text);
  }
  assert.deepEqual(nameservers('[2001:DB8::1]:5353'), [udp('udp://[2001:db8::1]:5353', '2001:db8::1', 5353)]);
});

test('the kinds of servers, each with its usual port', () => {
  assert.deepEqual(nameservers('tcp://8.8.8.8'), [server('tcp', 'tcp://8.8.8.8:53', '8.8.8.8', 53)]);
  assert.deepEqual(nameservers('tls://DNS.Google'), [server('tls', 'tls://dns.google:853', 'dns.google', 853)]);
  assert.deepEqual(nameservers('tls://[::1]:8853'), [server('tls', 'tls://[::1]:8853', '::1', 8853)]);
  const https = server('https', 'https://dns.google/dns-query', 'dns.google', 443, '/dns-query');
  for (const text of ['https://dns.google', 'https://dns.google/', 'https://dns.google:443/dns-query']) {
    assert.deepEqual(nameservers(text), [https], text);
  }
  assert.deepEqual(nameservers('https://[::1]:8443/a?b=c'), [
    server('https', 'https://[::1]:8443/a?b=c', '::1', 8443, '/a?b=c'),
  ]);
});

test('a list keeps its order, "system" within it, and has each server once', () => {
  const list = ['8.8.8.8', 'system', '[::1]:5353', 'udp://8.8.8.8:53', { server: 'system' }];
  assert.deepEqual(nameservers(list), [GOOGLE, SYSTEM, udp('udp://[::1]:5353', '::1', 5353)]);
});

test('a server may be asked through a line that there is', () => {
  const upstream = { type: 'direct', name: 'telecom' };
  const through = (entry: unknown) => optionsOf(loadJson({ upstream, nameservers: entry })).nameservers;
  const entry = { server: 'tcp://8.8.8.8', via: 'telecom' };
  const id = 'tcp://8.8.8.8:53 via telecom';
  const expected = [{ ...server('tcp', id, '8.8.8.8', 53), via: 'telecom' }];
  assert.deepEqual(through(entry), expected);
  assert.deepEqual(through([entry, entry]), expected);
  assert.deepEqual(errorsIn({ upstream, nameservers: [{ ...entry, via: 'telekom' }] }), [
    'nameservers: "telekom" is not the name of a line; did you mean "telecom"?',
  ]);
  for (const text of ['8.8.8.8', 'system']) {
    const [error, ...more] = errorsIn({ upstream, nameservers: { ...entry, server: text } });
    assert.match(error ?? '', /^nameservers\.server: .* allowed: a tcp:\/\/, tls:\/\/ or https:\/\/ server/);
    assert.deepEqual(more, []);
  }
  assert.deepEqual(errorsIn({ upstream, nameservers: { ...entry, vie: 1 } }), [
    'nameservers.vie: unknown key; did you mean "via"?',
  ]);
});

test('whatever is no server is refused, each with its index', () => {
  const wrong = [
    ...['8.8.8.8:0', '8.8.8.8:65536', '8.8.8.8:', 'dns.google', '[8.8.8.8]:53', '456.1.1.1', '', 53, null],
    ...['udp://dns.google', 'tcp://8.8.8.8/path', 'tls://', 'tls://456.1.1.1', 'http://8.8.8.8', 'https://a@b/', {}],
    ...[{ server: 'x' }, { via: 'direct' }],
  ];
  for (const value of [...wrong, [], true, Array(17).fill('8.8.8.8')]) {
    assert.equal(errorsIn({ nameservers: value }).length, 1, JSON.stringify(value));
  }
  const places = wrong.slice(0, 16).flatMap((_, at) => errorsIn({ nameservers: wrong.slice(at, at + 1) }));
  for (const place of places) assert.match(place, /^nameservers\[0\]/);
});

test('nameservers_backup may also be none', () => {
  const backup = (value: unknown) => optionsOf(loadJson({ nameservers_backup: value })).nameservers_backup;
  assert.deepEqual(backup(null), []);
  assert.deepEqual(backup([]), []);
  assert.deepEqual(backup('system'), [SYSTEM]);
  assert.deepEqual(backup('8.8.8.8'), [GOOGLE]);
});

test('hosts is a table of names, each with one address or several', () => {
  const hosts = (value: unknown) => optionsOf(loadJson({ hosts: value })).hosts;
  assert.deepEqual(hosts({ 'A.Test.': '::FFFF:1.2.3.4', 'b.test': ['1.2.3.4', '2001:DB8::1', '1.2.3.4'] }), {
    'a.test': ['1.2.3.4'],
    'b.test': ['1.2.3.4', '2001:db8::1'],
  });
  assert.deepEqual(errorsIn({ hosts: { 'a b': '1.2.3.4', c: 'd', e: [] } }).length, 3);
  for (const wrong of [[], 'a', null, 5]) assert.equal(errorsIn({ hosts: wrong }).length, 1);
});
