// The ways of the race's bench, asked directly: each fault is what its name says, as a client sees it, and goes away again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freePorts } from '../../../../bench/peers/free-ports.js';
import { FAULT_NAMES, FAULTS, type Fault, SLOW_MS } from '../../../../bench/race/field/faults.js';
import type { ServicePorts, WayPlan } from '../../../../bench/race/field/messages.js';
import { Services } from '../../../../bench/race/field/services.js';
import { Way } from '../../../../bench/race/field/way.js';
import { realVisit } from '../../../../bench/race/requests/real-client.js';
import { bannerWords, echoWords, tlsWords, visit, type Words } from '../../../../bench/race/requests/visit.js';
import { whyNoCertificate } from '../../../helpers/certificate.js';
import { clientHello } from '../../../helpers/tls-hello.js';

const skip = whyNoCertificate() ?? false;
const PLAN: WayPlan = { kind: 'proxy', connect_ms: 1, firstByte_ms: 1 };
/** For those that never answer. */
const PATIENCE_MS = 300;
const AMPLE_MS = 10_000;

let services: Services;
let asked: ServicePorts;
let hello: Words;
let proxy: Way;
let proxyPort: number;
let address: Way;

before(async () => {
  if (skip !== false) return;
  services = await Services.start();
  const [tls, retry, echo, banner, port] = await freePorts(5);
  asked = { tls, retry, echo, banner };
  proxyPort = port;
  proxy = new Way(PLAN, '127.0.0.1', port, asked, services.ports);
  address = new Way({ ...PLAN, kind: 'address' }, '127.0.0.1', 0, asked, services.ports);
  await proxy.suffer(undefined);
  await address.suffer(undefined);
  hello = tlsWords(await clientHello());
});

after(async () => {
  if (skip !== false) return;
  await proxy.close();
  await address.close();
  await services.stop();
});

/** Why a ClientHello through the proxy, or straight to the address, got no handshake record. */
const FAILURES: Readonly<Record<Fault, string | undefined>> = {
  'black-hole': `connecting: nothing for ${PATIENCE_MS} ms`,
  refused: 'connecting: ECONNREFUSED',
  unanswered: `request: nothing for ${PATIENCE_MS} ms`,
  denied: 'REP 5',
  'slow-connect': undefined,
  'early-silent': `first byte: nothing for ${PATIENCE_MS} ms`,
  'early-closes': 'first byte: closed',
  silent: `first byte: nothing for ${PATIENCE_MS} ms`,
  reset: 'first byte: ECONNRESET',
  eof: 'first byte: closed',
  'plain-text': 'no TLS record',
  alert: 'an alert',
  'slow-answer': undefined,
};

for (const fault of FAULT_NAMES) {
  const late = fault.startsWith('slow');
  test(`${fault}: it ${FAULTS[fault].title}, until it is mended`, { skip }, async () => {
    const ways = FAULTS[fault].proxyOnly ? ['proxy'] : ['proxy', 'address'];
    for (const kind of ways) {
      const way = kind === 'proxy' ? proxy : address;
      const ask = (timeout_ms: number) =>
        kind === 'proxy'
          ? visit(proxyPort, { host: 'any.race.test', port: asked.tls }, hello, timeout_ms)
          : visit(asked.tls, undefined, hello, timeout_ms);
      await way.suffer(fault);
      const { failure, ms } = await ask(late ? AMPLE_MS : PATIENCE_MS);
      assert.deepEqual([kind, failure], [kind, FAILURES[fault]]);
      if (late) assert.ok(ms >= SLOW_MS - 1, `${ms} ms`);
      await way.suffer(undefined);
      assert.deepEqual([kind, (await ask(AMPLE_MS)).failure], [kind, undefined]);
    }
  });
}

test('a good proxy carries every protocol, real TLS clients too, and counts them', { skip }, async () => {
  proxy.count();
  const to = (port: number) => ({ host: 'any.race.test', port });
  assert.equal((await visit(proxyPort, to(asked.echo), echoWords, AMPLE_MS)).failure, undefined);
  assert.equal((await visit(proxyPort, to(asked.banner), bannerWords, AMPLE_MS)).failure, undefined);
  const laid = { ways: [], services: asked, ca: services.ca, serverName: services.serverName };
  for (const port of [asked.tls, asked.retry]) {
    assert.equal((await realVisit(proxyPort, to(port), laid, AMPLE_MS)).failure, undefined);
  }
  assert.deepEqual(proxy.count(), { dials: 4, answered: 4 });
  assert.deepEqual(proxy.count(), { dials: 0, answered: 0 });
});

test('a dial that is not answered is counted all the same', { skip }, async () => {
  proxy.count();
  await proxy.suffer('silent');
  await visit(proxyPort, { host: 'any.race.test', port: asked.tls }, hello, PATIENCE_MS);
  await proxy.suffer(undefined);
  assert.deepEqual(proxy.count(), { dials: 1, answered: 0 });
});
