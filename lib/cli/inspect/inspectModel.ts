import { isPlainObject } from '../../checks.js';
import type { Detector } from '../../index.js';
import type { LoadedKind, ModelsByKind } from '../../load.js';
import type { CheckpointFacts } from '../../model/checkpoints/facts.js';
import type { TableModel } from '../../tables/tableModel.js';
import type { Printer } from '../../terminal/printer.js';
import { painted } from '../../terminal/style.js';
import { loadModel } from '../models/files.js';
import { imageSchemaOf } from '../models/trainedModel.js';
import { thresholdText } from '../train/trainTexts.js';
import { checkpointRows, checkpointText } from './checkpointText.js';
import { schemaRows } from './schemaText.js';
import { describe, type Row } from './sections.js';

/** A model: its layers, what it was trained on, and how. */

interface Shown {
  readonly json: boolean;
  readonly stdout: Printer;
  /** Of a model that is a checkpoint, too. */
  readonly checkpoint: CheckpointFacts | null;
}

export async function describeModel(file: string, shown: Shown): Promise<void> {
  const { json, stdout, checkpoint } = shown;
  const model = await loadModel(file, {
    expected: 'a model, a run, rows of `layerwise convert`, or an IDX file',
    remedy: '`layerwise train` makes a model of a table, and says how it reads it.',
  });
  if (model.kind === 'table') {
    describeTableModel(file, model, shown);
    return;
  }
  const { annotations } = model;
  if (json) {
    stdout.json({ file, ...describedNetwork(model), annotations, ...withCheckpoint(checkpoint) });
    return;
  }
  const schema = 'data' in annotations ? imageSchemaOf(annotations, file) : null;
  stdout.line(painted('bold', file), `: ${model.kind}${checkpointText(checkpoint)}`);
  summarise(model, stdout);
  if (schema !== null) describe('Data', schemaRows(schema), stdout);
  if (checkpoint !== null) describe('Checkpoint', checkpointRows(checkpoint), stdout);
  else if (schema !== null) describe('Training', trainingRows(annotations.training), stdout);
}

function withCheckpoint(checkpoint: CheckpointFacts | null): object {
  return checkpoint === null ? {} : { checkpoint };
}

function describeTableModel(
  file: string,
  { members, schema, training, annotations }: TableModel,
  { json, stdout, checkpoint }: Shown,
): void {
  if (json) {
    const [first, ...others] = members.map(describedNetwork);
    const networks = others.length === 0 ? first : { kind: 'table', members: [first, ...others] };
    stdout.json({
      file,
      ...networks,
      schema,
      training,
      annotations,
      ...withCheckpoint(checkpoint),
    });
    return;
  }
  const together = members.length === 1 ? '' : `, ${members.length} that predict together`;
  stdout.line(
    painted('bold', file),
    `: ${members[0].kind}${together}${checkpointText(checkpoint)}`,
  );
  // Those of one model are alike.
  summarise(members[0], stdout);
  describe('Data', schemaRows(schema), stdout);
  if (checkpoint === null) describe('Training', trainingRows(training), stdout);
  else describe('Checkpoint', checkpointRows(checkpoint), stdout);
}

type Network = Exclude<ModelsByKind[LoadedKind], TableModel>;

function describedNetwork(network: Network): object {
  const { kind, spec, parameters } = network;
  const detector = detectorOf(network);
  return { kind, spec, parameters, ...(detector !== null && { detector }) };
}

function summarise(network: Network, stdout: Printer): void {
  stdout.line();
  stdout.block(network.summary());
  const detector = detectorOf(network);
  if (detector === null) return;
  stdout.line();
  stdout.line(thresholdText(detector));
}

function detectorOf(network: Network): Detector | null {
  return network.kind === 'autoencoder' ? network.anomalyDetector : null;
}

/** The annotations are anybody's: what is there is shown as it is. */
function trainingRows(training: unknown): readonly Row[] {
  if (!isPlainObject(training)) return [['nothing is known', '']];
  return Object.entries(training).map(([name, value]) => [
    name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
    trainingText(value),
  ]);
}

/** Numbers in four digits: `--json` has all of them. */
function trainingText(value: unknown): string {
  if (typeof value === 'number' && !Number.isInteger(value)) {
    return String(Number(value.toPrecision(4)));
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
