import { isPlainObject } from '../../checks.js';
import { readBytes } from '../../data/bytes.js';
import { openIdx } from '../../data/idx.js';
import type { IdxSchema } from '../../data/idxSchema.js';
import type {
  ColumnType,
  FeatureColumn,
  TableSchema,
  TargetColumn,
} from '../../data/tableSchema.js';
import type { Detector } from '../../index.js';
import type { LoadedKind, ModelsByKind } from '../../load.js';
import type { TableModel } from '../../tables/tableModel.js';
import type { Printer } from '../../terminal/printer.js';
import { formatBeside, formatNumber, painted } from '../../terminal/style.js';
import { alignedLines } from '../../textTable.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { isIdxFile, loadModel } from '../models/files.js';
import { imageSchemaOf } from '../models/trainedModel.js';
import { thresholdText } from '../train/trainTexts.js';
import type { InspectOptions } from './inspectArguments.js';

/** `layerwise inspect`. */
export async function inspect(options: InspectOptions, context: CliContext): Promise<ExitCode> {
  if (await isIdxFile(options.file)) await describeIdx(options, context);
  else await describeModel(options, context);
  return exitCodes.ok;
}

async function describeIdx({ file, json }: InspectOptions, { stdout }: CliContext): Promise<void> {
  const chunks = readBytes(file);
  const { type, dimensions, items, itemSize } = await openIdx(chunks, file);
  await chunks.return(undefined);
  if (json) stdout.json({ file, kind: 'idx', type, dimensions });
  else {
    stdout.line(
      `${file}: IDX file of ${items} items with ${itemSize} values each (${dimensions.join(' x ')}), type ${type}`,
    );
  }
}

async function describeModel(
  { file, json }: InspectOptions,
  { stdout }: CliContext,
): Promise<void> {
  const model = await loadModel(file, {
    expected: 'a model or an IDX file',
    remedy: '`layerwise train` makes a model of a table, and says how it reads it.',
  });
  if (model.kind === 'table') {
    describeTableModel(file, model, { json, stdout });
    return;
  }
  const { annotations } = model;
  if (json) {
    stdout.json({ file, ...describedNetwork(model), annotations });
    return;
  }
  const schema = 'data' in annotations ? imageSchemaOf(annotations, file) : null;
  stdout.line(painted('bold', file), `: ${model.kind}`);
  summarise(model, stdout);
  if (schema === null) return;
  describe('Data', schemaRows(schema), stdout);
  describe('Training', trainingRows(annotations.training), stdout);
}

function describeTableModel(
  file: string,
  { members, schema, training, annotations }: TableModel,
  { json, stdout }: { readonly json: boolean; readonly stdout: Printer },
): void {
  if (json) {
    const [first, ...others] = members.map(describedNetwork);
    const networks = others.length === 0 ? first : { kind: 'table', members: [first, ...others] };
    stdout.json({ file, ...networks, schema, training, annotations });
    return;
  }
  const together = members.length === 1 ? '' : `, ${members.length} that predict together`;
  stdout.line(painted('bold', file), `: ${members[0].kind}${together}`);
  for (const member of members) summarise(member, stdout);
  describe('Data', schemaRows(schema), stdout);
  describe('Training', trainingRows(training), stdout);
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

type Row = readonly [name: string, text: string];

function describe(title: string, rows: readonly Row[], stdout: Printer): void {
  stdout.line();
  stdout.line(painted('bold', title));
  for (const line of alignedLines(rows, ['left', 'left'])) stdout.line('  ', line);
}

function schemaRows(schema: TableSchema | IdxSchema): readonly Row[] {
  if (schema.kind === 'idx') {
    return [
      ['items', `${schema.shape.join(' x ')} values of type ${schema.valueType}`],
      ['inputs', scalingText(schema)],
      ['classes', schema.classes?.join(', ') ?? 'none'],
    ];
  }
  return [
    ...schema.columns.map((column): Row => [column.name, describeColumn(column)]),
    ...(schema.target ? [[schema.target.name, describeTarget(schema.target)] as const] : []),
  ];
}

function scalingText({ scale, offset, center }: IdxSchema): string {
  if (center !== undefined) {
    return `(value - ${formatBeside(center, 1 / scale)}) x ${formatNumber(scale)}`;
  }
  return `value x ${formatNumber(scale)} + ${formatNumber(offset)}`;
}

const mostNamesShown = 12;

const describers: {
  readonly [Type in ColumnType]: (column: FeatureColumn<Type>) => string;
} = {
  number({ mean, deviation, missingIndicator }) {
    const scaling = `number, mean ${formatBeside(mean, deviation)}, deviation ${formatNumber(deviation)}`;
    return missingIndicator ? `${scaling}, may be missing` : scaling;
  },
  text: ({ categories, missingCategory }) =>
    `text: ${namesText(categories)}${missingCategory ? ', or missing' : ''}`,
};

function describeColumn<Type extends ColumnType>(column: FeatureColumn<Type>): string {
  return describers[column.type](column);
}

function describeTarget(target: TargetColumn): string {
  if (target.type === 'classes') return `target, classes: ${namesText(target.classes)}`;
  const { mean, deviation } = target;
  return `target, mean ${formatBeside(mean, deviation)}, deviation ${formatNumber(deviation)}`;
}

function namesText(names: readonly string[]): string {
  const more = names.length - mostNamesShown;
  return `${names.slice(0, mostNamesShown).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
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
