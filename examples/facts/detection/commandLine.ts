import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { csvOf, type DetectionTable } from './detectionTable.ts';

/** Detection by the command line, as whoever has a table would do it: with no option but the share. */

/** What it says of a row. */
export interface Verdict {
  readonly score: number;
  readonly isAnomaly: boolean;
  readonly worstColumn: string;
}

/** Learns from a table, its anomalies in it, and judges its rows. @param contamination the share of anomalies. */
export function judged(table: DetectionTable, contamination: number): readonly Verdict[] {
  const folder = mkdtempSync(join(tmpdir(), 'layerwise-detection-'));
  try {
    const paths = ['table.csv', 'model.safetensors', 'scored.csv'].map((name) =>
      join(folder, name),
    );
    const [data = '', model = '', scored = ''] = paths;
    writeFileSync(data, csvOf(table));
    const share = ['--contamination', String(contamination)];
    layerwise(['train', data, '--autoencoder', ...share, '--threads', '1', '--out', model]);
    layerwise(['predict', model, data, '--out', scored]);
    return verdictsOf(readFileSync(scored, 'utf8'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function layerwise(words: readonly string[]): void {
  const program = resolve('dist/cli/main.js');
  const { status, stderr } = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`layerwise ${words.join(' ')}: ${stderr}`);
}

function verdictsOf(csv: string): Verdict[] {
  const [head = '', ...lines] = csv.trim().split('\n');
  const names = head.split(',');
  const [score, anomaly, worst] = ['anomaly_score', 'anomaly', 'worst_column'].map((name) =>
    names.indexOf(name),
  ) as [number, number, number];
  return lines.map((line) => {
    const fields = line.split(',');
    return {
      score: Number(fields[score]),
      isAnomaly: fields[anomaly] === '1',
      worstColumn: fields[worst] ?? '',
    };
  });
}
