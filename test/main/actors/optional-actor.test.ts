import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startGateway } from '../../../src/main/gateway/gateway.js';
import { captureLog } from '../../helpers/capture-log.js';
import { gatewayOptions } from '../../helpers/gateway-options.js';

const SHARE = gatewayOptions().share;
const ENGINE = {
  kind: 'unix',
  path: '/nowhere/engine',
  username: undefined,
  password: undefined,
  database: 0,
} as const;
const shared = gatewayOptions({
  share: { ...SHARE, url: [ENGINE], secret_file: { path: 'secret', secret: 's'.repeat(32) } },
});

test('the share actor comes and goes with its key, also where no engine answers, and ends with the gateway', async () => {
  const alone = gatewayOptions();
  const started = await startGateway(alone, captureLog().log);
  assert.ok(started.code === 'started', JSON.stringify(started));
  const { gateway } = started;
  const names = async (): Promise<readonly string[]> => (await gateway.status(false)).actors.map(({ name }) => name);
  try {
    assert.ok(!(await names()).includes('share actor'));
    for (const [options, isThere] of [
      [shared, true],
      [alone, false],
      [shared, true],
    ] as const) {
      assert.deepEqual(await gateway.publish(options), { code: 'done' });
      assert.equal((await names()).includes('share actor'), isThere);
    }
  } finally {
    await gateway.close(0);
  }
});
