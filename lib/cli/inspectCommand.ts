import { isPlainObject } from '../checks.js';
import { readBytes } from '../data/bytes.js';
import { openIdx } from '../data/idx.js';
import type { IdxSchema } from '../data/idxSchema.js';
import type { FeatureColumn, TableSchema, TargetColumn } from '../data/tableSchema.js';
import { type CliContext, type ExitCode, exitCodes, write } from './context.js';
import { isIdxFile, loadModel } from './files.js';
import { schemaOf } from './modelRecord.js';
import type { InspectOptions } from './options.js';
import { formatNumber, paintFor } from './style.js';
import { thresholdText } from './trainTexts.js';

/** `layerwise inspect`. */
export async function inspect(options: InspectOptions, context: CliContext): Promise<ExitCode> {
  const text = (await isIdxFile(options.file))
    ? await describeIdx(options)
    : await describeModel(options, context);
  await write(context.stdout, text);
  return exitCodes.ok;
}

async function describeIdx({ file, json }: InspectOptions): Promise<string> {
  const chunks = readBytes(file);
  const { type, dimensions, items, itemSize } = await openIdx(chunks, file);
  await chunks.return(undefined);
  if (json) return `${JSON.stringify({ file, kind: 'idx', type, dimensions })}\n`;
  return `${file}: IDX file of ${items} items with ${itemSize} values each (${dimensions.join(' x ')}), type ${type}\n`;
}

async function describeModel(
  { file, json }: InspectOptions,
  { stdout, environment }: CliContext,
): Promise<string> {
  const model = await loadModel(file);
  const { kind, spec, parameters, annotations } = model;
  const detector = model.kind === 'autoencoder' ? model.detector : null;
  if (json) {
    const known = { file, kind, spec, parameters, annotations };
    return `${JSON.stringify(detector === null ? known : { ...known, detector })}\n`;
  }
  const bold = (text: string): string => paintFor(stdout, environment)('bold', text);
  const sections = [`${bold(file)}: ${kind}`, model.summary().trimEnd()];
  if (detector !== null) sections.push(thresholdText(detector));
  if (isPlainObject(annotations) && 'data' in annotations) {
    sections.push(`${bold('Data')}\n${describeSchema(schemaOf(annotations, file))}`);
    sections.push(`${bold('Training')}\n${describeTraining(annotations.training)}`);
  }
  return `${sections.join('\n\n')}\n`;
}

function describeSchema(schema: TableSchema | IdxSchema): string {
  if (schema.kind === 'idx') {
    return table([
      ['items', `${schema.shape.join(' x ')} values of type ${schema.valueType}`],
      ['inputs', `value x ${formatNumber(schema.scale)} + ${formatNumber(schema.offset)}`],
      ['classes', schema.classes?.join(', ') ?? 'none'],
    ]);
  }
  return table([
    ...schema.columns.map((column): [string, string] => [column.name, describeColumn(column)]),
    ...(schema.target ? [[`${schema.target.name}`, describeTarget(schema.target)] as const] : []),
  ]);
}

const mostNamesShown = 12;

function describeColumn(column: FeatureColumn): string {
  if (column.type === 'number') {
    const { mean, deviation, missingIndicator } = column;
    const scaling = `number, mean ${formatNumber(mean)}, deviation ${formatNumber(deviation)}`;
    return missingIndicator ? `${scaling}, may be missing` : scaling;
  }
  const names = namesText(column.categories);
  return `text: ${names}${column.missingCategory ? ', or missing' : ''}`;
}

function describeTarget(target: TargetColumn): string {
  if (target.type === 'classes') return `target, classes: ${namesText(target.classes)}`;
  const { mean, deviation } = target;
  return `target, mean ${formatNumber(mean)}, deviation ${formatNumber(deviation)}`;
}

function namesText(names: readonly string[]): string {
  const more = names.length - mostNamesShown;
  return `${names.slice(0, mostNamesShown).join(', ')}${more > 0 ? `, and ${more} more` : ''}`;
}

/** The annotations are anybody's: what is there is shown as it is. */
function describeTraining(training: unknown): string {
  if (!isPlainObject(training)) return '  nothing is known';
  return table(
    Object.entries(training).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`),
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`).join('\n');
}
