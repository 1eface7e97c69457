import { readFileSync } from 'node:fs';
import type { FaultKind } from './faults.ts';

/** What `reference.py` has measured, with scikit-learn on the same tables. */

export const referenceNames = [
  'principalComponents',
  'probabilisticComponents',
  'isolationForest',
  'nearestNeighbours',
  'oneClassSvm',
] as const;
export type ReferenceName = (typeof referenceNames)[number];

/** Areas under the ROC curve by detector and kind of fault. */
export type ReferenceAreas = Readonly<
  Record<ReferenceName, Readonly<Partial<Record<FaultKind, number>>>>
>;

export function referenceAreas(): (name: string, seed: number) => ReferenceAreas {
  const text = readFileSync('examples/facts/detection/reference.json', 'utf8');
  const { areas } = JSON.parse(text) as { areas: Readonly<Record<string, ReferenceAreas>> };
  return (name, seed) => {
    const known = areas[`${name}-${seed}`];
    if (known !== undefined) return known;
    throw new Error(`reference.json has no table ${name}-${seed}: run reference.py`);
  };
}
