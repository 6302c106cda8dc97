// The options of a gateway that shares over an engine that nobody needs to be.
import type { ShareOptions } from '../../src/protocol/share-options.js';
import { gatewayOptions } from './gateway-options.js';

export const sharing = (changes: Partial<ShareOptions> = {}): ShareOptions => ({
  ...gatewayOptions().share,
  url: [
    {
      ...{ kind: 'internet', host: '127.0.0.1', port: 6379, tls: false },
      ...{ username: undefined, password: undefined, database: 0 },
    },
  ],
  secret_file: { path: 'share.secret', secret: 's'.repeat(32) },
  gateway: 'a',
  ...changes,
});
