import type { TrainingWarning, WarningCode } from '../../model/warnings.js';

/** What the library says of files holds on the command line too. */
type OfFiles = 'damagedCheckpoint' | 'checkpointNotWritten';

/**
 * What to do about the warnings of a training, with what the command line has: the library advises
 * programs, and names options that have no flag.
 */
const remedies: Readonly<Record<Exclude<WarningCode, OfFiles>, string>> = {
  constantTargets:
    'There is nothing to tell apart: check the column of --target, and which rows are in the file.',
  lossNotFalling:
    'Try another --learning-rate, check that inputs and targets belong to the same rows, and look into the layers with --statistics.',
  lossRising: 'The training diverges: give a smaller --learning-rate.',
  overfitting:
    'The network learns its rows by heart: give fewer --epochs or --patience, --dropout, a smaller --hidden, or more rows.',
  nonFinite:
    'The report says how often that was. Give a smaller --learning-rate, or look for extreme values in the columns.',
  vanishingGradients:
    'The layer hardly learns: take relu or one of its kin for --activation, or fewer layers for --hidden.',
  explodingGradients: 'Give a smaller --learning-rate, or fewer layers for --hidden.',
  vanishingOutputs:
    'Signals die out on their way through the network: take fewer layers for --hidden, or relu or one of its kin for --activation.',
  deadUnits:
    'Dead rectifiers do not come back: give a smaller --learning-rate, or leakyRelu or elu for --activation.',
  saturatedUnits:
    'Give a smaller --learning-rate, or take relu or one of its kin for --activation.',
  largeUpdates:
    'Give a smaller --learning-rate: updates of about a thousandth of the weights suit most networks.',
};

type Warned = Pick<TrainingWarning, 'code' | 'path' | 'problem' | 'remedy'>;

function remedyOf({ code, remedy }: Pick<Warned, 'code' | 'remedy'>): string {
  return code === 'damagedCheckpoint' || code === 'checkpointNotWritten' ? remedy : remedies[code];
}

/** What was seen and what to do, in the terms of the command line. */
export function warningText(warning: Warned): string {
  return `${warning.path}: ${warning.problem}. ${remedyOf(warning)}`;
}

/** A warning in the terms of the command line, for machines. */
export function withCliAdvice<Warning extends TrainingWarning>(warning: Warning): Warning {
  return { ...warning, remedy: remedyOf(warning), message: warningText(warning) };
}
