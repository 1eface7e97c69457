import { readFileSync } from 'node:fs';

/** What `reference.py` has measured: the errors of other learners on the same splits. */
interface ReferenceErrors {
  readonly linear: readonly number[];
  readonly boosting: readonly number[];
  readonly network: readonly number[];
}

/** Of the splits of a table, in their order. */
export function referenceErrors(name: string): ReferenceErrors {
  const text = readFileSync('examples/facts/tables/reference.json', 'utf8');
  const { errors } = JSON.parse(text) as { errors: Readonly<Record<string, ReferenceErrors>> };
  const known = errors[name];
  if (known === undefined) throw new Error(`reference.json has no table ${name}: run reference.py`);
  return known;
}
