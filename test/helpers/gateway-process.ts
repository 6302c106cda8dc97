// A gateway as a process of its own: `runGateway` with the options given as JSON. Logs go to standard output. A further
// argument is a mistake that main makes when it is sent something: throw or reject.
import { openLog } from '../../src/main/process/log.js';
import { endWith, runGateway } from '../../src/main/run.js';
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
const opened = openLog(options.log_level);
process.exitCode = await endWith(await runGateway(options, opened), opened);
