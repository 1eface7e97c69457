import { describe, expect, test } from 'vitest';
import { imageSchemaOf } from '../../lib/cli/models/trainedModel.js';
import { FileFormatError } from '../../lib/errors.js';
import type { JsonObject } from '../../lib/index.js';
import { describesTable, readTableRecord, tableAttachments } from '../../lib/tables/tableRecord.js';
import { packageVersion } from '../../lib/version.js';

const number = { name: 'a', type: 'number', mean: 0, deviation: 1, missingIndicator: false };
const table = { kind: 'table', header: true, columns: [number], target: null };
const images = { kind: 'idx', valueType: 'uint8', shape: [2], scale: 1, offset: 0, classes: null };

/** A file that says these things, in the form of now or in that of older versions. */
const asEntry = (schema: object, version: string) => ({
  metadata: new Map([
    ['layerwise.tableModel', JSON.stringify({ version: 1, schema, training: { version } })],
  ]),
  annotations: {},
});
const asAnnotations = (data: object, version: string) => ({
  metadata: new Map<string, string>(),
  annotations: { data, training: { version } } as unknown as JsonObject,
});
const forms = { asEntry, asAnnotations };

function errorOf(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

describe.each([
  ['asEntry', "m: metadata 'layerwise.tableModel'.schema"],
  ['asAnnotations', 'm (annotations.data)'],
] as const)('a record %s', (form, place) => {
  test('is read', () => {
    const file = forms[form](table, '99.1.0');
    expect(describesTable(file)).toBe(true);
    const { record, annotations } = readTableRecord(file, 'm');
    expect(record).toEqual({ schema: table, training: { version: '99.1.0' } });
    expect(annotations).toEqual({});
  });

  test.each([
    [{ ...table, later: 1 }, '.later'],
    [{ ...table, columns: [{ ...number, swirl: 'log' }] }, '.columns[0].swirl'],
    [{ ...table, columns: [{ ...number, type: 'sound' }] }, '.columns[0].type'],
  ])('of a newer version is refused by the name of what it added: %o', (data, path) => {
    const error = errorOf(() => readTableRecord(forms[form](data, '99.1.0'), 'm'));
    expect(error).toBeInstanceOf(FileFormatError);
    expect(error).toMatchObject({
      path: `${place}${path}`,
      remedy: `The file was written by layerwise 99.1.0, and this is ${packageVersion()}: update the package.`,
    });
    const ours = errorOf(() => readTableRecord(forms[form](data, packageVersion()), 'm'));
    expect(ours).toMatchObject({ path: `${place}${path}` });
    expect(String(ours)).not.toContain('was written by layerwise 0');
  });
});

test('what is written is read again', () => {
  const record = { schema: { ...table, columns: [] } as never, training: { file: 'a.csv' } };
  const metadata = new Map(Object.entries(tableAttachments(record)));
  expect(readTableRecord({ metadata, annotations: { mine: 1 } }, 'm')).toEqual({
    record,
    annotations: { mine: 1 },
  });
});

test('annotations of a program of its own are no table', () => {
  const file = { metadata: new Map<string, string>(), annotations: { data: { rows: 5 } } };
  expect(describesTable(file)).toBe(false);
  expect(() => readTableRecord(file, 'm')).toThrow(FileFormatError);
});

test('damaged JSON is no crash', () => {
  const metadata = new Map([['layerwise.tableModel', '{']]);
  expect(() => readTableRecord({ metadata, annotations: {} }, 'm')).toThrow(FileFormatError);
});

describe('the schema of images', () => {
  test('is read', () => {
    const annotations = { data: images, training: { version: '99.1.0' } };
    expect(imageSchemaOf(annotations, 'm')).toEqual(images);
  });

  test.each([
    [{ ...images, later: 1 }, 'm (annotations.data).later'],
    [{ kind: 'parquet' }, 'm'],
  ])('of a newer version is refused: %o', (data, path) => {
    const annotations = { data, training: { version: '99.1.0' } };
    expect(errorOf(() => imageSchemaOf(annotations, 'm'))).toMatchObject({ path });
  });
});
