// The commands that look at the running gateway, against a server that answers as its API does.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, test } from 'node:test';
import type { Look } from '../../../src/main/commands/admin/looks.js';
import { type LookAsked, look } from '../../../src/main/commands/look.js';
import type { AdminOptions } from '../../../src/protocol/admin-options.js';
import { AdminFixture, statusOf, TRAFFIC } from '../../helpers/admin-fixture.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-look-'));
after(() => rmSync(directory, { recursive: true }));
const fixtures: AdminFixture[] = [];
afterEach(async () => {
  for (const fixture of fixtures.splice(0)) await fixture.close();
});

async function gateway(): Promise<AdminFixture> {
  const fixture = await AdminFixture.open();
  fixtures.push(fixture);
  return fixture;
}

const lookAt = ({ place }: AdminFixture, command: Look, asked: LookAsked = {}, width = 80) =>
  look(command, { ...asked, admin: place }, undefined, width);

const LINE = {
  line: 'fast',
  health: 'up',
  tier: 0,
  wins: 9,
  win_share: 0.9,
  connect_ms: 12.3,
  bytes_up: 1,
  bytes_down: 2,
};

test('status is one screen, and 0 where all is well', async () => {
  const fixture = await gateway();
  fixture.answer('/api/v1/status', statusOf());
  fixture.answer('/api/v1/lines', { lines: [LINE] });
  fixture.traffic = TRAFFIC;
  const { status, said } = await lookAt(fixture, 'status');
  assert.equal(status, 0);
  assert.match(said as string, /^tcproute 1\.2\.3, up 3 d, process 4711: all is well\n/);
  for (const part of [
    /^ {2}3 live of 4096 {3}up 1\.5 kB\/s {3}down 2 MB\/s {3}new 12\/s {3}failed 0\/s$/m,
    /^ {2}127\.0\.0\.1:7070 .*socks5 http +12/m,
    /^ {2}fast +up/m,
  ])
    assert.match(said as string, part);
  assert.ok((said as string).split('\n').every((line) => line.length <= 80));
});

test('status is 1 where something is wrong, and says what and since when', async () => {
  const fixture = await gateway();
  const since = new Date(Date.now() - 5 * 3_600_000).toISOString();
  const troubles = [
    { topic: 'line fast', level: 'warn', message: 'line "fast" is down: refused', fields: { line: 'fast' }, since },
    { topic: 'budget x', level: 'info', message: 'budget "x" is spent', fields: {}, since },
  ];
  const actors = [{ name: 'DNS actor', is_serving: false, deaths: 1, last_death: { at: since, why: 'out of memory' } }];
  fixture.answer('/api/v1/status', statusOf({ troubles, actors, state: 'draining' }));
  const { status, said } = await lookAt(fixture, 'status');
  assert.equal(status, 1);
  const [first, ...rest] = (said as string).split('\n');
  assert.match(first as string, /: 3 wrong$/);
  assert.deepEqual(rest.slice(0, 3), [
    '  it is draining: it takes no more clients',
    '  the DNS actor is started again (out of memory) (for 5 h)',
    '  line "fast" is down: refused (for 5 h)',
  ]);
  // What is only to be known is no fault.
  assert.match(said as string, /^to know\n {2}budget "x" is spent \(for 5 h\)$/m);
});

test('status for programs has what the gateway says, the rates, and what is wrong', async () => {
  const fixture = await gateway();
  fixture.traffic = TRAFFIC;
  fixture.answer('/api/v1/status', statusOf());
  const { said } = await lookAt(fixture, 'status', { json: true });
  const { version, traffic, wrong } = JSON.parse(said as string) as Record<string, unknown>;
  assert.deepEqual([version, traffic, wrong], ['1.2.3', TRAFFIC, []]);
  // An earlier version tells no events.
  fixture.traffic = undefined;
  const { said: without } = await lookAt(fixture, 'status', { json: true });
  assert.equal((JSON.parse(without as string) as { traffic: unknown }).traffic, null);
});

