export function inputRows(count: number): number[][];
export function tableCsv(rows: number): string;
export function imagesIdx(count: number): Buffer;
export function labelsIdx(count: number): Buffer;
export const libraryModels: readonly string[];
export const scoredModels: readonly {
  readonly name: string;
  readonly data: string;
  readonly words: readonly string[];
}[];
