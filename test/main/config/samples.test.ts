// The samples in the documentation are configurations: each loads as it stands, beside the lines of the samples before it.
import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import json5 from 'json5';
import { TOP_KEYS } from '../../../src/main/config/keys.js';
import { load } from '../../../src/main/config/load.js';

const root = new URL('../../../../', import.meta.url);
const directory = mkdtempSync(join(tmpdir(), 'tcproute-samples-'));
after(() => rmSync(directory, { recursive: true }));

/** The private key of the samples' "north": its octets are all 1 (RFC 8410 section 7 has what stands before them). */
const NORTH = createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 1)]),
  format: 'der',
  type: 'pkcs8',
});

/** Blocks of JSON, and JSON within a line that begins with one of our keys. */
function samples(document: string): string[] {
  const blocks = [...document.matchAll(/^```jsonc?\n(.*?)^```$/gms)].map(([, text]) => (text as string).trim());
  const inline = [...document.matchAll(/`(\{"(\w+)": [^`]*\})`/g)].filter(([, , key]) =>
    TOP_KEYS.includes(key as string),
  );
  // A part of a configuration stands without the braces around it.
  return [
    ...blocks.map((text) => (text.startsWith('{') ? text : `{${text}}`)),
    ...inline.map(([, text]) => text as string),
  ];
}

for (const document of ['README.md', 'README.zh-CN.md', 'docs/config.md']) {
  test(`the samples in ${document} are right`, () => {
    const texts = samples(readFileSync(new URL(document, root), 'utf8'));
    assert.ok(texts.length >= 2, `${texts.length} samples`);
    mkdirSync(join(directory, 'lists'), { recursive: true });
    for (const list of ['ads.txt', 'lists/ads.txt']) writeFileSync(join(directory, list), 'ads.test\n');
    writeFileSync(join(directory, 'users.yaml'), 'carol: {password: secret}\n');
    const secret = { mode: 0o600 };
    writeFileSync(join(directory, 'share.secret'), 's'.repeat(32), secret);
    writeFileSync(join(directory, 'share-north.pem'), NORTH.export({ type: 'pkcs8', format: 'pem' }), secret);
    let upstream: unknown;
    for (const text of texts) {
      const tree = json5.parse<Record<string, unknown>>(text);
      upstream = tree['upstream'] ?? upstream;
      const whole = upstream === undefined || 'upstream' in tree ? text : JSON.stringify({ ...tree, upstream });
      writeFileSync(join(directory, 'c.json'), whole);
      const loaded = load({ file: 'c.json', directory, environment: {}, flags: {} });
      assert.deepEqual(loaded.kind === 'invalid' ? loaded.errors : [], [], text);
      const odd = loaded.warnings.filter((warning) => !warning.includes('is not an address of this machine'));
      assert.deepEqual(odd, [], text);
    }
  });
}
