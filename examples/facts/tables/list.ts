import { generatedTables } from './generators.ts';
import type { NamedTable } from './namedTable.ts';
import { realTables } from './realTables.ts';

/** All tables, in the order of the page. */
export function namedTables(): NamedTable[] {
  return [...realTables(), ...generatedTables()];
}
