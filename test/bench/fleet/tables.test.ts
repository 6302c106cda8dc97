import assert from 'node:assert/strict';
import { test } from 'node:test';
import { USUAL_OUTAGE } from '../../../bench/fleet/model/outage-run.js';
import { USUAL } from '../../../bench/fleet/model/parameters.js';
import { formatOutage, formatRoutes } from '../../../bench/fleet/model/tables.js';
import { simulated } from '../../../bench/fleet/simulated.js';

test('figures of routes are told by the second, with what each gateway asks all the time', () => {
  const figures = {
    ...{
      connections: 1000,
      firstContacts: 200,
      found: 150,
      inTime: 140,
      useful: 100,
      misled: 40,
      waited: 5,
      dials: 400,
    },
    ...{ firstByte_ms: 20_000, keys: 10, octets: 2 ** 20 },
    traffic: { roundTrips: 1200, commands: 2400, octetsIn: 0, octetsOut: 122_880, written: 12 },
  };
  const parameters = { ...USUAL, gateways: 2 };
  const [title, heads, row] = formatRoutes([{ parameters, figures }]).split('\n');
  assert.match(title ?? '', /^routes, simulated: 20 connections\/s of each gateway to 10000 destinations/);
  assert.match(heads ?? '', /^gateways +first contacts +hint found +useful +misled +dials/);
  assert.match(
    row ?? '',
    /^2 +shared +20\.0 % +75\.0 % +50\.0 % +20\.0 % +2\.00 +100 +24 +12 +0\.1 +0\.\d +1\.1 +10 +1\.00$/,
  );
  const alone = formatRoutes([{ parameters: { ...parameters, shared: false }, figures }]).split('\n')[2];
  assert.match(alone ?? '', /^2 +alone +.* 20 +10 +0\.1 +0\.0 +1\.0 +10 +1\.00$/);
  assert.equal(formatRoutes([]), '');
});

test('what takes longer than an outage has a stroke', () => {
  const figures = {
    ...{ half_ms: 1400, most_ms: Number.POSITIVE_INFINITY, nearlyAll_ms: Number.POSITIVE_INFINITY, over_ms: 0 },
    ...{ slow: 0, firstContacts: 0, told: 3, readMax: 2, octets: 2 ** 19, octetsMax: 1024 },
  };
  const row = formatOutage([{ parameters: USUAL_OUTAGE, figures }]).split('\n')[2];
  assert.match(row ?? '', /^10 +few +1\.4 +- +- +- +3 +2 +0\.50 +1\.0 +0\.0$/);
  assert.equal(formatOutage([]), '');
});

test('a site of one is modelled with and without the engine, and with all that may tell news', () => {
  const text = simulated([1]);
  assert.match(text, /^1 +alone .*\n1 +shared /m);
  assert.match(text, /^1 +none .*\n1 +few .*\n1 +all /m);
});
