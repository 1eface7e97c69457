import type { JsonValue } from '../../model/json.js';
import { parameterImportance } from '../../search/results/importance/importance.js';
import type { StudyRecord } from '../../search/results/ranking.js';
import { bestOf, isComplete, type Trial } from '../../search/trial.js';
import type { StudyParameter, StudySection, StudyTrial } from '../reportData.js';
import { finite } from './thinned.js';

/** A study: its trials, and which parameters matter. */

/** fANOVA takes a moment for each trial. */
const mostJudged = 2000;

/** @param options.hasImportance a forest is grown for it, which takes a moment */
export function studyOf(study: StudyRecord, { hasImportance = true } = {}): StudySection {
  const { space, trials, direction } = study;
  const parameters = space.dimensions.map(
    ({ name, domain }): StudyParameter => ({
      name,
      log: domain.kind === 'number' && domain.log,
      choices:
        domain.kind === 'number'
          ? null
          : Array.from({ length: domain.size }, (_, index) => wordOf(domain.at(index))),
    }),
  );
  return {
    ...{ type: 'study', direction, parameters },
    best: bestOf(trials, direction)?.number ?? null,
    trials: trials.map((trial) => shownTrial(trial, parameters)),
    importance: hasImportance ? importanceOf(study) : [],
  };
}

function shownTrial(trial: Trial, parameters: readonly StudyParameter[]): StudyTrial {
  const { number, state, value, reports, startedAt, finishedAt } = trial;
  return {
    ...{ number, state, startedAt, finishedAt },
    value: finite(value),
    last: finite(reports.at(-1)?.value),
    values: parameters.map(({ name, choices }) => {
      const own = Object.hasOwn(trial.parameters, name) ? trial.parameters[name] : undefined;
      if (own === undefined) return null;
      return choices === null ? finite(Number(own)) : wordOf(own);
    }),
  };
}

function wordOf(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function importanceOf(study: StudyRecord): StudySection['importance'] {
  const complete = study.trials.filter(isComplete);
  const isVaried = complete.some(({ value }) => value !== complete[0]?.value);
  if (complete.length < 4 || complete.length > mostJudged || !isVaried) return [];
  return parameterImportance(study).map(({ parameters, importance, deviation }) => ({
    ...{ name: parameters[0] ?? '', importance, deviation },
  }));
}
