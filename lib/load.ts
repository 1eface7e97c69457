import { Autoencoder } from './autoencoders/autoencoder.js';
import { requirePath } from './checks.js';
import { type ModelRecord, openModel } from './model/modelFile.js';
import { MultiOutput } from './model/multiOutput.js';
import { Sequential } from './model/sequential.js';

/**
 * Loads a model that `save` wrote. `model.kind` tells which of the three it is.
 *
 * @throws FileFormatError when the file is damaged, or no model of this library; the path names the
 * file and, where there is one, the tensor. Errors of the system (ENOENT, …) come as they are.
 */
export async function load(path: string): Promise<Sequential | MultiOutput | Autoencoder> {
  const file = await openModel(requirePath(path));
  try {
    const { record } = file;
    const model = build(record);
    await file.readInto(model);
    if (model.kind === 'autoencoder' && record.kind === 'autoencoder') model.adopt(record);
    model.annotations = record.annotations;
    return model;
  } finally {
    await file.close();
  }
}

function build(record: ModelRecord): Sequential | MultiOutput | Autoencoder {
  if (record.kind === 'autoencoder') return new Autoencoder(record);
  return record.kind === 'multiOutput' ? new MultiOutput(record.spec) : new Sequential(record.spec);
}
