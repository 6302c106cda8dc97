// What the admin actor may ask of main. What comes of it is decided elsewhere.
import type { GatewayAdmin } from '../../threads/contracts/admin/gateway.js';
import { ownVersion } from '../process/own-version.js';

/** Who carries out what is asked. */
export interface AskedByAdmin {
  reload(): Promise<object>;
}

export const gatewayAdmin = ({ reload }: AskedByAdmin): GatewayAdmin => ({
  version: async () => ownVersion(),
  reload,
});
