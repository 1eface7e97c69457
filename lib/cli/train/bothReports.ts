import type { TrainReport } from './trainReport.js';

/** Tells two reports of the same: that of the terminal, and the log of a run. */
export function bothReports(one: TrainReport, other: TrainReport): TrainReport {
  const both = [one, other];
  const tellAll = (tell: (report: TrainReport) => void): void => {
    for (const report of both) tell(report);
  };
  return {
    reading: (...facts) => tellAll((report) => report.reading(...facts)),
    data: (...facts) => tellAll((report) => report.data(...facts)),
    model: (...facts) => tellAll((report) => report.model(...facts)),
    member: (...facts) => tellAll((report) => report.member(...facts)),
    event: (event) => tellAll((report) => report.event(event)),
    stopping: (reason) => tellAll((report) => report.stopping(reason)),
    trained: (...facts) => tellAll((report) => report.trained(...facts)),
    judged: (...facts) => tellAll((report) => report.judged(...facts)),
    calibrated: (detector) => tellAll((report) => report.calibrated(detector)),
    saved: (...facts) => tellAll((report) => report.saved(...facts)),
    checkpoint: (checkpoint) => tellAll((report) => report.checkpoint(checkpoint)),
    note: (text) => tellAll((report) => report.note(text)),
    clear: () => tellAll((report) => report.clear()),
  };
}
