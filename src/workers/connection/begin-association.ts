// What a session does for a client that asks for datagrams: within the limits it gets an association, its reply, and a record. From
// then on the control connection is the association's.
import type { Engine } from '../../linux/engine/engine.js';
import type { Replies } from '../../protocol/inbound/inbound.js';
import type { Failure } from '../../protocol/race/failure.js';
import type { Limits } from './limits.js';
import type { ConnectionRecords } from './records/records.js';
import type { Tally } from './tally.js';
import type { AssociateRequest, MakeAssociation } from './udp/associate.js';

export interface BeginAssociationParts {
  readonly engine: Pick<Engine, 'now' | 'sendCopy'>;
  readonly limits: Pick<Limits, 'associated'>;
  readonly records: Pick<ConnectionRecords, 'targeted' | 'replied' | 'associated'>;
  readonly tally: Pick<Tally, 'connected'>;
  readonly newAssociation: MakeAssociation;
}

/** What the record of a control connection has for a target. */
const UDP = 'udp';

/** Returns why the client gets none, if so. */
export function beginAssociation(
  parts: BeginAssociationParts,
  request: AssociateRequest & { readonly replies: Replies },
  client: Parameters<Limits['associated']>[2],
): Failure | undefined {
  const { engine, limits, records, tally, newAssociation } = parts;
  const { control, connection, user, replies } = request;
  const made = limits.associated(control.fd, user, client, engine.now) ?? newAssociation(request);
  const isMade = made.code === 'associated';
  records.targeted(connection, { host: UDP, asked: UDP, ip: undefined, port: isMade ? made.port : 0 }, user);
  if (!isMade) return made;
  engine.sendCopy(control, replies.success(made.ip, made.port));
  records.replied(connection, replies.successCode);
  records.associated(connection, made.association);
  tally.connected();
  made.association.start();
  return undefined;
}
