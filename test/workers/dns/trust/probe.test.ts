import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import type { Nameserver } from '../../../../src/protocol/options.js';
import type { Finding } from '../../../../src/protocol/trust/blacklist.js';
import type { ProbeOptions } from '../../../../src/protocol/trust-options.js';
import { Hosts } from '../../../../src/workers/dns/machine/hosts.js';
import { makeServers } from '../../../../src/workers/dns/servers/make-servers.js';
import type { SystemFiles } from '../../../../src/workers/dns/servers/system-server.js';
import { type ProbeCounts, Prober } from '../../../../src/workers/dns/trust/probe.js';
import { defaultOptions } from '../../../helpers/default-options.js';
import { SYSTEM } from '../../../helpers/dns-options.js';
import { DnsServer, type Host } from '../../../helpers/dns-server.js';
import { Injector } from '../../../helpers/injector.js';
import { nothingLeft } from '../../../helpers/nothing-left.js';

const FORGED = '8.7.198.45';
const OPTIONS: ProbeOptions = {
  enabled: 'on',
  names: ['www.facebook.com', 'www.youtube.com'],
  tlds: ['com', 'net'],
  phantom_servers: [],
  interval_s: 3600,
  rounds: 2,
};

const ends: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  await nothingLeft(/UDP|TCP|Timeout/);
});

test('what a server makes up for names that cannot exist is held against that server', async () => {
  const hijacking = await dnsServer(everyName({ A: [FORGED], AAAA: ['2606:4700::bad'] }));
  const honest = await dnsServer({});
  const { findings, counts } = await probed({}, [hijacking, honest]);
  for (const finding of findings) {
    assert.equal(finding.how, 'error-correction');
    assert.equal(finding.by, idOf(hijacking));
    assert.equal(finding.name, undefined);
  }
  assert.deepEqual(new Set(findings.map(({ address }) => address)), new Set([FORGED, '2606:4700::bad']));
  assert.deepEqual(counts, { probes: 1, found: 8, intercepted: 0 });
  assert.equal(honest.count(), 8);
});

test('the names that cannot exist are new each time and at each server, under every domain', async () => {
  const servers = [await dnsServer({}), await dnsServer({})];
  await probed({}, servers);
  const asked = servers.flatMap(({ queries }) => queries.map(({ name }) => name.toLowerCase()));
  // Once for each family.
  assert.equal(asked.length, 16);
  assert.equal(new Set(asked).size, 8);
  assert.equal(asked.filter((name) => /^[a-z]{20}\.com$/.test(name)).length, 8);
  assert.equal(asked.filter((name) => /^[a-z]{20}\.net$/.test(name)).length, 8);
});

test('every address that a server that does not exist answers for a targeted name was injected', async () => {
  const injector = await injecting({ 'www.facebook.com': [FORGED, '203.98.7.65'] });
  const { findings, counts } = await probed({ phantom_servers: [injector.at], rounds: 1 }, []);
  assert.deepEqual(
    findings.map(({ how, by, name, address }) => [how, by, name, address]),
    [
      ['spoofing', `udp://127.0.0.1:${injector.port}`, 'www.facebook.com', FORGED],
      ['spoofing', `udp://127.0.0.1:${injector.port}`, 'www.facebook.com', '203.98.7.65'],
    ],
  );
  assert.equal(counts.intercepted, 0);
  assert.ok(injector.heard.includes('www.youtube.com'));
});

test('where something answers for every name, only addresses that no site can have were forged for sure', async () => {
  const injector = await injecting({ '*': ['93.184.216.34'], 'www.facebook.com': ['93.184.216.34', '10.10.34.35'] });
  const { findings, counts } = await probed({ phantom_servers: [injector.at] }, []);
  assert.deepEqual(new Set(findings.map(({ address }) => address)), new Set(['10.10.34.35']));
  assert.equal(counts.intercepted, 1);
});

test('servers and phantoms that say nothing are no evidence, and end the probe all the same', async () => {
  const silent = await dnsServer({}, () => 'drop');
  const gone = await injecting({});
  await gone.close();
  ends.pop();
  const { findings, counts } = await probed({ phantom_servers: [gone.at], rounds: 1 }, [silent]);
  assert.deepEqual(findings, []);
  assert.equal(counts.probes, 1);
});

