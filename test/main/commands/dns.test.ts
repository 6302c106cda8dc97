import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { explainName, explanationText } from '../../../src/main/commands/dns.js';
import type { Options } from '../../../src/protocol/options.js';
import type { NameExplanation } from '../../../src/threads/contracts/dns.js';
import { defaultOptions } from '../../helpers/default-options.js';
import { dnsOptions } from '../../helpers/dns-options.js';
import { DnsServer, type DnsServerOptions, nameserver } from '../../helpers/dns-server.js';

const program = fileURLToPath(new URL('../../../../bin/tcproute.js', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'tcproute-dns-'));
after(() => rmSync(directory, { recursive: true }));

const ZONES = { 'a.test': { A: ['192.0.2.1'], AAAA: ['2001:db8::1'], ttl_s: 60 } };

async function serverOf(t: { after(end: () => unknown): void }, options: DnsServerOptions = {}): Promise<DnsServer> {
  const server = await DnsServer.start(ZONES, options);
  t.after(() => server.close());
  return server;
}

function optionsOf(...servers: Parameters<typeof dnsOptions>): Options {
  const [defaults, given] = [defaultOptions(), dnsOptions(...servers)];
  return { ...defaults, ...given, dns: { ...defaults.dns, ...given.dns } };
}

test('every server is asked, and its answers are judged', async (t) => {
  const [good, bad] = [await serverOf(t), await serverOf(t, { trick: () => 'servfail' })];
  const options = { ...optionsOf([good.at], [bad.at]), blacklist: ['192.0.2.1'] };
  const explained = await explainName('A.test', options);
  assert.ok(explained.kind === 'explained', JSON.stringify(explained));
  const { name, answers, choice } = explained.explanation;
  assert.equal(name, 'a.test');
  assert.deepEqual(
    answers.map(({ server, backup, type, kind, addresses, verdict }) => [
      server,
      backup,
      type,
      kind,
      ...addresses,
      verdict,
    ]),
    [
      [good.at.id, false, 'A', 'addresses', '192.0.2.1', 'suspect'],
      [good.at.id, false, 'AAAA', 'addresses', '2001:db8::1', 'clean'],
      [bad.at.id, true, 'A', 'server-failure', 'none'],
      [bad.at.id, true, 'AAAA', 'server-failure', 'none'],
    ],
  );
  assert.deepEqual(choice.code === 'found' && choice.addresses, ['2001:db8::1']);
});

test('an actor that cannot start is told', async () => {
  const server = { ...nameserver('tcp', 53), via: 'a line that is not there' };
  const explained = await explainName('a.test', optionsOf([server]));
  assert.ok(explained.kind === 'failed' && /no line is called/.test(explained.reason));
});

test('the table', () => {
  const answer = { server: 'udp://192.0.2.53:53', backup: false, type: 'A', time_ms: 12.34 } as const;
  const explanation: NameExplanation = {
    name: 'a.test',
    hosts: undefined,
    answers: [
      { ...answer, kind: 'addresses', addresses: ['192.0.2.1', '192.0.2.2'], ttl_s: 60, verdict: 'clean', why: '' },
      {
        ...answer,
        backup: true,
        kind: 'no-answer',
        addresses: [],
        ttl_s: undefined,
        verdict: 'none',
        why: 'timed out',
      },
    ],
    choice: { code: 'found', addresses: ['192.0.2.1', '192.0.2.2'], ttl_s: 60 },
  };
  assert.equal(
    explanationText(explanation),
    `a.test

server               list    type  time     answer               ttl  verdict
udp://192.0.2.53:53  first   A     12.3 ms  192.0.2.1 192.0.2.2  60   clean
udp://192.0.2.53:53  backup  A     12.3 ms  no-answer            -    none: timed out

choice: 192.0.2.1, 192.0.2.2 (ttl 60 s)
`,
  );
  const denied = [{ address: '192.0.2.2', why: 'egress.deny: 192.0.2.2' }];
  assert.match(
    explanationText(explanation, denied),
    /\nchoice: .*\nleft out by the egress policy: 192\.0\.2\.2 \(egress\.deny: 192\.0\.2\.2\)\n$/,
  );
});

test('the command: a table, --json, and the exit status', async (t) => {
  const server = await serverOf(t);
  const config = { nameservers: `127.0.0.1:${server.port}`, dns: { probe: { enabled: 'off' }, ipv6: 'on' } };
  writeFileSync(join(directory, 'c.json'), JSON.stringify(config));
  const json = await tcproute(['dns', 'a.test', '--json', '-c', 'c.json']);
  assert.equal(json.status, 0, json.stderr);
  const explanation = JSON.parse(json.stdout) as NameExplanation;
  assert.deepEqual([explanation.name, explanation.answers.length, explanation.choice.code], ['a.test', 2, 'found']);
  const none = await tcproute(['dns', 'none.test', '-c', 'c.json']);
  assert.equal(none.status, 1);
  assert.match(none.stdout, /nxdomain[\s\S]*choice: none: no such name\n$/);
  assert.equal((await tcproute(['dns', '-c', 'c.json'])).status, 2);
  assert.equal((await tcproute(['check', '--json', '-c', 'c.json'])).status, 2);
});

function tcproute(args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const env = { PATH: process.env['PATH'] };
    execFile(
      process.execPath,
      [program, ...args],
      { cwd: directory, env, timeout: 20_000 },
      (error, stdout, stderr) => {
        resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}
