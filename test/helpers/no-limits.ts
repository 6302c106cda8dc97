// Limits of clients that hold nobody back.
import { ClientLimits } from '../../src/threads/shared/client-limits.js';
import { Shares } from '../../src/threads/shared/shares.js';

export function noLimits(): ClientLimits {
  const options = { connections_max: 1, client_connections_max: 0, client_rate: 0, client_handshakes_max: 0 };
  return new ClientLimits(options, new Shares(Shares.create(0, 1, 0)), false);
}
