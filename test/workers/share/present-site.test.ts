import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Options } from '../../../src/protocol/options.js';
import type { ShareOptions } from '../../../src/protocol/share-options.js';
import { PresentSite } from '../../../src/workers/share/present-site.js';
import { defaultOptions } from '../../helpers/default-options.js';
import { MemoryEngine } from '../../helpers/memory-engine.js';

const SECRET = { path: 'secret', secret: '0123456789abcdef0123456789abcdef' };
const PLACE = { kind: 'internet', host: '127.0.0.1', port: 6379, tls: false, username: undefined } as const;
const places = (database = 0): ShareOptions['url'] => [{ ...PLACE, password: undefined, database }];

function options(changes: Partial<ShareOptions> = {}): Pick<Options, 'share'> {
  return { share: { ...defaultOptions().share, url: places(), secret_file: SECRET, ...changes } };
}

function sites() {
  const opened: MemoryEngine[] = [];
  /** The sites that were left, and whether the engine still was there for last words. */
  const left: [gateway: string, isUp: boolean][] = [];
  const present = new PresentSite(
    () => {
      const engine = new MemoryEngine();
      opened.push(engine);
      return { engine, writes: engine.writes };
    },
    async ({ gateway, engine }) => void left.push([gateway, engine.isUp]),
  );
  return { opened, left, present };
}

test('a reload that has nothing to do with the site leaves its connection', () => {
  const { opened, present } = sites();
  present.configure(options());
  const { site } = present;
  present.configure(
    options({ routes: false, news: false, limits: true, on_loss: 'deny', gateways: [{ name: 'b', key: '' }] }),
  );
  assert.equal(present.site, site);
  assert.equal(opened.length, 1);
});

const other: readonly [what: string, changes: Partial<ShareOptions>][] = [
  ['engine', { url: places(1) }],
  ['kind of engine', { kind: 'cluster' }],
  ['master', { sentinel_name: 'other' }],
  ['user', { username: 'other' }],
  ['password', { password_file: { path: 'password', secret: 'other' } }],
  ['authority', { ca_file: { path: 'ca', pem: 'other' } }],
  ['certificate', { cert_file: { path: 'cert', pem: 'other' } }],
  ['key', { key_file: { path: 'key', secret: 'other' } }],
  ['name of the certificate', { tls_name: 'other' }],
  ['site', { site: 'other' }],
  ['name', { gateway: 'other' }],
  ['secret in the same file', { secret_file: { ...SECRET, secret: 'another secret with 32 characters' } }],
];
for (const [what, changes] of other) {
  test(`a reload with another ${what} opens another connection, and leaves the one before`, async () => {
    const { opened, present } = sites();
    present.configure(options());
    const { site } = present;
    present.configure(options(changes));
    assert.notEqual(present.site, site);
    await new Promise(setImmediate);
    assert.deepEqual(
      opened.map(({ isUp }) => isUp),
      [false, true],
    );
  });
}

test('without a URL there is no site, and the engine is left', async () => {
  const { opened, left, present } = sites();
  present.configure(options({ gateway: 'alpha' }));
  present.configure(options({ url: null }));
  assert.equal(present.site, undefined);
  await present.close();
  assert.deepEqual(left, [['alpha', true]]);
  assert.deepEqual(
    opened.map(({ isUp }) => isUp),
    [false],
  );
});

test('sites with one secret and other names cannot read each other', () => {
  const { present } = sites();
  present.configure(options());
  const names = present.site?.secrets.names.export();
  present.configure(options({ site: 'other' }));
  assert.notDeepEqual(present.site?.secrets.names.export(), names);
});
