import { expect, test } from 'vitest';
import { schemaOf } from '../../../lib/cli/models/modelRecord.js';
import { FileFormatError } from '../../../lib/errors.js';
import { packageVersion } from '../../../lib/version.js';

const number = { name: 'a', type: 'number', mean: 0, deviation: 1, missingIndicator: false };
const table = { kind: 'table', header: true, columns: [number], target: null };
const images = { kind: 'idx', valueType: 'uint8', shape: [2], scale: 1, offset: 0, classes: null };

test.each([[table], [images]])('the schema of a model is read: %o', (data) => {
  expect(schemaOf({ data, training: { version: '99.1.0' } }, 'm')).toEqual(data);
});

test.each([
  [{ ...table, later: 1 }, 'm (annotations.data).later'],
  [{ ...table, columns: [{ ...number, scale: 'log' }] }, 'm (annotations.data).columns[0].scale'],
  [{ ...table, columns: [{ ...number, type: 'date' }] }, 'm (annotations.data).columns[0].type'],
  [{ ...images, later: 1 }, 'm (annotations.data).later'],
  [{ kind: 'parquet' }, 'm'],
])('what a newer version added is refused by its name, with that version: %o', (data, path) => {
  const errorOf = (version: string) => {
    try {
      return schemaOf({ data, training: { version } }, 'm');
    } catch (error) {
      return error;
    }
  };
  expect(errorOf('99.1.0')).toBeInstanceOf(FileFormatError);
  expect(errorOf('99.1.0')).toMatchObject({
    path,
    remedy: `The file was written by layerwise 99.1.0, and this is ${packageVersion()}: update the package.`,
  });
  expect(errorOf(packageVersion())).toMatchObject({ path });
  expect(String(errorOf(packageVersion()))).not.toContain('was written by layerwise 0');
});
