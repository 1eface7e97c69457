import { barChart } from '../pictures/barChart.ts';
import { palette } from '../pictures/svg.ts';
import type { Fact, FactResult, FactTable, Scale } from './fact.ts';
import { atLeast, atMost, significant } from './rows.ts';
import { errorOfTraining } from './tables/commandLine.ts';
import { namedTables } from './tables/list.ts';
import { type NamedTable, splits } from './tables/namedTable.ts';
import { referenceErrors } from './tables/reference.ts';

/** What `layerwise train` makes of tables without an option, beside what is used for them most. */

const learners = ['layerwise', 'before', 'linear', 'boosting', 'network'] as const;
type Learner = (typeof learners)[number];

const names: Readonly<Record<Learner, string>> = {
  layerwise: 'layerwise',
  before: 'layerwise 0.2',
  linear: 'ridge, logistic',
  boosting: 'LightGBM',
  network: 'MLP of scikit-learn',
};

/** Those that are ranked: one of each kind. */
const ranked = ['layerwise', 'linear', 'boosting', 'network'] as const;

/** The network of 0.2: its optimizer with the first weights that suit relu, alone, and a tenth of the rows held out. */
const optionsBefore = ['--optimizer', 'adam', '--members', '1'];

export const tables: Fact = {
  name: 'tables',
  title: 'Tables, without an option',
  text: `\`layerwise train table.csv --target y\` and nothing else, on nine tables that people have measured and ten that are
made from formulas, most of them small. Errors are those on a quarter of the rows, the same rows for every learner: the
root mean squared error of numbers, the log loss of classes, each the mean of ${splits} splits. scikit-learn and LightGBM
have their defaults, with scaled numbers and targets, and one input for each category where they need it; how they were
measured is in [reference.py](../examples/facts/tables/reference.py). The settings were chosen on ten of the tables; gapminder,
wine, digits, election, friedman3, line, stairs, missing and moons were kept back, and came out the same way. Of gapminder,
whose 142 countries have nine rows each to learn a vector from, an input for each country (as ridge and the MLP have it)
gave 1.75.`,
  isQuick: true,
  measure,
};

type Errors = Readonly<Record<Learner, number>>;

async function measure(scale: Scale): Promise<FactResult> {
  const chosen =
    scale === 'published'
      ? namedTables()
      : namedTables().filter(({ name }) => ['iris', 'line'].includes(name));
  const numbers = Array.from({ length: scale === 'published' ? splits : 2 }, (_, number) => number);
  const measured = chosen.map((table) => ({ table, errors: errorsOf(table, numbers) }));
  const all = measured.map(({ errors }) => errors);
  const rank = (learner: Learner) => meanOf(all.map((errors) => rankOf(learner, errors)));
  const source = 'scikit-learn 1.9, LightGBM 4.7';
  return {
    rows: [
      atMost(rank('network'), {
        fact: 'Tables without an option: mean rank among four learners, expected that of the MLP of scikit-learn',
        measured: rank('layerwise'),
        source,
      }),
      atMost(rank('boosting'), {
        fact: 'The same, expected that of LightGBM',
        measured: rank('layerwise'),
        source,
      }),
      atMost(1.1, {
        fact: 'Error on the worst table, as a multiple of that of ridge or logistic regression',
        measured: Math.max(...all.map(({ layerwise, linear }) => layerwise / linear)),
        source,
      }),
      atLeast(scale === 'published' ? 14 : 1, {
        fact: 'Tables, real and generated',
        measured: all.length,
        source,
      }),
    ],
    tables: [tableOf(measured)],
    pictures: [
      {
        name: 'tables',
        title: 'Error of four learners on each table, as a share of that of the linear model',
        drawing: barChart({
          title: 'Error beside that of the linear model',
          groups: measured.map(({ table }) => table.name),
          label: 'share',
          range: [0, 1.5],
          series: (['layerwise', 'boosting', 'network'] as const).map((learner, at) => ({
            name: names[learner],
            color: palette[at] ?? palette[0],
            values: all.map((errors) => Math.min(1.5, errors[learner] / errors.linear)),
          })),
        }),
      },
    ],
  };
}

function errorsOf(table: NamedTable, numbers: readonly number[]): Errors {
  const { linear, boosting, network } = referenceErrors(table.name);
  const own = (options: readonly string[]) =>
    meanOf(numbers.map((number) => errorOfTraining(table, number, options)));
  const known = (errors: readonly number[]) => meanOf(numbers.map((number) => errors[number] ?? 0));
  return {
    layerwise: own([]),
    before: own(optionsBefore),
    linear: known(linear),
    boosting: known(boosting),
    network: known(network),
  };
}

/** 1 for the least error; equal ones share their place. */
function rankOf(learner: Learner, errors: Errors): number {
  return 1 + ranked.filter((other) => errors[other] < errors[learner]).length;
}

function tableOf(
  measured: readonly { readonly table: NamedTable; readonly errors: Errors }[],
): FactTable {
  return {
    head: ['table', 'rows', 'error', ...learners.map((learner) => names[learner])],
    rows: measured.map(({ table, errors }) => [
      `${table.name}: ${table.title}`,
      String(table.cells.length),
      table.task === 'regression' ? 'root mean square' : 'log loss',
      ...learners.map((learner) => significant(errors[learner])),
    ]),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
