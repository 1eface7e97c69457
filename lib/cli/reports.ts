import type { Printer } from '../terminal/printer.js';
import type { CliContext } from './context.js';
import type { SearchOptions } from './search/searchArguments.js';
import { JsonSearchReport, type SearchReport, TextSearchReport } from './search/searchReport.js';
import { bothReports } from './train/bothReports.js';
import type { TrainOptions } from './train/trainArguments.js';
import type { TrainReport } from './train/trainReport.js';
import { JsonTrainReport } from './train/trainReportJson.js';
import { TextTrainReport } from './train/trainReportText.js';
import { liveSearchReport, liveTrainReport } from './watch/liveReports.js';

/** Who tells what happens: lines of JSON with `--json`, else sentences. */

/** @param log Where sentences go besides. */
export function trainReport(
  options: TrainOptions,
  context: CliContext,
  log?: Printer | undefined,
): TrainReport {
  const { livePage } = context;
  const told = options.json
    ? new JsonTrainReport(options, context)
    : new TextTrainReport(options, context);
  const report =
    livePage === undefined ? told : bothReports(told, liveTrainReport(livePage, options.data));
  if (log === undefined) return report;
  return bothReports(
    report,
    new TextTrainReport(options, { ...context, stdout: log, stderr: log }),
  );
}

export function searchReport(options: SearchOptions, context: CliContext): SearchReport {
  const { livePage } = context;
  const told = options.json
    ? new JsonSearchReport(context)
    : new TextSearchReport(options, context);
  return livePage === undefined ? told : liveSearchReport(livePage, told);
}

/** Does what the report tells of, and makes room for whatever comes after it. */
export async function withReport<Report extends { clear(): void }, Result>(
  report: Report,
  action: (report: Report) => Promise<Result>,
): Promise<Result> {
  try {
    return await action(report);
  } finally {
    report.clear();
  }
}
