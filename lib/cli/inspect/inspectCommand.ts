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
import type { Printer } from '../../terminal/printer.js';
import { formatBeside, formatNumber, painted } from '../../terminal/style.js';
import { alignedLines } from '../../textTable.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { isIdxFile, loadModel } from '../models/files.js';
import { schemaOf } from '../models/modelRecord.js';
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
  const { kind, spec, parameters, annotations } = model;
  const detector = model.kind === 'autoencoder' ? model.detector : null;
  if (json) {
    const known = { file, kind, spec, parameters, annotations };
    stdout.json(detector === null ? known : { ...known, detector });
    return;
  }
  const schema =
    isPlainObject(annotations) && 'data' in annotations ? schemaOf(annotations, file) : null;
  stdout.line(painted('bold', file), `: ${kind}`);
  stdout.line();
  stdout.block(model.summary());
  if (detector !== null) {
    stdout.line();
    stdout.line(thresholdText(detector));
  }
  if (schema === null || !isPlainObject(annotations)) return;
  describe('Data', schemaRows(schema), stdout);
  describe('Training', trainingRows(annotations.training), stdout);
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
