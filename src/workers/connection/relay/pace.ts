// How a direction reads its source: in small messages, in large buffers, or by splicing, and when it changes between them. All
// of it is one number, to save memory: each connection has two directions, and most are idle. Pure: it reads and sends nothing.
import { BufferGroup, GROUP_SIZES } from '../../../linux/engine/buffers.js';

/** How the source is read: not, one receive at a time (large buffers), as a stream of messages, being stopped, or ended. */
export const Reading = { no: 0, once: 1, stream: 2, stopping: 3, ended: 4 } as const;
type Reading = (typeof Reading)[keyof typeof Reading];

/** A `Reading`, the bits below it, and a streak: full reads in a row while copying, small wake-ups in a row while splicing. */
export type Pace = number;

/** Up to this size bytes go with the turn's other operations; more go by a direct call, which tells how many were taken. */
export const MESSAGE_MAX = GROUP_SIZES[BufferGroup.small].size;
/** Reads in a row that fill the buffer before a larger buffer, and then a pipe, is used. */
const FULL_READS = 3;
/** A large buffer counts as filled from this size on: a stream's segments do not come in powers of two. */
const FULL_LARGE = 32768;
/** Splicing ends after SMALL_SPLICES wake-ups in a row that each moved less than this. */
const SMALL_SPLICE = 16384;
const SMALL_SPLICES = 4;
/** For fewer bytes a pipe is not worth while. */
export const SPLICE_MIN = 65_536;
/** Pipe loads that one direction moves in a turn, before the others. */
export const SPLICES_A_TURN = 8;

const READING = 7;
const BULK = 8;
const NAGLE = 16;
const STREAK = 5;
const ALL_BUT_STREAK = (1 << STREAK) - 1;

/** `nagle`: whether the sink still uses Nagle's algorithm. */
export const paceOf = (nagle: boolean): Pace => (nagle ? NAGLE | Reading.no : Reading.no);

export const readingOf = (pace: Pace): Reading => (pace & READING) as Reading;
export const withReading = (pace: Pace, reading: Reading): Pace => (pace & ~READING) | reading;

/** Whether the source is read in large buffers. */
export const isBulk = (pace: Pace): boolean => (pace & BULK) !== 0;

/** Whether the sink still uses Nagle's algorithm. */
export const usesNagle = (pace: Pace): boolean => (pace & NAGLE) !== 0;
export const withoutNagle = (pace: Pace): Pace => pace & ~NAGLE;

const streakOf = (pace: Pace): number => pace >> STREAK;
const withStreak = (pace: Pace, streak: number): Pace => (pace & ALL_BUT_STREAK) | (streak << STREAK);

/** After a read of `size` bytes. Large buffers end here, at a read that a small one could have held. */
export function afterRead(pace: Pace, size: number): Pace {
  const full = isBulk(pace) ? size >= FULL_LARGE : size === MESSAGE_MAX;
  if (full) return withStreak(pace, streakOf(pace) + 1);
  const isSmall = size < MESSAGE_MAX && readingOf(pace) === Reading.no;
  return withStreak(isSmall ? pace & ~BULK : pace, 0);
}

/** Whether reads fill the buffer, so that a larger buffer or a pipe is worth while. */
export const fillsBuffers = (pace: Pace): boolean => streakOf(pace) >= FULL_READS;

/** The next way to read what fills the buffers: large buffers, and after those a pipe. */
export const inBulk = (pace: Pace): Pace => withStreak(pace | BULK, 0);

/** After a wake-up in which splicing moved `moved` bytes until the source was empty. */
export const afterSplice = (pace: Pace, moved: number): Pace =>
  withStreak(pace, moved < SMALL_SPLICE ? streakOf(pace) + 1 : 0);

/** Whether what comes is too little for splicing. */
export const isTrickle = (pace: Pace): boolean => streakOf(pace) >= SMALL_SPLICES;

/** Copying again, after splicing. */
export const copying = (pace: Pace): Pace => withStreak(pace, 0);
