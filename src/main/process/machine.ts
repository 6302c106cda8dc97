// The machine's own addresses, for main and its commands: the same judge as in the connection actors
// (workers/connection/shared/dialling/egress.ts).
import { THIS_MACHINE } from '../../linux/netlink/this-machine.js';
import { OwnAddresses } from '../../protocol/address/own-addresses.js';

const own = new OwnAddresses(THIS_MACHINE);

/** Takes 4 bytes, or 16 that are not mapped. */
export const machineHas = (ip: Uint8Array): boolean => own.has(ip);

/** The same, for what leads to the gateway's own ports: see own-addresses.ts. */
export const machineHasNow = (ip: Uint8Array): boolean => own.hasNow(ip);

/** Whether a socket can have this local address now. */
export const canBind = (ip: Uint8Array): boolean => THIS_MACHINE.canBind(ip);
