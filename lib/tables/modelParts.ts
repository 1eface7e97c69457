import type { TableSchema } from '../data/tableSchema.js';
import type { DetectorRecord } from '../model/detectorRecord.js';
import type { JsonObject } from '../model/json.js';
import { saveMembers } from '../model/modelFile.js';
import { ownSchemaOf, scalesOfNetworks } from './carriedScales.js';
import type { Intervals } from './intervals.js';
import type { Member, Members } from './members.js';
import { intervalRecord, tableAttachments } from './tableRecord.js';

/** What a trained model of a table is made of. */
export interface TableModelParts {
  readonly schema: TableSchema;
  readonly networks: readonly Member[];
  /** For people to read. */
  readonly training?: object | undefined;
  /** Of a model that predicts numbers. */
  readonly detector?: DetectorRecord | undefined;
  /** Of a model that predicts numbers. */
  readonly intervals?: Intervals | undefined;
}

/** Parts that belong together. */
export interface Trained {
  readonly schema: TableSchema;
  readonly members: Members;
  readonly training: JsonObject;
  readonly intervals: Intervals | undefined;
}

/** Saves a model as one file. @throws as `Sequential.save` */
export async function saveParts(
  path: string,
  { members, schema, training, intervals }: Trained,
  detector: DetectorRecord | undefined,
): Promise<void> {
  const ends = intervals === undefined ? [] : [...intervals.lower, ...intervals.upper];
  const networks = [...members.networks, ...ends];
  const record = {
    ...{ schema, training, detector },
    intervals: intervals && intervalRecord(intervals),
    scales: scalesOfNetworks(networks),
  };
  const saved = networks.map((network) => network.member());
  await saveMembers(path, saved, tableAttachments(record));
}

/** Tells networks of the table that they belong to: a checkpoint of one is a model of the table, too. */
export function attachTable(
  networks: readonly Member[],
  schema: TableSchema,
  training: JsonObject,
): void {
  for (const network of networks) {
    const own = ownSchemaOf(network) ?? schema;
    network.attachments = tableAttachments({ schema: own, training });
  }
}
