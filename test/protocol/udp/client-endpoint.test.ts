// Whose datagrams are the client's: a declared port, and the port of the first datagram.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ClientEndpoint } from '../../../src/protocol/udp/client-endpoint.js';
import { endpointOf } from '../../../src/protocol/udp/endpoint.js';

const OWN = Uint8Array.of(192, 0, 2, 1);
const OTHER = Uint8Array.of(192, 0, 2, 2);

describe('the endpoint of a client', () => {
  test('a declared port is the only one, from the beginning', () => {
    const client = new ClientEndpoint(OWN, 4000);
    assert.equal(client.mayBe(endpointOf(OWN, 4000)), true);
    assert.equal(client.mayBe(endpointOf(OWN, 4001)), false);
    assert.equal(client.mayBe(endpointOf(OTHER, 4000)), false);
  });

  test('without one any port of the address will do, until a datagram has fixed it', () => {
    const client = new ClientEndpoint(OWN, 0);
    assert.equal(client.mayBe(endpointOf(OWN, 1)), true);
    assert.equal(client.mayBe(endpointOf(OWN, 65_535)), true);
    assert.equal(client.mayBe(endpointOf(OTHER, 1)), false);
    client.fix(5000);
    assert.equal(client.port, 5000);
    assert.equal(client.mayBe(endpointOf(OWN, 5000)), true);
    assert.equal(client.mayBe(endpointOf(OWN, 5001)), false);
  });

  test('an address of the other family with the same first bytes is another one', () => {
    const six = new Uint8Array(16);
    six.set(OWN);
    assert.equal(new ClientEndpoint(OWN, 0).mayBe(endpointOf(six, 1)), false);
    assert.equal(new ClientEndpoint(six, 0).mayBe(endpointOf(OWN, 1)), false);
    assert.equal(new ClientEndpoint(six, 0).mayBe(endpointOf(six, 1)), true);
  });
});
