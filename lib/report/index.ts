/**
 * Pages and pictures that show a training, a model or a search: what `layerwise/report` exports.
 *
 * @module layerwise/report
 */

export { type PlotOptions, plot } from './plot/plot.js';
export { type PlainData, type ReportOptions, report } from './report.js';
export type { ReportLanguage } from './reportData.js';
