import type { Autoencoder } from '../autoencoders/autoencoder.js';
import { immediate, isObject } from '../builtins.js';
import { notA } from '../checks.js';
import type { Sequential } from '../model/sequential.js';

/** @throws ArgumentError for what cannot be trained. */
export function requireModel<Model extends Sequential | Autoencoder>(
  value: Model,
  path = 'model',
): Model {
  immediate(value);
  if (isObject(value) && typeof value.fit === 'function') return value;
  throw notA('a model', value, path);
}
