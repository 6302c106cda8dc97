// The checks of tier, cost and weight, which any node of the upstream tree may have. How they are inherited is in
// protocol/lines/flatten.ts.
import { COST_MAX_MS, TIER_MAX, WEIGHT_MAX } from '../../../../protocol/lines/preference.js';
import { type Check, integerFrom } from '../values/setting.js';

export const PREFERENCE_KEYS = ['tier', 'cost_ms', 'weight'] as const;

export const checkTier: Check<number> = integerFrom(0, TIER_MAX).check;
export const checkCost: Check<number> = integerFrom(0, COST_MAX_MS, 'ms').check;
export const checkWeight: Check<number> = integerFrom(1, WEIGHT_MAX).check;
