import { awaitNative } from '../native.js';
import { LossCalls } from '../network/customLoss.js';
import { customLossOf, type Objective } from './objective.js';

/** The calls of the custom loss, if there is one. */
export function callsOf(objective: Objective): LossCalls | undefined {
  const loss = customLossOf(objective);
  return loss === undefined ? undefined : new LossCalls(loss);
}

/** As awaitNative; an error of the function of a custom loss takes the place of what followed from it. */
export async function awaitLoss<Result>(
  calls: LossCalls | undefined,
  call: () => Promise<Result>,
): Promise<Result> {
  try {
    return await awaitNative(call);
  } catch (error) {
    throw calls === undefined ? error : calls.errorFor(error);
  }
}
