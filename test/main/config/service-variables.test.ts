import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorsOf, listensAt, loadJson } from './load-text.js';

/** What kubelet sets for a Service of two ports, the first of which has a name. */
function service(name: string, address: string): Record<string, string> {
  const host = address.includes(':') ? `[${address}]` : address;
  return {
    [`${name}_SERVICE_HOST`]: address,
    [`${name}_SERVICE_PORT`]: '7070',
    [`${name}_SERVICE_PORT_SOCKS`]: '7070',
    [`${name}_SERVICE_PORT_UDP_53`]: '53',
    [`${name}_PORT`]: `tcp://${host}:7070`,
    [`${name}_PORT_7070_TCP`]: `tcp://${host}:7070`,
    [`${name}_PORT_7070_TCP_PROTO`]: 'tcp',
    [`${name}_PORT_7070_TCP_PORT`]: '7070',
    [`${name}_PORT_7070_TCP_ADDR`]: address,
    [`${name}_PORT_53_UDP`]: `udp://${host}:53`,
    [`${name}_PORT_53_UDP_PROTO`]: 'udp',
    [`${name}_PORT_53_UDP_PORT`]: '53',
    [`${name}_PORT_53_UDP_ADDR`]: address,
  };
}

test('a Kubernetes Service named tcproute, or tcproute-something, is passed over with one warning', () => {
  for (const name of ['TCPROUTE', 'TCPROUTE_DNS', 'TCPROUTE_LIMITS']) {
    for (const address of ['10.96.0.12', 'fd00:10:96::c']) {
      const loaded = loadJson({ port: 7171 }, { environment: service(name, address) });
      assert.equal(listensAt(loaded).port, 7171);
      assert.equal(loaded.warnings.length, 1);
      const [warning] = loaded.warnings;
      assert.match(warning ?? '', new RegExp(`^environment: ${name}_PORT, .* and 5 more: set by Kubernetes or Docker`));
    }
  }
});

test('a port that is meant still counts beside a Service, and a flag wins', () => {
  const { TCPROUTE_PORT: _, ...others } = service('TCPROUTE', '10.96.0.12');
  assert.equal(listensAt(loadJson({}, { environment: { ...others, TCPROUTE_PORT: '7071' } })).port, 7071);
  const environment = service('TCPROUTE', '10.96.0.12');
  assert.equal(listensAt(loadJson({}, { environment, flags: { port: '7072' } })).port, 7072);
});

test('what only resembles it is a mistake or a warning as ever', () => {
  for (const value of ['tcp://somewhere:7070', 'tcp://10.96.0.12', 'http://10.96.0.12:1', '7070x']) {
    assert.equal(errorsOf(loadJson({}, { environment: { TCPROUTE_PORT: value } })).length, 1, value);
  }
  const strays = { TCPROUTE_SERVICE_PORT: 'x', TCPROUTE_PORT_7070_TCP: '7070', TCPROUTE_WORKRES: '2' };
  const { warnings } = loadJson({}, { environment: strays });
  assert.deepEqual(
    warnings.map((warning) => warning.split(';')[0]),
    [
      'TCPROUTE_SERVICE_PORT: not a variable of the configuration',
      'TCPROUTE_PORT_7070_TCP: not a variable of the configuration',
      'TCPROUTE_WORKRES: not a variable of the configuration',
    ],
  );
  assert.ok(warnings.join().length < 400);
});
