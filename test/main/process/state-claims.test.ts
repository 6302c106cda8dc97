// Two gateways with one state file, and what a killed one leaves behind.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { startGateway } from '../../../src/main/gateway/gateway.js';
import { StateClaims } from '../../../src/main/process/state-claims.js';
import { captureLog } from '../../helpers/capture-log.js';
import { gatewayOptions } from '../../helpers/gateway-options.js';
import { openFds } from '../../linux/peers.js';

const directory = mkdtempSync(join(tmpdir(), 'tcproute-claims-'));
after(() => rmSync(directory, { recursive: true }));

test('the second to claim a state file hears of the first, by whatever name, until that one has ended', () => {
  const folder = mkdtempSync(join(directory, 'two-'));
  const [routes, link, other] = [join(folder, 'routes'), join(folder, 'link'), join(folder, 'other')];
  symlinkSync(routes, link);
  const before = openFds().size;
  const { log, records } = captureLog();
  const first = new StateClaims([routes, null], log);
  const second = new StateClaims([link, other], log);
  assert.deepEqual([first.has(routes), second.has(link), second.has(other)], [true, false, true]);
  assert.deepEqual(
    records.map(({ level, msg }) => [level, msg]),
    [['warn', `${link} is written by another process (${process.pid}): it is read here, and not written`]],
  );
  first.release();
  const third = new StateClaims([link], log);
  assert.ok(third.has(link));
  for (const claims of [second, third]) claims.release();
  assert.deepEqual([records.length, openFds().size], [1, before]);
});

test('other files are claimed and let go, and one by another name is claimed once', () => {
  const folder = mkdtempSync(join(directory, 'others-'));
  const [one, link, other] = ['one', 'link', 'other'].map((name) => join(folder, name)) as [string, string, string];
  symlinkSync(one, link);
  const before = openFds().size;
  const { log, records } = captureLog();
  const claims = new StateClaims([one], log);
  claims.claim([link, other, null]);
  assert.deepEqual([claims.has(link), claims.has(other), openFds().size], [true, true, before + 2]);
  // As at a reload that cannot be.
  claims.keep([one]);
  assert.deepEqual([claims.has(one), openFds().size, records.length], [true, before + 1, 0]);
  claims.claim([link]);
  claims.keep([link]);
  assert.equal(openFds().size, before + 1);
  const second = new StateClaims([one, other], log);
  assert.deepEqual([second.has(one), second.has(other)], [false, true]);
  claims.keep([]);
  second.keep([other]);
  second.claim([one]);
  assert.equal(second.has(one), true);
  second.release();
  assert.equal(openFds().size, before);
});

test('whoever claims a state file removes what killed processes left beside it, and nothing else', () => {
  const folder = mkdtempSync(join(directory, 'left-'));
  const others = ['routes', 'routes.new', 'routes.x.new', 'routes.12.news', 'names.12.new', 'my.routes.12.new'];
  for (const name of [...others, 'routes.12.new', 'routes.4194304.new', 'routes.12.3.45.new'])
    writeFileSync(join(folder, name), '');
  const { log } = captureLog();
  const first = new StateClaims([join(folder, 'routes')], log);
  assert.deepEqual(readdirSync(folder).sort(), [...others, 'routes.lock'].sort());
  writeFileSync(join(folder, 'routes.12.new'), 'being written');
  new StateClaims([join(folder, 'routes')], log).release();
  assert.ok(readdirSync(folder).includes('routes.12.new'));
  first.release();
});

test('a lock and a leftover of another program stay as they are, and the missing lock is told', () => {
  const folder = mkdtempSync(join(directory, 'others-'));
  const state = join(folder, 'yarn');
  const texts = { 'yarn.lock': 'precious: "^1.0.0"\n', 'yarn.12.new': 'precious', 'yarn.13.new': '' };
  const ours = {
    'yarn.14.new': '{"format":"tcproute-routes","version":1',
    'yarn.15.new': '{"format": "tcproute-bad-addresses", ',
  };
  for (const [name, text] of Object.entries({ ...texts, ...ours })) writeFileSync(join(folder, name), text);
  const { log, records } = captureLog();
  const claims = new StateClaims([state], log);
  assert.ok(claims.has(state));
  assert.deepEqual(
    records.map(({ msg }) => msg),
    [`${state}.lock is another program's: without it nothing keeps a second gateway from writing ${state} too`],
  );
  for (const [name, text] of Object.entries({ ...texts, ...ours }))
    assert.equal(readFileSync(join(folder, name), 'utf8'), text);
  rmSync(`${state}.lock`);
  claims.release();
  new StateClaims([state], log).release();
  assert.deepEqual(readdirSync(folder).sort(), ['yarn.12.new', 'yarn.lock']);
});

test('a folder that cannot be written and a lock that is no file are no reason not to start, and the folder is warned of', () => {
  const folder = mkdtempSync(join(directory, 'odd-'));
  symlinkSync(join(folder, 'elsewhere'), join(folder, 'routes.lock'));
  const { log, records } = captureLog();
  const claims = new StateClaims([join(folder, 'routes'), join(folder, 'none', 'routes')], log);
  assert.ok(claims.has(join(folder, 'routes')) && claims.has(join(folder, 'none', 'routes')));
  claims.release();
  const said = records.map(({ level, msg }) => [level, msg]);
  const warning = `${join(folder, 'none', 'routes')} cannot be written: ENOENT`;
  assert.deepEqual([said, readdirSync(folder)], [[['warn', warning]], ['routes.lock']]);
});

test('a gateway writes neither what another one writes nor what is not ours', async () => {
  const folder = mkdtempSync(join(directory, 'gateway-'));
  const [routes, names] = [join(folder, 'routes'), join(folder, 'names')];
  const bad = '{"format":"tcproute-bad-addresses","version":1,"addresses":[]}';
  writeFileSync(routes, 'my diary');
  writeFileSync(names, bad);
  const { log, records } = captureLog();
  const first = new StateClaims([names], log);
  const { cache, dns } = gatewayOptions();
  const changed = { cache: { ...cache, state_file: routes }, dns: { ...dns, state_file: names } };
  const started = await startGateway(gatewayOptions({ workers: 1, ...changed }), log);
  assert.ok(started.code === 'started', JSON.stringify(started));
  await started.gateway.close(0);
  first.release();
  assert.deepEqual([readFileSync(routes, 'utf8'), readFileSync(names, 'utf8')], ['my diary', bad]);
  const said = records.map(({ msg }) => msg);
  assert.ok(said.includes(`${routes} is ignored: not a list of routes`), said.join('\n'));
  assert.ok(said.some((msg) => msg.startsWith(`${names} is written by another process`)));
});
