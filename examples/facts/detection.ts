import { metrics } from 'layerwise';
import { barChart } from '../pictures/barChart.ts';
import { palette } from '../pictures/svg.ts';
import { judged, type Verdict } from './detection/commandLine.ts';
import type { DetectionTable } from './detection/detectionTable.ts';
import { type FaultKind, type FaultyTable, faultKinds, keptKinds } from './detection/faults.ts';
import { generatedTable } from './detection/generators.ts';
import { type ReferenceName, referenceAreas, referenceNames } from './detection/reference.ts';
import { grossTrials, keptTrials, mixedTrials, type Trial } from './detection/trials.ts';
import type { Fact, FactResult, Scale } from './fact.ts';
import { uniforms } from './random.ts';
import { atLeast, atMost, percent } from './rows.ts';

/** Whether the command line finds what is wrong in tables, which it learns from with all that is wrong in them. */

const settings = {
  published: { mixed: () => true, gross: () => true, kept: () => true },
  quick: {
    mixed: ({ name, seed }: Trial) => seed === 1 && name === 'plant',
    gross: ({ name }: Trial) => name === 'pump',
    kept: ({ name, seed }: Trial) => seed === 5 && name === 'wages',
  },
} as const;

export const detection: Fact = {
  name: 'detection',
  title: 'What is wrong in a table',
  text: `\`layerwise train table.csv --autoencoder --contamination SHARE\` without another option, on 16 tables, ten made
from formulas and six that people have measured, and then on the same rows again. In each, one row in a hundred has a
*stuck* number (a value that the column has had before), one a number *shifted* by three standard deviations, one a value
*swapped* for that of another row, one a number that is *scaled* by two, and one belongs to a *cluster* that should not be
there: five rows in a hundred are wrong, and the detector learns from all of them. The picture has the mean area under the
ROC curve of every kind, for the detector and for those of scikit-learn on the same tables: principal components that carry
90 % of the variance, by their squared error and as a probabilistic model; isolation forest; the distance of the fifth
neighbour; the one-class support vector machine. Ranks are by the mean area of a table.

**Kept back.** The defaults were chosen on tables and faults much like these. Eight others (requests to a server, a reactor
with missing readings, a series in time, wages, points of a shell; diabetes, tips, election), with other faults, one row in
a hundred of each, were kept back and tried once: a *decimal* point a place off, an instrument that *drifts*, two numbers
*exchanged* within a row, a value *dropped* to zero, a *noisy* one. There the nearest neighbours are as good as layerwise:
these tables are small and have few columns, and most of these faults lie far from all other rows.

**How far can an alert be trusted?** Where one row in a thousand has a gross error (a number off by eight standard
deviations) and \`--contamination\` says so, the table has the share of the errors that are found. As many rows are flagged
as there are errors, so it is also the share of the alerts that are right. The column that is named is the wrong one. Of
the mixed faults about half of the alerts are right, as a value that might as well be true gives nothing away: see the
*stuck* and the *swapped* numbers in the picture. An alert says which value does not go together with the others, and what
would; whether it is wrong, only somebody who knows the table can say. A column whose values spread over powers of ten
(prices, amounts) gives false alarms at its largest values: take its logarithm.`,
  isQuick: true,
  measure,
};

type DetectorName = 'layerwise' | ReferenceName;
const detectors: readonly DetectorName[] = ['layerwise', ...referenceNames];

async function measure(scale: Scale): Promise<FactResult> {
  const chosen = settings[scale];
  const mixed = mixedTrials().filter(chosen.mixed).map(compare(faultKinds));
  const kept = keptTrials().filter(chosen.kept).map(compare(keptKinds));
  const gross = grossTrials().filter(chosen.gross).map(tryGross);
  const source = 'Aggarwal & Sathe 2017';
  const found = shareOf(gross.flatMap(({ errors }) => errors.map(({ isAnomaly }) => isAnomaly)));
  const named = shareOf(gross.flatMap(({ named: right }) => right));
  const rankAmong =
    (comparisons: readonly Comparison[], what: string) => (name: ReferenceName, title: string) =>
      atMost(rankOf(name, comparisons), {
        fact: `${what}: mean rank of ${detectors.length} detectors, expected that of ${title}`,
        measured: rankOf('layerwise', comparisons),
        source,
      });
  const rank = rankAmong(mixed, 'Faults in tables');
  const keptRank = rankAmong(kept, 'Other faults, in tables that were kept back');
  return {
    rows: [
      rank('principalComponents', 'principal components'),
      rank('probabilisticComponents', 'probabilistic principal components'),
      rank('isolationForest', 'isolation forest'),
      rank('nearestNeighbours', 'nearest neighbours'),
      rank('oneClassSvm', 'the one-class SVM'),
      keptRank('principalComponents', 'principal components'),
      keptRank('probabilisticComponents', 'probabilistic principal components'),
      keptRank('isolationForest', 'isolation forest'),
      keptRank('nearestNeighbours', 'nearest neighbours'),
      keptRank('oneClassSvm', 'the one-class SVM'),
      atLeast(0.9, {
        fact: 'Gross errors in one row of a thousand that are found',
        measured: found,
        format: percent,
        source: 'Breunig et al. 2000',
      }),
      atLeast(0.95, {
        fact: 'Gross errors that are found of which the wrong column is named',
        measured: named,
        format: percent,
        source: 'Rousseeuw & Van den Bossche 2018',
      }),
      atLeast(0.4, {
        fact: 'Alerts that are right where five rows in a hundred have faults of every kind',
        measured: mean(mixed.map(({ alerts }) => shareOf(alerts))),
        format: percent,
        source: 'Aggarwal & Sathe 2017',
      }),
      atMost(0.25, {
        fact: 'Alarms that are rows with a missing value, of which one row in twenty has one',
        measured: alarmsOfMissing(),
        format: percent,
        source: 'Rousseeuw & Van den Bossche 2018',
      }),
    ],
    pictures: [
      {
        name: 'detection',
        title: 'Mean area under the ROC curve by the kind of fault, of six detectors',
        drawing: barChart({
          title: 'Faults in tables',
          groups: [...faultKinds],
          label: 'ROC-AUC',
          range: [0, 1],
          series: detectors.map((name, index) => ({
            name: titles[name],
            color: palette[index % palette.length] as string,
            values: faultKinds.map((kind) =>
              mean(mixed.map(({ areas }) => areas[name][kind] ?? 0)),
            ),
          })),
        }),
      },
    ],
  };
}

