// A gateway as a process: `runGateway` with the options given as JSON. It logs to standard output. With the further argument
// `throw` or `reject`, main fails in that way as soon as standard input has data.

import assert from 'node:assert/strict';
import type { Loaded } from '../../src/main/config/load.js';
import { endWith } from '../../src/main/gateway/end-with.js';
import { runGateway } from '../../src/main/gateway/run.js';
import { openLog } from '../../src/main/process/log.js';
import { LineNumbers } from '../../src/protocol/lines/numbers.js';
import type { Options } from '../../src/protocol/options.js';
import { gatewayOptions } from './gateway-options.js';

const options = gatewayOptions(JSON.parse(process.argv[2] ?? '{}') as Partial<Options>);
if (process.argv[3] !== undefined) {
  process.stdin.once('data', () => {
    const error = new Error('on purpose');
    if (process.argv[3] === 'throw') throw error;
    void Promise.reject(error);
  });
}
const tried = openLog(options.log_level, options.log);
assert.ok(tried.code === 'opened');
const { opened } = tried;
const unchanged: Loaded = {
  kind: 'loaded',
  options,
  warnings: [],
  file: undefined,
  whereRule: () => '',
  inEffect: () => [],
};
const run = runGateway(options, opened, { read: () => unchanged, numbers: new LineNumbers() });
process.exitCode = await endWith(await run, opened);
