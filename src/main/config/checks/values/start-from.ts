// Checks where a gateway that starts may read what another one remembers. It asks nobody there, and reads no file.
import { START_PLACE_ALLOWED, startPlaceOf, startPlaceText } from '../../../../protocol/routes/start-place.js';
import { fileAt } from '../../diagnostics/place.js';
import { isPath } from './ca-file.js';
import type { Check } from './setting.js';

export const START_FROM_ALLOWED = `${START_PLACE_ALLOWED}; null for none`;

/** Returns the text of the place with an absolute path. */
export const checkStartFrom: Check<string> = (value, place, diagnostics) => {
  const start = isPath(value) ? startPlaceOf(value) : undefined;
  if (start === undefined) {
    diagnostics.reject(place, value, START_FROM_ALLOWED);
    return undefined;
  }
  return startPlaceText(start.kind === 'http' ? start : { ...start, path: fileAt(place, start.path) });
};
