import type { Autoencoder } from '../autoencoders/autoencoder.js';
import { notA } from '../checks.js';
import type { Sequential } from '../model/sequential.js';

/** @throws ArgumentError for what cannot be trained. */
export function requireModel<Model extends Sequential | Autoencoder>(
  value: Model,
  path = 'model',
): Model {
  const isObject = typeof value === 'object' && value !== null;
  if (isObject && typeof value.fit === 'function') return value;
  throw notA('a model', value, path);
}
