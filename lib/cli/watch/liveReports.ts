import { basename } from 'node:path';
import { factsOf } from '../../report/facts.js';
import type { LivePage } from '../../report/live/livePage.js';
import type { SearchReport } from '../search/searchReport.js';
import type { TrainReport } from '../train/trainReport.js';

/** What `train` and `search` tell, told to a live page besides. */

const nothing = (): void => {};

export function liveTrainReport(page: LivePage, file: string): TrainReport {
  return {
    ...{ reading: nothing, data: nothing, stopping: nothing, trained: nothing, judged: nothing },
    ...{ calibrated: nothing, saved: nothing, checkpoint: nothing, note: nothing, clear: nothing },
    model: ({ task, schema }, { trainingRows, validationRows, epochs }, parameters) =>
      page.setFacts(
        factsOf({
          ...{ data: basename(file), task, rows: trainingRows, validationRows },
          target: schema.kind === 'table' ? schema.target?.name : undefined,
          ...{ epochs, parameters },
        }),
      ),
    member: ({ place: { member, members, refit } }) =>
      page.begin({ ...(members > 1 && { member }), refit }),
    event: (event) => page.event(event),
  };
}

export function liveSearchReport(page: LivePage, report: SearchReport): SearchReport {
  return {
    begins(study) {
      report.begins(study);
      page.study(study);
    },
    event: (event) => report.event(event),
    trial(trial, study) {
      report.trial(trial, study);
      page.study(study);
    },
    results(study) {
      report.results(study);
      page.study(study);
    },
    note: (text) => report.note(text),
    clear: () => report.clear(),
  };
}