test('connections are asked for with the filters, and no more than are wanted', async () => {
  const fixture = await gateway();
  const connections = [
    {
      client: '192.0.2.1:4',
      user: 'ann',
      target: 'a.test:443',
      line: 'fast',
      phase: 'relay',
      bytes_up: 0,
      bytes_down: 5000,
      duration_ms: 3000,
    },
    { client: 'unix', phase: 'race', target: 'b.test:80', bytes_up: 0, bytes_down: 0, duration_ms: 20 },
  ];
  fixture.answer('/api/v1/connections', { connections, matched: 4, next: 'c1', silent_workers: [] });
  const asked = { client: '192.0.2.0/24', line: 'fast', sort: 'bytes_down', limit: '2' };
  const { status, said } = await lookAt(fixture, 'connections', asked);
  assert.deepEqual(fixture.asked, [
    'GET /api/v1/connections?state=live&client=192.0.2.0%2F24&line=fast&sort=bytes_down&limit=2',
  ]);
  assert.equal(status, 0);
  assert.deepEqual((said as string).split('\n'), [
    'client       user  target      line     up  down  rate    age',
    '192.0.2.1:4  ann   a.test:443  fast    0 B  5 kB          3 s',
    'unix               b.test:80   (race)  0 B   0 B        20 ms',
    'there are more: --limit takes another number',
    '',
  ]);
});

test('a list for programs is one document', async () => {
  const fixture = await gateway();
  fixture.answer('/api/v1/bad-addresses', {
    total: 1,
    addresses: [{ address: '192.0.2.1', everywhere: true }],
    next: null,
  });
  const { said } = await lookAt(fixture, 'bad-addresses', { json: true, how: 'injection' });
  assert.deepEqual(JSON.parse(said as string), { addresses: [{ address: '192.0.2.1', everywhere: true }], total: 1 });
  assert.deepEqual(fixture.asked, ['GET /api/v1/bad-addresses?how=injection&limit=500']);
});

test('lines, routes and bad addresses are tables', async () => {
  const fixture = await gateway();
  const circuit = { failures: 3, for_ms: 5000, why: null };
  fixture.answer('/api/v1/lines', {
    lines: [LINE, { line: 'slow', health: 'down', circuit, paused: true }],
    pinned: null,
  });
  assert.match((await lookAt(fixture, 'lines')).said as string, /^fast +up .*\n^slow +down \(again in 5 s\), paused/m);
  const routes = [
    { destination: 'a.test:443', best: { line: 'fast', address: '192.0.2.9' }, candidates: 3, worked_age_ms: 60_000 },
    { destination: 'b.test:443', best: { line: 'fast' }, pinned: 'slow', candidates: 2, worked_age_ms: 1000 },
    { destination: 'c.test:443', best: { line: 'slow' }, pinned: 'slow', candidates: 1, worked_age_ms: 1000 },
  ];
  fixture.answer('/api/v1/routes', { routes, total: 1 });
  const destinations = (await lookAt(fixture, 'routes')).said as string;
  assert.match(destinations, /^a\.test:443 +fast +192\.0\.2\.9 +2 +60 s\nb\.test:443 +fast \(pinned to slow\) +/m);
  assert.match(destinations, /^c\.test:443 +slow \(pinned\) +/m);
  const evidence = [{ how: 'injection', by: 'udp://192.0.2.53:53' }];
  fixture.answer('/api/v1/bad-addresses', {
    addresses: [{ address: '192.0.2.1', everywhere: false, names: ['a.test'], last: [], evidence }],
  });
  assert.match((await lookAt(fixture, 'bad-addresses')).said as string, /^192\.0\.2\.1 +a\.test +injection +udp:/m);
});

test('flows are a table, with the name of a QUIC flow, and what the filters say is asked for', async () => {
  const fixture = await gateway();
  const flow = {
    ...{ client: '10.0.0.7:5000', user: 'ada', target: '192.0.2.9:443', sni: 'example.com', kind: 'quic' },
    ...{ phase: 'open', line: 'fast', datagrams_up: 12, datagrams_down: 30, bytes_up: 3000, bytes_down: 40_000 },
    ...{ first_answer_ms: 31.4, duration_ms: 9000, silent_ms: 40, ended_at: '2026-11-30T10:00:00.000Z' },
  };
  const waiting = { ...flow, target: 'example.com:53', kind: 'dns', phase: 'waiting', line: undefined };
  const { first_answer_ms, ...silent } = waiting;
  fixture.answer('/api/v1/flows', { flows: [flow, silent], matched: 2, silent_workers: [] });
  const asked = { kind: 'quic', association: '0-1-2', client: '10.0.0.0/8' };
  const said = (await lookAt(fixture, 'flows', asked, 200)).said as string;
  assert.deepEqual(fixture.asked, [
    'GET /api/v1/flows?state=live&client=10.0.0.0%2F8&kind=quic&association=0-1-2&limit=500',
  ]);
  assert.match(
    said,
    /^10\.0\.0\.7:5000 +ada +192\.0\.2\.9:443 \(example\.com\) +quic +fast +12 +30 +3 kB +40 kB +31 ms +40 ms +9 s$/m,
  );
  assert.match(
    said,
    /^10\.0\.0\.7:5000 +ada +example\.com:53 +dns +\(waiting\) +12 +30 +3 kB +40 kB +never +40 ms +9 s$/m,
  );
  const rows = [
    { ...flow, phase: 'ended', ending: 'idle' },
    { ...silent, phase: 'ended', ending: 'failed', cause: 'no-such-name' },
  ];
  fixture.answer('/api/v1/flows', { flows: rows, matched: 2, silent_workers: [] });
  const ended = (await lookAt(fixture, 'flows', { ended: true }, 200)).said as string;
  assert.match(ended, /^\d\d:00:00 .* fast .* 9 s +idle *$/m);
  assert.match(ended, /^\d\d:00:00 .* - .* never +9 s +no-such-name *$/m);
});

