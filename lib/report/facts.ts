import type { Autoencoder } from '../autoencoders/autoencoder.js';
import type { History } from '../model/events.js';
import type { MultiOutput } from '../model/multiOutput.js';
import type { Sequential } from '../model/sequential.js';
import type { StudyRecord } from '../search/results/ranking.js';
import { bestOf } from '../search/trial.js';
import type { TableModel } from '../tables/tableModel.js';
import type { Fact, FactName } from './reportData.js';

/** What stands at the head of a report. */

/** Those that are known. */
export function factsOf(
  values: Readonly<Partial<Record<FactName, string | number | null | undefined>>>,
): Fact[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [{ name: name as FactName, value }],
  );
}

export function modelFacts(model: Sequential | MultiOutput | Autoencoder | TableModel): Fact[] {
  const networks = model.kind === 'table' ? model.members : [model];
  return factsOf({
    ...(model.kind === 'table' && { task: model.task, target: model.schema.target?.name }),
    ...(networks.length > 1 && { networks: networks.length }),
    parameters: networks[0] && parameterCount(networks[0]),
  });
}

function parameterCount({ parameters }: Pick<Sequential, 'parameters'>): number {
  return parameters
    .map(({ shape }) => shape.reduce((size, side) => size * side, 1))
    .reduce((sum, size) => sum + size, 0);
}

export function historyFacts(histories: readonly History[]): Fact[] {
  const last = histories.at(-1);
  if (last === undefined) return [];
  const { epochs, bestEpoch, stopReason } = last;
  const kept = epochs[(bestEpoch ?? epochs.length) - 1];
  return factsOf({
    epochs: histories.reduce((sum, history) => sum + history.epochs.length, 0),
    loss: kept?.loss,
    validationLoss: kept?.validation?.loss,
    seconds: Number(histories.reduce((sum, history) => sum + history.seconds, 0).toPrecision(4)),
    stopReason,
  });
}

export function studyFacts({ trials, direction }: StudyRecord): Fact[] {
  const best = bestOf(trials, direction);
  return factsOf({
    ...{ trials: trials.length, direction },
    bestTrial: best?.number,
    bestValue: best?.value,
  });
}
