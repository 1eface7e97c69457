/**
 * Pages that show a training, a model or a search: what `layerwise/report` exports.
 *
 * @module layerwise/report
 */

export { type PlainData, type ReportOptions, report } from './report.js';
export type { ReportLanguage } from './reportData.js';