test('status tells of datagrams where there are any', async () => {
  const fixture = await gateway();
  const udp = {
    ...{ associations: { live: 2, max: 1000 }, flows: { live: 5, max: 65_536 }, datagrams_up: 90, dropped: 4 },
    ...{ datagrams_down: 80, bytes_up: 1, bytes_down: 2, quic_races: 3, quic_rescues: 1 },
  };
  fixture.answer('/api/v1/status', statusOf({ udp }));
  fixture.answer('/api/v1/lines', { lines: [LINE] });
  fixture.traffic = { ...TRAFFIC, datagrams_up_per_s: 20, datagrams_down_per_s: 3.5 };
  const said = (await lookAt(fixture, 'status', {}, 120)).said as string;
  assert.match(said, /^ {2}3 live of 4096 {3}5 flows {3}up /m);
  assert.match(
    said,
    /^datagrams\n {2}2 associations {3}5 flows of 65536 {3}sent 20\/s {3}came 3\.5\/s {3}dropped 4 {3}QUIC rescues 1$/m,
  );
  const none = { ...udp, associations: { live: 0 }, flows: { live: 0 }, datagrams_up: 0, dropped: 0 };
  fixture.answer('/api/v1/status', statusOf({ udp: none }));
  assert.doesNotMatch((await lookAt(fixture, 'status')).said as string, /datagrams|flow/);
});

test('budgets of lines and users are a table, of which one user may be asked for', async () => {
  const fixture = await gateway();
  const month = { begins: '2026-11-01', ends: '2026-12-01' };
  const of = (used: number) => ({ bytes_used: used, bytes_limit: 50e9, is_spent: used >= 50e9, ...month });
  fixture.answer('/api/v1/budgets', {
    users: 1,
    budgets: [
      { of: 'lines', name: 'phone', ...of(2e9), lines: ['lte', 'lte > far'] },
      { of: 'user', name: 'alice', ...of(50e9), lines: [] },
    ],
  });
  const said = (await lookAt(fixture, 'budgets', { user: 'alice' })).said as string;
  assert.deepEqual(fixture.asked, ['GET /api/v1/budgets?user=alice']);
  assert.match(said, /^lines +phone +has room +2 GB +50 GB +2026-11-01 +2026-12-01 +lte, lte > far$/m);
  assert.match(said, /^user +alice +spent +50 GB +50 GB +2026-11-01 +2026-12-01 *$/m);
});

test('a fleet is told, and 1 where its engine is away or nothing is shared', async () => {
  const fixture = await gateway();
  const fleet = { site: 'main', gateway: 'a', engine: { state: 'up' }, gateways: [{ name: 'a', is_present: true }] };
  fixture.answer('/api/v1/fleet', fleet);
  const well = await lookAt(fixture, 'fleet');
  assert.equal(well.status, 0);
  assert.match(well.said as string, /^site main, gateway a: 1 of 1 gateway present\n/);
  const { said } = await lookAt(fixture, 'fleet', { json: true });
  assert.deepEqual(JSON.parse(said as string), fleet);
  fixture.answer('/api/v1/fleet', { ...fleet, engine: { state: 'down' }, gateways: null });
  assert.equal((await lookAt(fixture, 'fleet')).status, 1);
  fixture.answer('/api/v1/fleet', { site: null, gateway: null, engine: null, gateways: [] });
  const alone = await lookAt(fixture, 'fleet');
  assert.equal(alone.status, 1);
  assert.match(alone.complaint as string, /shares nothing with others: its configuration has no share\.url$/);
});

