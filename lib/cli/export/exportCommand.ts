import { isPlainObject } from '../../checks.js';
import { ArgumentError } from '../../errors.js';
import type { ExportedModel, ExportedValue } from '../../export/exported.js';
import type { LoadedKind, ModelsByKind } from '../../load.js';
import { formatBytes } from '../../quantities.js';
import { painted } from '../../terminal/style.js';
import { alignedLines } from '../../textTable.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import { loadModel } from '../models/files.js';
import { imageSchemaOf } from '../models/trainedModel.js';
import type { ExportOptions } from './exportArguments.js';

/** `layerwise export`. */
export async function exportModel(options: ExportOptions, context: CliContext): Promise<ExitCode> {
  const { model: path, out, json } = options;
  const { stdout } = context;
  const model = await loadModel(path, {
    expected: 'a model that `layerwise train` or a program has saved',
    remedy: 'The model comes first, then the file to be written.',
  });
  const exported = await written(model, options);
  const { inputs, outputs, opset, bytes } = exported;
  if (json) {
    stdout.json({ type: 'exported', model: path, path: out, bytes, opset, inputs, outputs });
    return exitCodes.ok;
  }
  const size = `${formatBytes(bytes)}, version ${opset} of the operators`;
  stdout.paragraph(painted('green', 'Exported'), ` ${path} to ${out} (${size})`);
  for (const line of portLines(exported)) stdout.line(line);
  return exitCodes.ok;
}

async function written(
  model: ModelsByKind[LoadedKind],
  { model: path, out, part }: ExportOptions,
): Promise<ExportedModel> {
  if (part !== undefined) return await autoencoderOf(model, path).export(out, { part });
  if (model.kind === 'table' || model.kind === 'multiOutput') return await model.export(out);
  const { data } = model.annotations;
  if (!isPlainObject(data) || data.kind !== 'idx') return await model.export(out);
  const { exportImages } = await import('../../export/onnx/images.js');
  const schema = imageSchemaOf(model.annotations, path);
  return model.kind === 'autoencoder'
    ? await exportImages(out, schema, { autoencoder: model.exported() })
    : await exportImages(out, schema, { classifier: model.exported() });
}

/** @throws ArgumentError for a model that has no parts */
function autoencoderOf(model: ModelsByKind[LoadedKind], path: string) {
  const network = model.kind === 'table' ? model.members[0] : model;
  if (network.kind === 'autoencoder') return network;
  throw new ArgumentError({
    path,
    expected: 'an autoencoder, of which a part can be exported',
    received: 'another model',
    remedy: 'Leave --part out.',
  });
}

/** One line for each input and output: name, type, shape. */
function portLines({ inputs, outputs }: ExportedModel): string[] {
  const rows = [
    ...inputs.map((input) => ['input', ...cellsOf(input)]),
    ...outputs.map((output) => ['output', ...cellsOf(output)]),
  ];
  return alignedLines(rows, ['left', 'left', 'left', 'left']).map((line) => `  ${line}`);
}

function cellsOf({ name, type, shape }: ExportedValue): string[] {
  return [name, type, `[${shape.join(', ')}]`];
}
