// The parts of the actor's context that a session needs, with those of its steps. Types only.
import type { Options } from '../../protocol/options.js';
import type { AllowedParts } from './allowed-lines.js';
import type { BeginAssociationParts } from './begin-association.js';
import type { UserRights } from './client/authenticator.js';
import type { HandshakeParts } from './client/handshake.js';
import type { LingeringParts } from './client/lingering-close.js';
import type { Clients } from './clients.js';
import type { ConnectionEnd } from './connection-end.js';
import type { Limits } from './limits.js';
import type { HelloRaceParts } from './race/hello/race.js';
import type { RaceParts } from './race/race.js';
import type { ConnectionRecords } from './records/records.js';
import type { RelayContext } from './relay/relay.js';
import type { AttemptBudget } from './shared/dialling/attempt-budget.js';
import type { Egress } from './shared/dialling/egress.js';
import type { FailureLog } from './shared/dialling/failure-log.js';
import type { RulesReplica } from './shared/replicas/rules.js';
import type { Tally } from './tally.js';

export type SessionParts = HandshakeParts &
  AllowedParts &
  RaceParts &
  HelloRaceParts &
  RelayContext &
  LingeringParts &
  BeginAssociationParts & {
    readonly options: Pick<Options, 'handshake_timeout_ms'> & {
      readonly udp: Pick<Options['udp'], 'enabled'>;
      readonly race: Pick<Options['race'], 'until'>;
    };
    readonly limits: Pick<Limits, 'isRefused' | 'handshakeTime' | 'told' | 'requested'>;
    readonly authenticator: Pick<UserRights, 'linesOf'>;
    readonly budget: Pick<AttemptBudget, 'isTight'>;
    readonly egress: Pick<Egress, 'mayAskFor'>;
    readonly rules: Pick<RulesReplica, 'needClient' | 'match' | 'blocks' | 'placeFor' | 'quietAt'>;
    readonly clients: Pick<Clients, 'of' | 'usualLines'>;
    readonly failures: Pick<FailureLog, 'misfit'>;
    readonly records: Pick<
      ConnectionRecords,
      'open' | 'told' | 'clientIp' | 'clientName' | 'targeted' | 'replied' | 'won' | 'lost'
    >;
    readonly ends: Pick<ConnectionEnd, 'ended' | 'wantsFirstBytes'>;
    readonly tally: Pick<
      Tally,
      'opened' | 'handshakeFailed' | 'connected' | 'cancelled' | 'lost' | 'won' | 'undecided'
    >;
    /** Whether every destination is listened to for its first byte. */
    readonly isDebugging: boolean;
  };
