import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { info } from 'layerwise';
import { svgFile } from '../../pictures/svg.ts';
import type { FactResult, FactRow, FactTable } from '../fact.ts';

/** What was measured, kept as a file, so that one fact can be measured again without the others. */

export interface StoredResult {
  readonly instructionSet: string;
  readonly rows: readonly FactRow[];
  readonly tables?: readonly FactTable[];
  readonly pictures: readonly { readonly name: string; readonly title: string }[];
}

export type StoredResults = Readonly<Record<string, StoredResult>>;

const fileIn = (folder: string) => join(folder, 'results.json');

export async function readResults(folder: string): Promise<StoredResults> {
  const text = await readFile(fileIn(folder), 'utf8').catch(() => '{}');
  return JSON.parse(text) as StoredResults;
}

/** Adds a result to those of the folder, and writes its pictures there. */
export async function storeResult(
  folder: string,
  name: string,
  { rows, tables, pictures }: FactResult,
): Promise<StoredResults> {
  const stored: StoredResult = {
    instructionSet: info().instructionSet,
    rows,
    ...(tables && { tables }),
    pictures: pictures.map(({ name, title }) => ({ name, title })),
  };
  const results = { ...(await readResults(folder)), [name]: stored };
  await mkdir(folder, { recursive: true });
  for (const { name, title, drawing } of pictures) {
    await writeFile(join(folder, `${name}.svg`), svgFile(drawing, title));
  }
  await writeFile(fileIn(folder), `${JSON.stringify(results, null, 2)}\n`);
  return results;
}
