// Begins an association: finds out where its client is and where the client can reach the gateway, and binds a socket there.
import { randomInt } from 'node:crypto';
import type { Socket } from '../../../linux/engine/socket.js';
import { THIS_MACHINE } from '../../../linux/netlink/this-machine.js';
import { localEndpoint } from '../../../linux/sockets.js';
import { parseIp, unmapped } from '../../../protocol/address/address.js';
import { OwnAddresses } from '../../../protocol/address/own-addresses.js';
import type { Quiet } from '../../../protocol/quiet/quiet.js';
import { type Failure, failureOf } from '../../../protocol/race/failure.js';
import { ClientEndpoint } from '../../../protocol/udp/client-endpoint.js';
import { type ClientPlace, clientPlace } from '../../../protocol/udp/client-place.js';
import type { UdpOptions } from '../../../protocol/udp-options.js';
import type { User } from '../../../protocol/users/user.js';
import { failureOfResult } from '../race/attempt/causes.js';
import { Association, type AssociationParts } from './association.js';
import { bindForClient } from './client-socket.js';
import { type NotedRecords, noteAssociation } from './records/association-note.js';
import type { UdpTally } from './tally.js';

export interface AssociateParts extends AssociationParts {
  readonly options: AssociationParts['options'] & { readonly udp: Pick<UdpOptions, 'advertise' | 'ports'> };
  readonly records: NotedRecords;
  readonly udpTally: AssociationParts['udpTally'] & Pick<UdpTally, 'associated'>;
}

/** What a client has asked for. */
export interface AssociateRequest {
  /** The control connection, and its number in the records. */
  readonly control: Socket;
  readonly connection: number;
  readonly user: User | undefined;
  /** How many gateways the request has passed. */
  readonly depth: number;
  /** The port from which the client says that it will send; 0 where it does not say so. */
  readonly port: number;
  readonly quiet: Quiet;
}

/** An association, which is still to be started, and where its client is to send. */
export interface Associated {
  readonly code: 'associated';
  readonly association: Association;
  readonly ip: Uint8Array;
  readonly port: number;
}

export type MakeAssociation = (request: AssociateRequest) => Associated | Failure;

const addresses = new OwnAddresses(THIS_MACHINE);
const machineHas = (ip: Uint8Array): boolean => addresses.hasNow(ip);

/** A client of a Unix socket is on this machine. */
const LOOPBACK = Uint8Array.of(127, 0, 0, 1);
const NOWHERE = new Uint8Array(0);
const PORTS = 65_536;
const ELSEWHERE = failureOf('network-unreachable', 'there is no address at which the client could reach the gateway');

/** The association is counted in its limits already. */
export function associate(parts: AssociateParts, request: AssociateRequest): Associated | Failure {
  const associated = begin(parts, request);
  if (associated.code !== 'associated') parts.udpLimits.ended();
  return associated;
}

function begin(parts: AssociateParts, request: AssociateRequest): Associated | Failure {
  const { options, records, udpTally } = parts;
  const { control, connection, user, depth, quiet } = request;
  const clientIp = unmapped(records.clientIp(connection) ?? LOOPBACK);
  const place = placeFor(clientIp, control, options.udp);
  if ('code' in place) return place;
  const bound = bindForClient(place.bind, options.udp.ports, randomInt(PORTS));
  if ('code' in bound) return bound;
  const client = new ClientEndpoint(clientIp, request.port);
  const note = noteAssociation(records, connection, user);
  const association = new Association(parts, { control, connection, user, depth, client, fd: bound.fd, quiet, note });
  udpTally.associated();
  return { code: 'associated', association, ip: place.tell, port: bound.port };
}

/** To which address the socket is bound, and which the client is told. */
function placeFor(
  clientIp: Uint8Array,
  control: Socket,
  { advertise }: Pick<UdpOptions, 'advertise'>,
): ClientPlace | Failure {
  const own = addressOf(control, clientIp);
  if ('code' in own) return own;
  const told = advertise?.map((text) => parseIp(text)).find((ip) => ip?.length === clientIp.length);
  return clientPlace(clientIp, own.ip, told, machineHas) ?? ELSEWHERE;
}

/** The address to which the client has connected. */
function addressOf(control: Socket, clientIp: Uint8Array): { readonly ip: Uint8Array } | Failure {
  const local = localEndpoint(control.fd);
  if (typeof local === 'number') return failureOfResult(local);
  if (clientIp === LOOPBACK) return { ip: LOOPBACK };
  // A Unix socket has no address, and so none of the client's family.
  return { ip: local.port === 0 ? NOWHERE : unmapped(local.ip) };
}
