// The colours keep what looks.ts promises of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { STYLE } from '../../../../bench/report/page/style.js';
import { colourOf, colourVariables, looksOf } from '../../../../bench/report/shared/looks.js';

type Rgb = readonly [number, number, number];
type Matrix = readonly [Rgb, Rgb, Rgb];

/** How colours look to eyes of each kind, in linear RGB (Machado, Oliveira and Fernandes 2009, severity 1). */
const EYES: Readonly<Record<string, Matrix>> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'no red': [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  'no green': [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};
const XYZ: Matrix = [
  [0.4124, 0.3576, 0.1805],
  [0.2126, 0.7152, 0.0722],
  [0.0193, 0.1192, 0.9505],
];
const WHITE: Rgb = [0.9505, 1, 1.089];
const KNOWN = ['tcproute-uring', 'tcproute-epoll', 'microsocks', 'haproxy', 'haproxy-splice', 'dante', 'v2ray'];

const each = <Part>([a, b, c]: readonly [Part, Part, Part], change: (part: Part) => number): Rgb => [
  change(a),
  change(b),
  change(c),
];

const times = (matrix: Matrix, vector: Rgb) =>
  each(matrix, (row) => row.reduce((sum, factor, index) => sum + factor * vector[index], 0));

function linear(hex: string): Rgb {
  return each([1, 3, 5], (at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
}

function lab(colour: Rgb): Rgb {
  const clipped = each(colour, (part) => Math.min(1, Math.max(0, part)));
  const [x, y, z] = times(XYZ, clipped)
    .map((part, index) => part / WHITE[index])
    .map((part) => (part > 0.008856 ? Math.cbrt(part) : 7.787 * part + 16 / 116));
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const luminance = (colour: Rgb) => times(XYZ, colour)[1];

function contrast(a: Rgb, b: Rgb): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((one, other) => one - other);
  return (light + 0.05) / (dark + 0.05);
}

function coloursOf(theme: 'light' | 'dark'): Map<string, string> {
  return new Map(
    colourVariables(theme)
      .split(';')
      .map((line) => line.split(':') as [string, string]),
  );
}

for (const [index, theme] of (['light', 'dark'] as const).entries()) {
  const colours = coloursOf(theme);
  const ground = linear([...STYLE.text.matchAll(/--ground:(#[0-9a-f]{6})/g)][index][1]);
  const hexOf = (name: string) => colours.get(colourOf(name).slice('var('.length, -1)) as string;

  test(`every colour can be seen on the ${theme} ground`, () => {
    for (const [name, hex] of colours) assert.ok(contrast(linear(hex), ground) >= 3, `${name} ${hex}`);
  });

  test(`known subjects are apart for eyes of each kind, ${theme}`, () => {
    for (const [eye, matrix] of Object.entries(EYES)) {
      const seen = KNOWN.map((name) => [name, lab(times(matrix, linear(hexOf(name))))] as const);
      for (const [at, [name, one]] of seen.entries()) {
        for (const [other, two] of seen.slice(at + 1)) {
          const distance = Math.hypot(...one.map((part, axis) => part - two[axis]));
          assert.ok(distance >= 28, `${eye}: ${name} and ${other} are ${distance.toFixed(1)} apart`);
        }
      }
    }
  });
}

test('an unknown subject has a colour of its own that stays, and that none of the known has', () => {
  for (const name of ['gost', '', '"><script>', '__proto__', 'toString']) {
    assert.equal(colourOf(name), colourOf(name));
    assert.match(colourOf(name), /^var\(--subject-\d+\)$/);
    assert.ok(!KNOWN.map(colourOf).includes(colourOf(name)), name);
  }
});

test('numbers of workers are told where there are several, and tell lines apart', () => {
  const one = looksOf([
    { subject: 'a', workers: 1 },
    { subject: 'b', workers: 0 },
  ]);
  assert.equal(one({ subject: 'a', workers: 1 }).label, 'a');
  const several = looksOf([
    { subject: 'a', workers: 1 },
    { subject: 'a', workers: 2 },
    { subject: 'b', workers: 0 },
  ]);
  assert.deepEqual(
    [1, 2].map((workers) => several({ subject: 'a', workers }).label),
    ['a ×1', 'a ×2'],
  );
  assert.equal(several({ subject: 'b', workers: 0 }).label, 'b');
  assert.notEqual(several({ subject: 'a', workers: 1 }).dash, several({ subject: 'a', workers: 2 }).dash);
});
