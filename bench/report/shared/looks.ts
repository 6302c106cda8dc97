// The look of a subject: its label, and a colour that stays the same in every plot and on every page.
import type { Row } from '../../results/summary.js';

export interface Look {
  readonly label: string;
  /** A CSS value. */
  readonly colour: string;
  /** The dash pattern of a curve: tells numbers of workers apart. */
  readonly dash: string;
}

export type Entrant = Pick<Row, 'subject' | 'workers'>;

/**
 * Colours on light and on dark ground. The contrast to the ground is at least 3 : 1. Any two colours differ by 28 or more in
 * CIELAB, for eyes that see all colours and for those that lack red or green.
 */
const COLOURS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  'tcproute-uring': ['#2957e0', '#4576e9'],
  'tcproute-epoll': ['#339bc5', '#3484b2'],
  microsocks: ['#8e3110', '#b16b2e'],
  haproxy: ['#1e453a', '#42957c'],
  'haproxy-splice': ['#2b9a5e', '#bce591'],
  dante: ['#721672', '#e5cbe7'],
  v2ray: ['#b48c22', '#e7c034'],
};
const NAMES = Object.keys(COLOURS);
/** For subjects that are not in COLOURS. */
const SPARE: readonly (readonly [light: string, dark: string])[] = [
  ['#6b4fd8', '#b6a4ff'],
  ['#5f6368', '#b4b8bd'],
  ['#7c4a2d', '#d3a27f'],
  ['#007c89', '#5ed3df'],
];
const DASHES = ['', '7 3', '2 3', '10 3 2 3'];

const slots = [...Object.values(COLOURS), ...SPARE];

/** CSS declarations for a rule of the page's root. */
export const colourVariables = (theme: 'light' | 'dark'): string =>
  slots.map((pair, slot) => `--subject-${slot}:${pair[theme === 'light' ? 0 : 1]}`).join(';');

/** Returns a CSS variable. The name itself never gets into the style, since it may contain anything. */
export function colourOf(subject: string): string {
  const known = NAMES.indexOf(subject);
  if (known >= 0) return `var(--subject-${known})`;
  let sum = 0;
  for (const character of subject) sum = (sum * 31 + (character.codePointAt(0) as number)) >>> 0;
  return `var(--subject-${NAMES.length + (sum % SPARE.length)})`;
}

/** Labels have the number of workers only where there are several numbers. */
export function looksOf(entrants: readonly Entrant[]): (entrant: Entrant) => Look {
  const numbers = [...new Set(entrants.map(({ workers }) => workers).filter((workers) => workers > 0))];
  return ({ subject, workers }) => ({
    label: numbers.length > 1 && workers > 0 ? `${subject} ×${workers}` : subject,
    colour: colourOf(subject),
    dash: DASHES[Math.max(0, numbers.indexOf(workers)) % DASHES.length],
  });
}