const titles: Readonly<Record<DetectorName, string>> = {
  layerwise: 'layerwise',
  principalComponents: 'PCA',
  probabilisticComponents: 'probabilistic PCA',
  isolationForest: 'isolation forest',
  nearestNeighbours: 'neighbours',
  oneClassSvm: 'one-class SVM',
};

type Areas = Readonly<Partial<Record<FaultKind, number>>>;

interface Comparison {
  readonly name: string;
  readonly areas: Readonly<Record<DetectorName, Areas>>;
  /** Of each row that is flagged, whether something is wrong with it. */
  readonly alerts: readonly boolean[];
}

function compare(kinds: readonly FaultKind[]): (trial: Trial) => Comparison {
  return ({ name, seed, table }) => {
    const wrong = table.faults.filter((fault) => fault !== null).length;
    const verdicts = judged(table, wrong / table.faults.length);
    const areas = { layerwise: areasOf(table, verdicts, kinds), ...referenceAreas()(name, seed) };
    const alerts = verdicts.flatMap(({ isAnomaly }, row) =>
      isAnomaly ? [table.faults[row] !== null] : [],
    );
    return { name, areas, alerts };
  };
}

/** Of each kind of fault against the rows without one. */
function areasOf(
  { faults }: FaultyTable,
  verdicts: readonly Verdict[],
  kinds: readonly FaultKind[],
): Areas {
  const entries = kinds.map((kind) => {
    const rows = faults.flatMap((fault, row) => (fault === null || fault === kind ? [row] : []));
    const scores = Float32Array.from(rows, (row) => verdicts[row]?.score ?? 0);
    const isFault = rows.map((row) => Number(faults[row] === kind));
    return [kind, metrics.rocAuc(scores, isFault)] as const;
  });
  return Object.fromEntries(entries);
}

/** The mean place of a detector, 1 for the best, by the mean area of each table. */
function rankOf(detector: DetectorName, comparisons: readonly Comparison[]): number {
  const tables = [...new Set(comparisons.map(({ name }) => name))];
  return mean(
    tables.map((table) => {
      const ofTable = comparisons.filter(({ name }) => name === table);
      const areaOf = (name: DetectorName) =>
        mean(ofTable.flatMap(({ areas }) => Object.values(areas[name])));
      return 1 + detectors.filter((other) => areaOf(other) > areaOf(detector)).length;
    }),
  );
}

interface GrossErrors {
  /** What is said of the rows with errors. */
  readonly errors: readonly Verdict[];
  /** Whether the right column is named, of those that are found. */
  readonly named: readonly boolean[];
}

function tryGross({ table }: Trial): GrossErrors {
  const rows = table.faults.flatMap((fault, row) => (fault === null ? [] : [row]));
  const verdicts = judged(table, rows.length / table.faults.length);
  const found = rows.filter((row) => verdicts[row]?.isAnomaly);
  return {
    errors: rows.flatMap((row) => verdicts[row] ?? []),
    named: found.map(
      (row) => verdicts[row]?.worstColumn === table.columns[table.places[row] ?? -1],
    ),
  };
}

/** In a table without faults, of whose rows one in twenty lacks a value. */
function alarmsOfMissing(): number {
  const table = generatedTable('sensors', 2000, 3);
  const uniform = uniforms(11);
  const missing = table.cells.map(() => uniform() < 0.05);
  const cells = table.cells.map((row, index) => {
    const left = missing[index] ? Math.floor(uniform() * row.length) : -1;
    return row.map((cell, column) => (column === left ? null : cell));
  });
  const holed: DetectionTable = { ...table, cells };
  const flagged = judged(holed, 0.02).flatMap(({ isAnomaly }, row) => (isAnomaly ? [row] : []));
  return shareOf(flagged.map((row) => missing[row] === true));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function shareOf(hits: readonly boolean[]): number {
  return mean(hits.map(Number));
}
