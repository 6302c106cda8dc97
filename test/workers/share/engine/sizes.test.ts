import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Command } from '../../../../src/workers/share/engine/engine.js';
import { commandBytes } from '../../../../src/workers/share/engine/sizes.js';

test('a command is as long as it is sent', () => {
  const sent: readonly (readonly [Command, string])[] = [
    [['PING'], '*1\r\n$4\r\nPING\r\n'],
    [['SET', 'ä', Buffer.alloc(10, 'x')], '*3\r\n$3\r\nSET\r\n$2\r\nä\r\n$10\r\nxxxxxxxxxx\r\n'],
    [['DEL', ...Array<string>(9).fill('')], `*10\r\n$3\r\nDEL\r\n${'$0\r\n\r\n'.repeat(9)}`],
  ];
  for (const [command, bytes] of sent) assert.equal(commandBytes(command), Buffer.byteLength(bytes), bytes);
});
