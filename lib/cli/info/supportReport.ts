import { workingFolder } from '../../binary/packageManager.js';
import { LayerwiseError } from '../../errors.js';
import { binaryFile, type CoreInfo, info } from '../../native.js';
import { packageRoot, packageVersion } from '../../version.js';
import type { CliContext } from '../context.js';
import { environmentFacts } from './environmentFacts.js';
import {
  type InstallationFacts,
  installationFacts,
  originOf,
  packageFile,
} from './installationFacts.js';
import { withoutFolders } from './privateText.js';
import {
  type MemoryFacts,
  memoryFacts,
  type ProcessorFacts,
  processorFacts,
  type RuntimeFacts,
  runtimeFacts,
  type SystemFacts,
  systemFacts,
} from './systemFacts.js';

/**
 * What somebody has to know who is to help: which package runs on which machine. It is made to be
 * published: it has no folder of a user, and no variable that is not about this package.
 */
export interface SupportReport {
  readonly version: string;
  /** What the core tells; null where it does not load. */
  readonly instructionSet: CoreInfo['instructionSet'] | null;
  readonly availableInstructionSets: CoreInfo['availableInstructionSets'] | null;
  readonly threads: number | null;
  readonly node: string;
  readonly platform: string;
  readonly binary: BinaryFacts | null;
  readonly installation: InstallationFacts;
  readonly runtime: RuntimeFacts;
  readonly system: SystemFacts;
  /** `usable`: with the quota of its container; null where the core does not load. */
  readonly processor: ProcessorFacts & { readonly usable: number | null };
  readonly memory: MemoryFacts;
  readonly environment: Readonly<Record<string, string>>;
  readonly terminal: { readonly isTerminal: boolean; readonly columns: number | null };
  /** Why the core does not load, or does not work as it is told to. */
  readonly error: ErrorFacts | null;
}

/** The file that is loaded, or would be. */
interface BinaryFacts {
  readonly file: string;
  readonly origin: ReturnType<typeof originOf>;
  /** Null where it does not load. */
  readonly version: string | null;
  readonly compiler: string | null;
}

interface ErrorFacts {
  readonly name: string;
  readonly path: string;
  readonly expected: string;
  readonly received: string;
  readonly remedy: string;
}

/** The report, and the error in it as it was thrown. */
export function supportReport({ environment, stdout }: CliContext): {
  readonly report: SupportReport;
  readonly error: LayerwiseError | null;
} {
  const root = packageRoot() ?? workingFolder();
  const { core, error } = askCore();
  const report = {
    version: packageVersion(),
    instructionSet: core?.instructionSet ?? null,
    availableInstructionSets: core?.availableInstructionSets ?? null,
    threads: core?.threads ?? null,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    binary: binaryFacts(core, root),
    installation: installationFacts(root, environment),
    runtime: runtimeFacts(),
    system: systemFacts(),
    processor: { ...processorFacts(), usable: core?.processors ?? null },
    memory: memoryFacts(),
    environment: environmentFacts(environment),
    terminal: { isTerminal: stdout.isTerminal, columns: stdout.columns ?? null },
    error: error && errorFacts(error),
  };
  return { report: publishable(report, root), error };
}

function askCore(): { readonly core: CoreInfo | null; readonly error: LayerwiseError | null } {
  try {
    return { core: info(), error: null };
  } catch (error) {
    if (!(error instanceof LayerwiseError)) throw error;
    return { core: null, error };
  }
}

function binaryFacts(core: CoreInfo | null, root: string): BinaryFacts | null {
  const path = binaryFile();
  if (path === null) return null;
  const file = packageFile(path, root);
  const { version = null, compiler = null } = core ?? {};
  return { file, origin: originOf(file), version, compiler };
}

function errorFacts({ name, path, expected, received, remedy }: LayerwiseError): ErrorFacts {
  return { name, path, expected, received, remedy };
}

/** All texts of the report, whatever has put a folder in them. */
function publishable(report: SupportReport, root: string): SupportReport {
  const text = JSON.stringify(report, (_, value: unknown) =>
    typeof value === 'string' ? withoutFolders(value, root) : value,
  );
  return JSON.parse(text) as SupportReport;
}
