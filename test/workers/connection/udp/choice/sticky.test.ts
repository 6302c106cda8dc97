// Sticky rules hold for flows: an asker stays on the line over which its datagrams were answered, until it fails.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failureOf } from '../../../../../src/protocol/race/failure.js';
import { destinationKey } from '../../../../../src/protocol/routes/destination-key.js';
import { ChoiceWorld, FOUR_LINES, found, ip } from './choice-world.js';

const A = '203.0.113.1';
const SITE = 'www.site.test:443';

function world(sticky: string): ChoiceWorld {
  const made = new ChoiceWorld({ ...FOUR_LINES, rules: [{ domain_suffix: ['site.test'], sticky }] });
  for (const host of ['www', 'cdn']) made.known.set(`${host}.site.test`, found(A));
  return made;
}

test('a client stays on its line, however fast another is, and others have their own', () => {
  const made = world('client');
  const first = made.flow(SITE);
  first.silent('one');
  first.answered('two', 500);
  made.flow(SITE).answered('one', 5);
  assert.equal(made.flow(SITE).order[0], `two ${A}`);
  made.client = { ...made.client, ip: ip('192.0.2.201') };
  assert.equal(made.flow(SITE).order[0], `one ${A}`, 'another client');
});

test('what is kept is left when it fails and another line works', () => {
  const made = world('client');
  made.flow(SITE).answered('two');
  const flow = made.flow(SITE);
  assert.equal(flow.order[0], `two ${A}`);
  flow.silent('two');
  flow.answered('socks');
  assert.equal(made.flow(SITE).order[0], 'socks');
});

test('all hosts of a site have the line of the first, and go back with it', () => {
  const made = world('site');
  made.flow(SITE).answered('two');
  assert.equal(made.flow('cdn.site.test:443').order[0], `two ${A}`);
  assert.equal(made.flow('cdn.site.test:8443').order[0], `two ${A}`, 'whatever the port');
  const flow = made.flow('cdn.site.test:443');
  flow.silent('two');
  flow.answered('socks');
  assert.equal(made.flow(SITE).order[0], 'socks');
});

test('a proxy on which a site is kept leads without an address', () => {
  const made = world('site');
  const first = made.flow(SITE);
  first.silent('one');
  first.silent('two');
  first.answered('socks');
  made.known.clear();
  assert.deepEqual(made.flow('cdn.site.test:443').calls, [['socks']]);
});

test('an asker whose datagrams are new goes where its connections go', () => {
  const made = world('client');
  const { now } = made.engine;
  const key = destinationKey('www.site.test', 443, '192.0.2.200');
  made.routes.connected(key, made.routes.open(key, now), { line: 1, ip: ip(A) }, 5, now);
  assert.equal(made.flow(SITE).order[0], `two ${A}`);
});

test('a failure that says nothing of the line is not remembered', () => {
  const made = world('client');
  made.flow(SITE).answered('two');
  const flow = made.flow(SITE);
  flow.choice.failed(flow.of('two'), failureOf('out-of-resources'));
  flow.answered('one');
  assert.equal(made.flow(SITE).order[0], `two ${A}`);
});
