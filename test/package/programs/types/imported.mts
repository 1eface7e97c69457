/** Compiled, never run: takes what a CommonJS module of the program has made. */

import { DataError, type Sequential } from 'layerwise';
import { type FloatParameter, type Study, trialTable } from 'layerwise/search';
import required from './required.cjs';

export const model: Sequential<'linear'> = required.model;
export const study: Study<{ rate: FloatParameter }> = required.study;
export const Class: typeof DataError = required.DataError;
export const error: InstanceType<typeof required.DataError> = new DataError({
  path: 'inputs',
  expected: 'numbers',
  received: 'text',
});
trialTable(required.study);
