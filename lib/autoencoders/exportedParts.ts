import { requireChoice, requireKnownKeys, requireObject, withDefault } from '../checks.js';
import { type AutoencoderPart, autoencoderParts } from '../export/exported.js';
import type { ExportedAutoencoder } from '../export/onnx/networks.js';
import { type InputColumn, rangesOf } from '../model/inputColumns.js';
import { Detector } from './detector.js';

/** What an exported autoencoder consists of. */

/** @throws ArgumentError */
export function readPart(options: unknown): AutoencoderPart {
  const given = requireObject(options, 'options');
  requireKnownKeys(given, ['part'], '');
  return requireChoice(withDefault(given.part, 'reconstruction'), autoencoderParts, 'part');
}

/** By what the rows of an exported model are scored: its detector, or without one the errors of the inputs. */
export function exportedScores(
  columns: readonly InputColumn[],
  detector: Detector | null,
): Pick<ExportedAutoencoder, 'scoring' | 'threshold'> {
  const ranges = Array.from(rangesOf(columns), ({ column, start, end }) => ({
    ...{ start, end, tellsMissing: column.missing === true },
  }));
  const usualErrors = detector ? Detector.recordOf(detector).usualErrors : undefined;
  return { scoring: { columns: ranges, usualErrors }, threshold: detector?.threshold };
}
