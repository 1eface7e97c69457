import { fileSize } from '../../data/bytes.js';
import { fromTensorFlowJs } from '../../index.js';
import { formatBytes } from '../../quantities.js';
import { painted, plural } from '../../terminal/style.js';
import type { CliContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exitCodes.js';
import type { ImportOptions } from './importArguments.js';

/** `layerwise import`. */
export async function importModel(options: ImportOptions, context: CliContext): Promise<ExitCode> {
  const { model: path, out, json } = options;
  const { stdout } = context;
  const { model, training, notes } = await fromTensorFlowJs(path);
  await model.save(out);
  const { inputSize: inputs, outputSize: outputs, spec } = model;
  const layers = spec.layers.length;
  const bytes = (await fileSize(out)) ?? 0;
  if (json) {
    const written = { path: out, bytes, inputs, outputs, layers };
    stdout.json({ type: 'imported', model: path, ...written, training, notes });
    return exitCodes.ok;
  }
  stdout.paragraph(painted('green', 'Imported'), ` ${path} to ${out} (${formatBytes(bytes)})`);
  const sizes = `${plural(inputs, 'input')}, ${plural(outputs, 'output')}`;
  stdout.line(`  ${plural(layers, 'layer')}, ${sizes}`);
  for (const note of notes) stdout.paragraph(painted('yellow', 'Note:'), ` ${note}`);
  return exitCodes.ok;
}
