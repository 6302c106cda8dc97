import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byNumber } from '../../../src/protocol/lines/numbers.js';
import { bulkKey, destinationKey, siteKey } from '../../../src/protocol/routes/destination-key.js';
import type { RouteEvent } from '../../../src/protocol/routes/route-event.js';
import type { RouteState } from '../../../src/protocol/routes/state.js';
import { LineIds } from '../../../src/protocol/share/line-ids.js';
import { isShared, type OwnRoute, ownRouteOf } from '../../../src/protocol/share/own-route.js';
import { siteSecrets } from '../../../src/protocol/share/secrets.js';
import { learned, threeLines } from '../../helpers/share-site.js';

const FIBRE = { line: 0, ip: Uint8Array.of(192, 0, 2, 1) };
const CABLE = { line: 1, ip: Uint8Array.of(192, 0, 2, 1) };
const TUNNEL = { line: 2, ip: Uint8Array.of(127, 0, 0, 1) };
const ids = new LineIds(siteSecrets(Buffer.alloc(32, 1), 'main'), threeLines());
const idOf = (line: number): string | undefined => ids.idOf(line);

const connects = (of: typeof FIBRE, connect_ms = 20): RouteEvent => ({ ...of, kind: 'connected', connect_ms });
const answers = (of: typeof FIBRE, first_byte_ms = 40): RouteEvent => ({ ...of, kind: 'answered', first_byte_ms });
const fails = (of: typeof FIBRE, cause: 'silent' | 'refused' | 'late'): RouteEvent => ({
  ...of,
  kind: 'failed',
  cause,
});

const own = (state: RouteState): OwnRoute | undefined => ownRouteOf(state, byNumber(threeLines()), ids);

test('the line that answered is told, with its times and the address that it dialled', () => {
  assert.deepEqual(own(learned('example.com:443', connects(FIBRE), answers(FIBRE))), {
    ...{ line: idOf(0), ip: FIBRE.ip, connect_ms: 20, first_byte_ms: 40, mute: [], age_ms: 0 },
  });
});

test('a line that has only connected is not told, however often, since it may be silent', () => {
  assert.equal(own(learned('example.com:22', connects(FIBRE))), undefined);
  assert.equal(own(learned('example.com:22', connects(FIBRE), connects(FIBRE), connects(FIBRE))), undefined);
});

test('what began as another gateway had told is not told on before all lines have raced', () => {
  const told: RouteEvent = { ...connects(FIBRE), kind: 'connected', connect_ms: 20, race: 'told' };
  const raced: RouteEvent = { ...told, race: 'whole' };
  assert.equal(own(learned('example.com:443', told, answers(FIBRE))), undefined);
  assert.equal(own(learned('example.com:443', told, answers(FIBRE), raced))?.line, idOf(0));
});

test('the address of a proxy is not told', () => {
  const told = own(learned('example.com:443', connects(TUNNEL), answers(TUNNEL)));
  assert.deepEqual([told?.line, told?.ip], [idOf(2), undefined]);
});

test('lines that connect without an answer are told as mute, but not one that answers from another address', () => {
  const other = { line: 0, ip: Uint8Array.of(192, 0, 2, 2) };
  const silent = [connects(FIBRE), fails(FIBRE, 'silent'), connects(CABLE), answers(CABLE)];
  assert.deepEqual(own(learned('example.com:443', ...silent))?.mute, [idOf(0)]);
  assert.deepEqual(own(learned('example.com:443', ...silent, connects(other), answers(other, 900)))?.mute, []);
});

test('what fails, or may fail, is not told; what was only late is', () => {
  const well = [connects(FIBRE), answers(FIBRE)];
  assert.equal(own(learned('example.com:443', ...well, fails(FIBRE, 'refused'))), undefined);
  assert.equal(own(learned('example.com:443', ...well, fails(FIBRE, 'late')))?.line, idOf(0));
  assert.equal(own(learned('example.com:443', ...well, { ...FIBRE, kind: 'moved', to: undefined })), undefined);
});

test('a line with which the gateway began on the word of another is not told on, until all lines have raced', () => {
  const told: RouteEvent = { ...FIBRE, kind: 'connected', connect_ms: 20, race: 'told' };
  assert.equal(own(learned('example.com:443', told, answers(FIBRE))), undefined);
  const whole: RouteEvent = { ...FIBRE, kind: 'connected', connect_ms: 20, race: 'whole' };
  assert.equal(own(learned('example.com:443', told, answers(FIBRE), whole))?.line, idOf(0));
});

test('nothing is told of a line that the configuration no longer has, and of a destination that nobody has reached', () => {
  const gone = { line: 7, ip: FIBRE.ip };
  assert.equal(own(learned('example.com:443', connects(gone), answers(gone))), undefined);
  assert.equal(own(learned('example.com:443', fails(FIBRE, 'refused'))), undefined);
  assert.equal(own({ destination: 'example.com:443', candidates: [], best: -1 }), undefined);
});

test('what is of one client alone, or of what a site carries in bulk, may not leave the gateway', () => {
  assert.equal(isShared(destinationKey('example.com', 443, undefined)), true);
  assert.equal(isShared(destinationKey('::1', 443, undefined)), true);
  assert.equal(isShared(destinationKey('example.com', 443, 'user:alice')), false);
  assert.equal(isShared(siteKey('example.com', '192.0.2.9')), false);
  assert.equal(isShared(bulkKey('example.com')), false);
});
