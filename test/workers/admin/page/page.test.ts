import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Hono } from 'hono';
import { readPage } from '../../../../src/workers/admin/page/files.js';
import { servePage } from '../../../../src/workers/admin/page/page.js';
import { pageFiles } from '../../../helpers/dashboard/page.js';

const GZIP_OCTETS_MAX = 150 * 1024;

const files = pageFiles();
const app = new Hono();
servePage(app, files);

test('the page is small: below 150 KiB compressed, all files together', () => {
  const octets = [...files.values()].reduce((sum, { gzip }) => sum + gzip.length, 0);
  assert.ok(octets > 10_000 && octets < GZIP_OCTETS_MAX, `${octets}`);
});

test('a file is sent compressed to those who take that, and plain to others', async () => {
  const compressed = await app.request('/dashboard/dashboard.js', { headers: { 'Accept-Encoding': 'br, gzip;q=0.5' } });
  assert.equal(compressed.headers.get('content-encoding'), 'gzip');
  assert.equal(compressed.headers.get('vary'), 'Accept-Encoding');
  assert.equal(compressed.headers.get('content-type'), 'text/javascript; charset=utf-8');
  const text = gunzipSync(new Uint8Array(await compressed.arrayBuffer())).toString();
  for (const encoding of ['identity', 'gzip;q=0', 'br, gzip; q=0.0', '']) {
    const plain = await app.request('/dashboard/dashboard.js', { headers: { 'Accept-Encoding': encoding } });
    assert.equal(plain.headers.get('content-encoding'), null, encoding);
    assert.equal(await plain.text(), text);
  }
});

test('who has the file already gets no second copy', async () => {
  const first = await app.request('/');
  const etag = first.headers.get('etag') ?? '';
  assert.match(etag, /^"[\w-]{12}"$/);
  for (const has of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
    const again = await app.request('/', { headers: { 'If-None-Match': has } });
    assert.equal(again.status, 304, has);
    assert.equal(again.headers.get('etag'), etag);
    assert.equal(await again.text(), '');
  }
  assert.equal((await app.request('/', { headers: { 'If-None-Match': '"other"' } })).status, 200);
});

test('nothing else below the page is served', async () => {
  for (const path of ['/dashboard', '/dashboard/', '/dashboard/..%2factor.js', '/index.html']) {
    assert.equal((await app.request(path)).status, 404, path);
  }
});

test('the page names no place outside, and has no script or style of its own', async () => {
  const text = await (await app.request('/')).text();
  assert.doesNotMatch(text, /https?:|\/\//);
  assert.doesNotMatch(text, /<style|style=|<script(?! type="module" src="dashboard\/dashboard.js")/);
});

test('where the files are missing there is no page, and somebody hears why', () => {
  const heard: string[] = [];
  assert.equal(readPage(new URL('file:///nowhere/'), (why) => heard.push(why)).size, 0);
  assert.match(heard.join(), /^the dashboard is not served: ENOENT/);
});
