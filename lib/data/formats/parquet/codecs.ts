import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { unpackLz4Block } from './lz4.js';
import type { ParquetPackages } from './parquetPackages.js';

/** Unpacks the pages of a column. */

/** @param size bytes that it gives, no more and no less */
export type Unpack = (packed: Uint8Array, size: number) => Uint8Array;

/** What unpacks zstandard: Node since 22.15, a package before. */
type ZlibWithZstd = {
  readonly zstdDecompressSync?: (
    packed: Uint8Array,
    options: { readonly maxOutputLength: number },
  ) => Uint8Array;
};

/**
 * Undefined for a codec that is not known.
 *
 * @param codec as Parquet calls it
 */
export async function unpackerOf(
  codec: string,
  { snappyUncompress }: ParquetPackages,
): Promise<Unpack | undefined> {
  switch (codec) {
    case 'UNCOMPRESSED':
      return (bytes) => bytes;
    case 'SNAPPY':
      return (packed, size) => {
        const bytes = new Uint8Array(size);
        snappyUncompress(packed, bytes);
        return bytes;
      };
    case 'GZIP':
      return (packed, size) => gunzipSync(packed, { maxOutputLength: size + 1 });
    case 'BROTLI':
      return (packed, size) => brotliDecompressSync(packed, { maxOutputLength: size + 1 });
    case 'ZSTD':
      return await zstd();
    case 'LZ4_RAW':
      return unpackLz4Block;
    default:
      return undefined;
  }
}

async function zstd(): Promise<Unpack> {
  // Asked for by name, as an import of what a module may lack fails.
  const { zstdDecompressSync } = process.getBuiltinModule('node:zlib') as ZlibWithZstd;
  if (zstdDecompressSync !== undefined) {
    return (packed, size) => zstdDecompressSync(packed, { maxOutputLength: size + 1 });
  }
  const { decompress } = await import('fzstd');
  return (packed, size) => decompress(packed, new Uint8Array(size));
}
