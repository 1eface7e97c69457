import type { History } from '../model/events.js';
import type { TrainedEpochs } from './data/curves.js';

/** The trainings of histories: that of a model of a table may have several. */
export function trainingsOf(histories: readonly History[]): TrainedEpochs[] {
  const parts = histories.flatMap((history) => membersOf(history));
  const isRefit = histories.length === 1 && parts.length === 2 && !isOfSeveral(histories[0]);
  const counted = histories.length > 1 ? 'trainings' : 'networks';
  return parts.map(({ epochs, bestEpoch }, index) => ({
    ...{ epochs, bestEpoch },
    ...(isRefit && index === 1 ? { refit: true } : {}),
    ...(parts.length > 1 && !isRefit ? { member: index + 1, counted } : {}),
  }));
}

function membersOf(history: History): readonly History[] {
  return 'members' in history ? (history.members as readonly History[]) : [history];
}

/** Whether networks predict together: each then has been judged by a fold of its own. */
function isOfSeveral(history: History | undefined): boolean {
  const outOfFold = history !== undefined && 'outOfFold' in history ? history.outOfFold : null;
  const { folds = 1 } = (outOfFold ?? {}) as { folds?: number };
  return folds > 1;
}
