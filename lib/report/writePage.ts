import { atomicWrite } from '../io/atomicWrite.js';
import { pageOf } from './page/html.js';
import { readPageFiles } from './page/pageFiles.js';
import type { ReportData } from './reportData.js';

/**
 * Writes a report as one HTML file that needs nothing else.
 *
 * @returns Its bytes.
 * @throws as `atomicWrite`; StateError where the package lacks the page
 */
export async function writePage(path: string, report: ReportData): Promise<number> {
  const page = new TextEncoder().encode(pageOf(report, await readPageFiles()));
  await atomicWrite(path, [page]);
  return page.length;
}
