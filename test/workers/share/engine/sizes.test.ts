import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command, Reply } from '../../../../src/workers/share/engine/engine.js';
import { commandBytes, replyBytes } from '../../../../src/workers/share/engine/sizes.js';

test('a command is as long as it is sent', () => {
  const sent: readonly (readonly [Command, string])[] = [
    [['PING'], '*1\r\n$4\r\nPING\r\n'],
    [['SET', 'ä', Buffer.alloc(10, 'x')], '*3\r\n$3\r\nSET\r\n$2\r\nä\r\n$10\r\nxxxxxxxxxx\r\n'],
    [['DEL', ...Array<string>(9).fill('')], `*10\r\n$3\r\nDEL\r\n${'$0\r\n\r\n'.repeat(9)}`],
  ];
  for (const [command, bytes] of sent) assert.equal(commandBytes(command), Buffer.byteLength(bytes), bytes);
});

test('a reply is as long as it comes', () => {
  const come: readonly (readonly [Reply, string])[] = [
    ['OK', '+OK\r\n'],
    [0, ':0\r\n'],
    [9, ':9\r\n'],
    [10, ':10\r\n'],
    [-2, ':-2\r\n'],
    [-1000, ':-1000\r\n'],
    [null, '$-1\r\n'],
    [Buffer.alloc(0), '$0\r\n\r\n'],
    [Buffer.alloc(100, 'y'), `$100\r\n${'y'.repeat(100)}\r\n`],
    [{ error: 'OOM no room' }, '-OOM no room\r\n'],
    [[], '*0\r\n'],
    [[Buffer.from('a'), null, [1, { error: 'ERR' }]], '*3\r\n$1\r\na\r\n$-1\r\n*2\r\n:1\r\n-ERR\r\n'],
  ];
  for (const [reply, bytes] of come) assert.equal(replyBytes(reply), Buffer.byteLength(bytes), bytes);
});
