// A gateway as a process of its own: `runGateway` with the options given as JSON. Logs go to standard output.
import { runGateway } from '../../src/main/gateway.js';
import { createLogger } from '../../src/main/log.js';
import type { Options } from '../../src/protocol/options.js';
import { gatewayOptions } from './gateway-options.js';

const options = gatewayOptions(JSON.parse(process.argv[2] ?? '{}') as Partial<Options>);
process.exitCode = await runGateway(options, createLogger(options.log_level));
