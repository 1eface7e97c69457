import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from './command.js';
import { root } from './paths.js';

/** The tarball, as `npm publish` would upload it. */
export interface Archive {
  readonly file: string;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
  /** Paths within the package. */
  readonly files: readonly string[];
  /** Files in prebuilds/ that a release has and this tarball has not. */
  readonly missingPrebuilds: readonly string[];
  /** Whether the binary of this system is the one of the checkout, in place of a prebuilt one. */
  readonly hasStandIn: boolean;
}

/** The binaries of a release. */
export const releasedPrebuilds = [
  'linux-x64/layerwise.glibc.node',
  'linux-x64/layerwise.musl.node',
  'linux-arm64/layerwise.glibc.node',
  'linux-arm64/layerwise.musl.node',
  'darwin-arm64/layerwise.node',
  'darwin-x64/layerwise.node',
  'win32-x64/layerwise.node',
  'win32-arm64/layerwise.node',
];

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

async function pack(
  folder: string,
  destination: string,
  environment: NodeJS.ProcessEnv,
): Promise<Packed> {
  const words = ['npm', 'pack', '--ignore-scripts', '--json', '--pack-destination', destination];
  const { stdout } = await runCommand(words, { directory: folder, environment });
  const [packed] = JSON.parse(stdout) as Packed[];
  if (packed === undefined) throw new Error(`npm pack answered: ${stdout}`);
  return packed;
}

/** The binary that node-gyp-build takes on this system. */
function ownPrebuild(): string {
  const { platform, arch } = process;
  const report = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  const libc = report.header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
  const name = platform === 'linux' ? `layerwise.${libc}.node` : 'layerwise.node';
  return `${platform}-${arch}/${name}`;
}

/** What a build of the checkout leaves. */
const builtBinary = path.join(root, 'build/Release/layerwise.node');

/**
 * Packs the checkout. Where it has no prebuilt binary for this system, that of build/ stands in for it.
 *
 * @param folder an empty one
 */
export async function packArchive(
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<Archive> {
  const first = await pack(root, folder, environment);
  const missing = releasedPrebuilds.filter(
    (name) => !first.files.some((file) => file.path === `prebuilds/${name}`),
  );
  const own = ownPrebuild();
  const hasStandIn = missing.includes(own);
  const packed = hasStandIn ? await packWithStandIn(first, own, folder, environment) : first;
  return {
    file: path.join(folder, packed.filename),
    packedBytes: packed.size,
    unpackedBytes: packed.unpackedSize,
    files: packed.files.map((file) => file.path),
    missingPrebuilds: missing,
    hasStandIn,
  };
}

async function packWithStandIn(
  first: Packed,
  own: string,
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<Packed> {
  if (!existsSync(builtBinary)) {
    throw new Error('there is no binary for this system: run `npm run build:native`');
  }
  const unpacked = await unpack(path.join(folder, first.filename), folder, environment);
  const place = path.join(unpacked, 'prebuilds', own);
  mkdirSync(path.dirname(place), { recursive: true });
  copyFileSync(builtBinary, place);
  return pack(unpacked, folder, environment);
}

/** Unpacks a tarball, and gives the folder of the package. */
export async function unpack(
  archive: string,
  folder: string,
  environment: NodeJS.ProcessEnv,
): Promise<string> {
  await runCommand(['tar', '-xzf', archive, '-C', folder], { directory: folder, environment });
  return path.join(folder, 'package');
}
