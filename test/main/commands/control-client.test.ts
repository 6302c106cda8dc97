// What the commands that ask the gateway say when nobody answers. A real socket is in gateway/control.test.ts.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adviceOn } from '../../../src/main/commands/control-client.js';

test('who may not ask hears who may', () => {
  assert.equal(adviceOn('EACCES', 'reload'), '; only the owner of the gateway may ask it');
});

test('where nobody listens, a moved socket may be the reason, and each command has its signal', () => {
  for (const code of ['ENOENT', 'ECONNREFUSED']) {
    assert.match(adviceOn(code, 'reload'), /reload by SIGHUP, .*=OLD tcproute reload -c FILE$/);
    assert.match(adviceOn(code, 'upgrade'), /upgrade by SIGUSR1, .*=OLD tcproute upgrade -c FILE$/);
  }
});

test('another failure has no advice', () => {
  assert.deepEqual([adviceOn('ECONNRESET', 'reload'), adviceOn(undefined, 'reload')], ['', '']);
});