test('answers that do not answer the question are no evidence', async () => {
  const liar = await dnsServer({}, () => 'lies-first');
  const { findings } = await probed({ rounds: 1 }, [liar]);
  assert.deepEqual(findings, []);
});

test("a wildcard that the machine's search list leads to is no made-up answer", async () => {
  const zones = { get: (_: object, name: string) => (name.endsWith('.corp.test') ? { A: ['10.0.0.80'] } : undefined) };
  const server = await dnsServer(new Proxy({}, zones));
  const folder = mkdtempSync(join(tmpdir(), 'tcproute-probe-'));
  ends.push(() => rmSync(folder, { recursive: true }));
  const files = { resolvConf: join(folder, 'resolv.conf'), nsswitch: join(folder, 'nsswitch.conf'), port: server.port };
  writeFileSync(files.resolvConf, 'nameserver 127.0.0.1\nsearch corp.test\n');
  writeFileSync(files.nsswitch, 'hosts: files dns\n');
  const { findings } = await probed({ rounds: 1 }, [], files);
  assert.deepEqual(findings, []);
  assert.equal(server.count(), 4);
});

test('switched off, nothing is asked', async () => {
  const server = await dnsServer({});
  const { prober } = makeProber({ enabled: 'off' }, [server]);
  prober.start();
  await prober.stop();
  assert.equal(server.count(), 0);
});

test('stopping ends a probe that is under way, and none follows', async () => {
  const silent = await dnsServer({}, () => 'drop');
  const injector = await injecting({});
  const { prober, dones } = makeProber({ phantom_servers: [injector.at] }, [silent], 60_000);
  prober.start();
  while (silent.count() === 0 || injector.heard.length === 0) await new Promise((next) => setImmediate(next));
  await prober.stop();
  prober.start();
  assert.deepEqual(dones, []);
});

async function probed(
  options: Partial<ProbeOptions>,
  servers: readonly DnsServer[],
  files?: SystemFiles,
): Promise<{ findings: readonly Finding[]; counts: ProbeCounts }> {
  const { prober, findings, dones, done } = makeProber(options, servers, 150, files);
  prober.start();
  await done;
  await prober.stop();
  return { findings, counts: dones[0] as ProbeCounts };
}

function makeProber(options: Partial<ProbeOptions>, at: readonly DnsServer[], timeout_ms = 150, files?: SystemFiles) {
  const defaults = defaultOptions();
  const nameservers = files === undefined ? at.map(nameserver) : [SYSTEM];
  const dns = { ...defaults.dns, try_timeout_ms: timeout_ms };
  const now = (): number => performance.now();
  const hosts = new Hosts({}, now);
  const all = makeServers(
    { ...defaults, dns, nameservers },
    { hosts, injected: () => {}, warn: () => {}, now, ...(files && { files }) },
  );
  ends.push(() => all.close());
  const findings: Finding[] = [];
  const dones: ProbeCounts[] = [];
  let ended = (): void => {};
  const done = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const prober = new Prober(
    { ...OPTIONS, ...options },
    {
      servers: nameservers,
      ask: (server, question, hear) => {
        const known = all.byId(server.id);
        assert.ok(known !== undefined);
        return known.ask(question, 'usual', hear);
      },
      timeout_ms,
      found: (finding) => findings.push(finding),
      done: (counts) => {
        dones.push(counts);
        ended();
      },
    },
  );
  return { prober, findings, dones, done };
}

function everyName(host: Host): Readonly<Record<string, Host>> {
  return new Proxy({}, { get: () => host });
}

async function dnsServer(
  zones: Readonly<Record<string, Host>>,
  trick: () => 'drop' | 'lies-first' | undefined = () => undefined,
): Promise<DnsServer> {
  const server = await DnsServer.start(zones, { trick });
  ends.push(() => server.close());
  return server;
}

async function injecting(forged: Readonly<Record<string, readonly string[]>>): Promise<Injector> {
  const injector = await Injector.start(forged);
  ends.push(() => injector.close());
  return injector;
}

function idOf({ port }: DnsServer): string {
  return `udp://127.0.0.1:${port}`;
}

function nameserver(server: DnsServer): Nameserver {
  return { kind: 'udp', id: idOf(server), host: server.address, port: server.port, path: '', via: undefined };
}
