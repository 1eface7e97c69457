import { truncate, utimes } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { takeRows } from '../../lib/data/takeRows.js';
import { ArgumentError, FileFormatError, fileRows } from '../../lib/index.js';
import { npyOf, safetensorsOf, temporaryFolder } from './numberFiles.js';

const { write } = await temporaryFolder();
const floats = Float32Array.from({ length: 12 }, (_, index) => index / 8);

describe('rows in files', () => {
  test('have the shape and the type of the array, whatever the version of the format', async () => {
    for (const version of [1, 2, 3] as const) {
      const path = await write('rows.npy', npyOf(floats, [4, 3], { version }));
      const rows = await fileRows(path);
      expect(rows).toMatchObject({
        path,
        rows: 4,
        columns: 3,
        type: 'float32',
        scale: 1,
        offset: 0,
      });
      expect(await rows.read(1, 3)).toEqual(floats.slice(3, 9));
    }
  });

  test('may have more sides, or a single one', async () => {
    const images = await fileRows(await write('images.npy', npyOf(floats, [2, 3, 2])));
    expect(images).toMatchObject({ rows: 2, columns: 6 });
    const list = await fileRows(await write('list.npy', npyOf(floats, [12])));
    expect(list).toMatchObject({ rows: 12, columns: 1 });
  });

  test('may be of any type that is read', async () => {
    const arrays = [
      [new Float64Array([1.5, -2]), 'float64', new Float64Array([1.5, -2])],
      [new Uint8Array([0, 255]), 'uint8', new Uint8Array([0, 255])],
      [new Int32Array([-7, 2 ** 30]), 'int32', new Int32Array([-7, 2 ** 30])],
      [new BigInt64Array([-7n, 9n]), 'int64', new Float64Array([-7, 9])],
    ] as const;
    for (const [values, type, expected] of arrays) {
      const npy = await fileRows(await write(`${type}.npy`, npyOf(values, [2, 1])));
      const tensors = { other: { values: floats, shape: [12] }, x: { values, shape: [2, 1] } };
      const path = await write(`${type}.safetensors`, safetensorsOf(tensors));
      for (const rows of [npy, await fileRows(path, { tensor: 'x' })]) {
        expect(rows.type).toBe(type);
        expect(await rows.read(0, 2)).toEqual(expected);
      }
    }
    const flags = npyOf(new Uint8Array([1, 0]), [2], { descr: '|b1' });
    expect((await fileRows(await write('flags.npy', flags))).type).toBe('uint8');
  });

  test('are the only tensor of a file, or the one that is named', async () => {
    const one = safetensorsOf({ rows: { values: floats, shape: [3, 4] } });
    expect((await fileRows(await write('one.safetensors', one))).columns).toBe(4);
    const two = safetensorsOf({
      a: { values: floats, shape: [3, 4] },
      b: { values: floats, shape: [4, 3] },
    });
    const path = await write('two.safetensors', two);
    expect((await fileRows(path, { tensor: 'b' })).columns).toBe(3);
    await expect(fileRows(path)).rejects.toThrow("'a' or 'b'");
    await expect(fileRows(path, { tensor: 'c' })).rejects.toThrow(ArgumentError);
    const npy = await write('named.npy', npyOf(floats, [12]));
    await expect(fileRows(npy, { tensor: 'c' })).rejects.toThrow('holds one array');
  });

  test('of a form that is not read are refused with a way out', async () => {
    const refused = async (bytes: Uint8Array, message: string) => {
      const opening = fileRows(await write('refused', bytes));
      await expect(opening).rejects.toThrow(message);
      await expect(opening).rejects.toThrow(FileFormatError);
    };
    await refused(npyOf(floats, [4, 3], { order: 'True' }), 'ascontiguousarray');
    await refused(npyOf(floats, [4, 3], { descr: '>f4' }), "array.astype('<f4')");
    await refused(npyOf(floats, [4, 3], { descr: '>f8' }), "array.astype('<f8')");
    await refused(npyOf(new Int16Array(4), [4]), "'<i2'");
    await refused(safetensorsOf({ x: { values: new Int16Array(4), shape: [4] } }), 'I16');
    await refused(npyOf(floats, [4, 4]), 'a file cut off');
    await refused(npyOf(floats, [2 ** 40, 2 ** 40]), 'a file cut off');
    await refused(npyOf(floats, [4, 3]).subarray(0, 40), 'a file that ends');
    await refused(Buffer.from('\x93NUMPY\x07\x00aaaaaaaaaaaa', 'latin1'), 'version 1, 2 or 3');
    await refused(Buffer.from('\x93NUMPY\x01\x00\x02\x00{}', 'latin1'), 'a type, an order');
    await refused(Buffer.from('a,b\n1,2\n3,4\n5,6\n'), '`layerwise convert` makes a table');
    await refused(Buffer.from('PK\x03\x04 of arrays'), 'numpy.save(path, archive[name])');
    await refused(Buffer.from('{"a": {}}'), 'another kind of file');
    await expect(fileRows(await write('none.npy', npyOf(floats, [0, 3])))).rejects.toThrow(
      'no rows',
    );
  });

  test('of one column are the same in both orders', async () => {
    const rows = await fileRows(
      await write('column.npy', npyOf(floats, [12, 1], { order: 'True' })),
    );
    expect(rows.rows).toBe(12);
  });

  test('of a file that was written to since are refused', async () => {
    const path = await write('changed.npy', npyOf(floats, [4, 3]));
    const rows = await fileRows(path);
    await utimes(path, 1, 1);
    await expect(rows.read(0, 1)).rejects.toThrow('a file that was written to since');
    await truncate(path, 100);
    await expect(rows.read(0, 1)).rejects.toThrow(FileFormatError);
  });

  test('are refused where some of them are taken', async () => {
    const rows = await fileRows(await write('taken.npy', npyOf(floats, [4, 3])));
    expect(() => takeRows(rows, Uint32Array.of(1), 3)).toThrow('rows in a file');
  });

  test('check their options', async () => {
    const path = await write('options.npy', npyOf(floats, [4, 3]));
    await expect(fileRows(path, { scale: Number.NaN })).rejects.toThrow('options.scale');
    await expect(fileRows(path, { memory: 1 })).rejects.toThrow('options.memory');
    const unknown: object = { tensors: 'x' };
    await expect(fileRows(path, unknown)).rejects.toThrow("'tensor'");
  });

  test('have to be in a file that is there', async () => {
    const attempt = fileRows('no such file');
    await expect(attempt).rejects.toBeInstanceOf(ArgumentError);
    await expect(attempt).rejects.toMatchObject({
      received: 'no such file',
      cause: { code: 'ENOENT' },
    });
  });
});