test('an empty list is a sentence', async () => {
  const fixture = await gateway();
  fixture.answer('/api/v1/connections', { connections: [], matched: 0, silent_workers: [] });
  assert.equal((await lookAt(fixture, 'connections')).said, 'no live connection\n');
});

test('a cursor that leads back is not followed for ever', async () => {
  const fixture = await gateway();
  fixture.answer('/api/v1/connections', { connections: [{}], matched: 9, next: 'same' });
  const { said } = await lookAt(fixture, 'connections', { json: true });
  assert.equal((JSON.parse(said as string) as { connections: object[] }).connections.length, 2);
  assert.match(fixture.asked[1] as string, /&cursor=same$/);
});

test('what answers to everything is no gateway', async () => {
  for (const answer of [{}, 'null', '[]', '7', { state: 'serving' }, { lines: {} }]) {
    const fixture = await gateway();
    const commands = ['status', 'connections', 'lines', 'routes', 'bad-addresses', 'fleet'] as const;
    for (const command of commands) fixture.answer(`/api/v1/${command}`, answer);
    for (const command of commands) {
      for (const json of [false, true]) {
        const { status, said, complaint } = await lookAt(fixture, command, { json });
        assert.deepEqual([status, said], [1, undefined], command);
        assert.match(complaint as string, /^what answers at .* is no gateway, or one of another version$/);
      }
    }
  }
});

test('what the gateway refuses is said in its words', async () => {
  const fixture = await gateway();
  fixture.answer('/api/v1/connections', { error: 'query "client": "x" is not an address' }, 400);
  const { status, complaint } = await lookAt(fixture, 'connections', { client: 'x' });
  assert.equal(status, 1);
  assert.match(complaint as string, /refuses: query "client": "x" is not an address$/);
});

test('the place and the token are those of the configuration, unless others are named', async () => {
  const fixture = await gateway();
  fixture.token = 'of-the-configuration';
  fixture.answer('/api/v1/lines', { lines: [] });
  const port = Number(fixture.place.split(':')[1]);
  const admin: AdminOptions = {
    ...{ listen: { kind: 'internet', host: '0.0.0.0', port }, allow: null, hosts: [], origins: [] },
    ...{ token_file: { path: 'x', token: 'of-the-configuration' }, traces_endpoint: null, traces_percent: 10 },
  };
  assert.equal((await look('lines', {}, admin, 80)).status, 0);
  const file = join(directory, 'token');
  writeFileSync(file, 'another\n');
  const wrong = await look('lines', { 'token-file': file }, admin, 80);
  assert.deepEqual(wrong, { status: 1, complaint: `the token is not that of the gateway at ${fixture.place}` });
  fixture.token = 'another';
  assert.equal((await look('lines', { admin: fixture.place, 'token-file': file }, undefined, 80)).status, 0);
});

test('where the gateway cannot be asked, a sentence says why', async () => {
  const admin = (changes: Partial<AdminOptions>): AdminOptions => ({
    ...{ listen: null, token_file: null, allow: null, hosts: [], origins: [], traces_endpoint: null },
    traces_percent: 10,
    ...changes,
  });
  const why = async (asked: LookAsked, configured: AdminOptions | undefined) => {
    const { status, complaint } = await look('lines', asked, configured, 80);
    return `${status} ${complaint}`;
  };
  assert.match(await why({}, admin({})), /^1 the configuration has no admin\.listen/);
  const port = { listen: { kind: 'internet', host: '127.0.0.1', port: 0 } } as const;
  assert.match(
    await why({}, admin(port)),
    /^1 admin\.listen leaves the port to the kernel; name the place by --admin$/,
  );
  const none = { admin: '/run/x', 'token-file': join(directory, 'none') };
  assert.match(await why(none, undefined), /^1 --token-file: .*none does not exist$/);
  writeFileSync(join(directory, 'empty'), ' \n');
  assert.match(
    await why({ ...none, 'token-file': join(directory, 'empty') }, undefined),
    /^1 --token-file: .*holds no token/,
  );
  assert.match(
    await why({ admin: join(directory, 'nobody') }, undefined),
    /^3 no gateway runs at .*nobody \(there is no such socket\)$/,
  );
});

test('no escape sequence of what clients say reaches the terminal', async () => {
  const fixture = await gateway();
  fixture.answer('/api/v1/connections', {
    connections: [{ client: 'unix', user: '\u001b[2Jx\u202e', phase: 'relay' }],
  });
  for (const json of [false, true]) {
    const { said } = await lookAt(fixture, 'connections', { json });
    assert.doesNotMatch((said as string).replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
  }
});
