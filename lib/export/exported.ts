/** What is known of a file that a model was exported to. */

/** An input or an output of an exported model. */
export interface ExportedValue {
  readonly name: string;
  /** As ONNX calls it. */
  readonly type: 'float' | 'double' | 'int64' | 'uint8' | 'bool' | 'string';
  /** `'batch'` stands for any number of rows. */
  readonly shape: readonly (number | 'batch')[];
}

/** What `export` has written. */
export interface ExportedModel {
  readonly inputs: readonly ExportedValue[];
  readonly outputs: readonly ExportedValue[];
  /** The version of the operators. */
  readonly opset: number;
  /** Of the file. */
  readonly bytes: number;
}

/** The parts of an autoencoder that can be exported. */
export const autoencoderParts = ['reconstruction', 'encoder', 'decoder', 'score'] as const;

/** The part of an autoencoder that is exported. */
export type AutoencoderPart = (typeof autoencoderParts)[number];

/** Options of `Autoencoder.export`. */
export interface AutoencoderExportOptions {
  /**
   * What is exported: the whole network, `'reconstruction'`; one half of it, `'encoder'` or `'decoder'`; or the network with
   * how unusual it finds a row, `'score'`.
   *
   * @default 'reconstruction'
   */
  readonly part?: AutoencoderPart | undefined;
}
