// What the records of flows tell of their association. One object for all flows of an association, made when it begins: its
// control connection may have gone from the record by the time that somebody asks.
import type { User } from '../../../../protocol/users/user.js';
import type { ConnectionRecords } from '../../records/records.js';

export interface AssociationNote {
  /** The slot and the serial number of its control connection. */
  readonly slot: number;
  readonly serial: number;
  /** As text, and its address; undefined if the kernel did not tell it. */
  readonly client: string;
  readonly clientIp: Uint8Array | undefined;
  /** The number of the listener where it came in. */
  readonly listener: number;
  readonly user: User | undefined;
}

/** What is read of the records of connections. */
export type NotedRecords = Pick<ConnectionRecords, 'clientIp' | 'clientName' | 'listenerOf'> & {
  readonly reader: Pick<ConnectionRecords['reader'], 'serialOf'>;
};

/** `connection`: the number of the control connection in the records of connections. */
export function noteAssociation(records: NotedRecords, connection: number, user: User | undefined): AssociationNote {
  return {
    slot: connection,
    serial: records.reader.serialOf(connection),
    client: records.clientName(connection),
    clientIp: records.clientIp(connection),
    listener: records.listenerOf(connection),
    user,
  };
}
