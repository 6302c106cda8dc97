// What a session does for a client that asks for datagrams: within the limits it gets an association, its reply, and a record. From
// then on the control connection is the association's.
import type { Engine } from '../../linux/engine/engine.js';
import type { Target } from '../../protocol/address/target.js';
import type { Replies } from '../../protocol/inbound/inbound.js';
import type { Failure } from '../../protocol/race/failure.js';
import type { Limits } from './limits.js';
import type { ConnectionRecords } from './records/records.js';
import type { Egress } from './shared/dialling/egress.js';
import type { FailureLog, Whose } from './shared/dialling/failure-log.js';
import type { Tally } from './tally.js';
import type { AssociateRequest, MakeAssociation } from './udp/associate.js';
import type { UdpTally } from './udp/tally.js';

export interface BeginAssociationParts {
  readonly engine: Pick<Engine, 'now' | 'sendCopy'>;
  readonly egress: Pick<Egress, 'mayGoOn'>;
  readonly failures: Pick<FailureLog, 'lost'>;
  readonly limits: Pick<Limits, 'associated'>;
  readonly records: Pick<ConnectionRecords, 'targeted' | 'replied' | 'associated'>;
  readonly tally: Pick<Tally, 'connected'>;
  readonly udpTally: Pick<UdpTally, 'refused'>;
  readonly newAssociation: MakeAssociation;
}

/** What the record of a control connection has for a target, with the port of the association. */
const NOWHERE: Target = { host: 'udp', asked: 'udp', ip: undefined, port: 0 };

/** Returns why the client gets none, if so. */
export function beginAssociation(
  parts: BeginAssociationParts,
  request: AssociateRequest & { readonly replies: Replies },
  client: Parameters<Limits['associated']>[2] & Whose,
): Failure | undefined {
  const { engine, egress, failures, limits, records, tally, udpTally, newAssociation } = parts;
  const { control, connection, user, replies } = request;
  const permission = egress.mayGoOn(request.depth);
  if (permission.code !== 'allowed') {
    udpTally.refused();
    records.targeted(connection, NOWHERE, user);
    failures.lost(permission, NOWHERE, [], client, engine.now);
    return permission;
  }
  const made = limits.associated(control.fd, user, client, engine.now) ?? newAssociation(request);
  const isMade = made.code === 'associated';
  records.targeted(connection, isMade ? { ...NOWHERE, port: made.port } : NOWHERE, user);
  if (!isMade) {
    udpTally.refused();
    return made;
  }
  engine.sendCopy(control, replies.success(made.ip, made.port));
  records.replied(connection, replies.successCode);
  records.associated(connection, made.association);
  tally.connected();
  made.association.start();
  return undefined;
}
