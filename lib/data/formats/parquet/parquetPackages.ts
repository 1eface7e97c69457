/**
 * The package that reads Parquet: footers, headers of pages, and what of their encodings is hard. They are modules that only
 * `import` gets, so that they are loaded here, once.
 */

export type { FileMetaData, PageHeader, RowGroup, SchemaElement } from 'hyparquet';

async function loadPackages() {
  const [{ parquetMetadata, snappyUncompress }, { parquetHeader }, { readPlain }, delta, split] =
    await Promise.all([
      import('hyparquet'),
      import('hyparquet/src/column.js'),
      import('hyparquet/src/plain.js'),
      import('hyparquet/src/delta.js'),
      import('hyparquet/src/encoding.js'),
    ]);
  const { deltaBinaryUnpack } = delta;
  const { byteStreamSplit } = split;
  return {
    ...{ parquetMetadata, snappyUncompress, parquetHeader, readPlain },
    ...{ deltaBinaryUnpack, byteStreamSplit },
  };
}

export type ParquetPackages = Awaited<ReturnType<typeof loadPackages>>;

let loaded: Promise<ParquetPackages> | undefined;

export function parquetPackages(): Promise<ParquetPackages> {
  loaded ??= loadPackages();
  return loaded;
}
