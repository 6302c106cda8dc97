// What is learned of a candidate of a destination, as actors tell it each other. Pure.
import type { Measured, Way } from '../bulk/transfer.js';
import type { Candidate } from '../lines/candidate.js';
import type { How, RouteFailure } from './candidate-memory.js';

/** An event of a candidate. */
export type RouteEvent = Candidate &
  (
    | ({ readonly kind: 'connected'; readonly connect_ms: number } & How)
    | { readonly kind: 'answered'; readonly first_byte_ms: number }
    | { readonly kind: 'failed'; readonly cause: RouteFailure }
    /** Of a site: its line has carried a part of a bulk transfer; and a connection that did not come in bulk. */
    | ({ readonly kind: 'carried'; readonly way: Way } & Measured)
    | { readonly kind: 'trickled'; readonly bytes: number }
    /** Its name no longer has the address, or has it again. */
    | { readonly kind: 'moved'; readonly to: Uint8Array | undefined }
    | { readonly kind: 'back' }
    /** It is tried beside a dearer one, to which it has lost the destination. */
    | { readonly kind: 'tried' }
  );
