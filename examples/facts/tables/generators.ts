import { gaussians, uniforms } from '../random.ts';
import type { Cell, NamedTable } from './namedTable.ts';

/** Tables made from formulas, so that what there is to learn is known. */

/** A generator of rows: the cells of the inputs, and the target. */
type MakeRow = (draw: Draw) => { readonly inputs: readonly Cell[]; readonly target: Cell };

interface Draw {
  readonly uniform: () => number;
  readonly gaussian: () => number;
  /** An integer in [0, bound). */
  readonly below: (bound: number) => number;
}

interface Recipe extends Pick<NamedTable, 'name' | 'title' | 'task'> {
  readonly rows: number;
  readonly columns: readonly string[];
  readonly make: MakeRow;
}

function generated({ name, title, task, rows, columns, make }: Recipe, seed: number): NamedTable {
  const uniform = uniforms(seed);
  const below = (bound: number) => Math.floor(uniform() * bound);
  const draw = { uniform, gaussian: gaussians(seed + 1000), below };
  const made = Array.from({ length: rows }, () => make(draw));
  const cells = made.map(({ inputs, target }) => [...inputs, target]);
  return { name, title, task, columns: [...columns, 'y'], target: 'y', cells };
}

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `x${index + 1}`);

function friedman1(): Recipe {
  return {
    name: 'friedman1',
    title: 'Friedman 1, five of ten columns matter, noise 1',
    task: 'regression',
    rows: 600,
    columns: numbered(10),
    make({ uniform, gaussian }) {
      const x = Array.from({ length: 10 }, uniform);
      const [a = 0, b = 0, c = 0, d = 0, e = 0] = x;
      const target = 10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e;
      return { inputs: x, target: target + gaussian() };
    },
  };
}

/** The four inputs that the second and third function of Friedman share: those of an electric circuit. */
function circuit(uniform: () => number): [number, number, number, number] {
  return [100 * uniform(), 40 * Math.PI + 520 * Math.PI * uniform(), uniform(), 1 + 10 * uniform()];
}

function friedman2(): Recipe {
  return {
    name: 'friedman2',
    title: 'Friedman 2, impedance of a circuit, noise 125',
    task: 'regression',
    rows: 400,
    columns: numbered(4),
    make({ uniform, gaussian }) {
      const x = circuit(uniform);
      const [a, b, c, d] = x;
      return { inputs: x, target: Math.hypot(a, b * c - 1 / (b * d)) + 125 * gaussian() };
    },
  };
}

function friedman3(): Recipe {
  return {
    name: 'friedman3',
    title: 'Friedman 3, phase of a circuit, noise 0.1',
    task: 'regression',
    rows: 1000,
    columns: numbered(4),
    make({ uniform, gaussian }) {
      const x = circuit(uniform);
      const [a, b, c, d] = x;
      return { inputs: x, target: Math.atan((b * c - 1 / (b * d)) / a) + 0.1 * gaussian() };
    },
  };
}

/** Every level has an effect on each class, and one column turns the effect of a number around. */
function categorical(): Recipe {
  const effect = gaussians(77);
  const effects = [5, 12, 40].map((levels) =>
    Array.from({ length: levels }, () => Array.from({ length: 3 }, () => 1.2 * effect())),
  );
  return {
    name: 'categorical',
    title: 'categories of 5, 12 and 40 levels, three classes',
    task: 'classification',
    rows: 3000,
    columns: ['colour', 'month', 'shop', 'size', 'weight'],
    make({ gaussian, below, uniform }) {
      const levels = [below(5), below(12), below(40)];
      const [size, weight] = [gaussian(), gaussian()];
      const turn = (levels[0] ?? 0) % 2 === 0 ? 1 : -1;
      const scores = [0, 1, 2].map((kind) => {
        const sum = levels.reduce((all, level, at) => all + (effects[at]?.[level]?.[kind] ?? 0), 0);
        return sum + (kind === 0 ? turn * size : kind === 1 ? weight : -turn * weight * size);
      });
      // The largest of scores with Gumbel noise is a draw from their softmax.
      const drawn = scores.map((score) => 1.5 * score - Math.log(-Math.log(uniform())));
      const inputs = [`c${levels[0]}`, `m${levels[1]}`, `s${levels[2]}`, size, weight];
      return { inputs, target: `class${drawn.indexOf(Math.max(...drawn))}` };
    },
  };
}

/** Two clusters a class at corners of a cube of five sides; five more columns are mixtures, ten noise. */
function clusters(): Recipe {
  const draw = gaussians(78);
  const corner = uniforms(79);
  const [informative, mixtures, noise, classes] = [5, 5, 10, 4];
  const centres = Array.from({ length: 2 * classes }, () =>
    Array.from({ length: informative }, () => (corner() < 0.5 ? -1.3 : 1.3)),
  );
  const mixing = Array.from({ length: mixtures }, () => Array.from({ length: informative }, draw));
  return {
    name: 'clusters',
    title: 'eight clusters in twenty columns, four classes',
    task: 'classification',
    rows: 2000,
    columns: numbered(informative + mixtures + noise),
    make({ gaussian, below, uniform }) {
      const cluster = below(2 * classes);
      const x = (centres[cluster] ?? []).map((centre) => centre + gaussian());
      const mixed = mixing.map((weights) =>
        weights.reduce((sum, weight, at) => sum + weight * (x[at] ?? 0), 0),
      );
      const rest = Array.from({ length: noise }, gaussian);
      const kind = uniform() < 0.02 ? below(classes) : cluster % classes;
      return { inputs: [...x, ...mixed, ...rest], target: `class${kind}` };
    },
  };
}

function moons(): Recipe {
  return {
    name: 'moons',
    title: 'two moons, noise 0.3',
    task: 'classification',
    rows: 500,
    columns: numbered(2),
    make({ uniform, gaussian, below }) {
      const kind = below(2);
      const angle = Math.PI * uniform();
      const [x, y] =
        kind === 0
          ? [Math.cos(angle), Math.sin(angle)]
          : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
      return { inputs: [x + 0.3 * gaussian(), y + 0.3 * gaussian()], target: `moon${kind}` };
    },
  };
}

/** A fifth of the cells is missing, more where the number is large; that they are tells something. */
function missing(): Recipe {
  return {
    name: 'missing',
    title: 'a fifth of the cells missing, not at random',
    task: 'regression',
    rows: 1500,
    columns: [...numbered(6), 'kind'],
    make({ gaussian, uniform, below }) {
      const x = Array.from({ length: 6 }, gaussian);
      const kind = below(4);
      const [a = 0, b = 0, c = 0, d = 0] = x;
      const target = 2 * a + b * c + Math.abs(d) + (kind === 0 ? a : 0.5 * kind) + 0.5 * gaussian();
      const shown = x.map((value) => (uniform() < (value > 0.5 ? 0.4 : 0.1) ? null : value));
      return { inputs: [...shown, uniform() < 0.1 ? null : `kind${kind}`], target };
    },
  };
}

/** Inputs whose logarithms matter and which span orders of magnitude; noise with heavy tails. */
function heavyTails(): Recipe {
  return {
    name: 'heavyTails',
    title: 'log-normal columns, noise with heavy tails',
    task: 'regression',
    rows: 1200,
    columns: numbered(8),
    make({ gaussian }) {
      const logs = Array.from({ length: 8 }, () => 1.5 * gaussian());
      const [a = 0, b = 0, c = 0] = logs;
      // Student's t with 3 degrees of freedom.
      const chi = gaussian() ** 2 + gaussian() ** 2 + gaussian() ** 2;
      const noise = (0.5 * gaussian()) / Math.sqrt(chi / 3);
      return { inputs: logs.map(Math.exp), target: a + Math.sin(b) + (c > 0 ? a : 0) + noise };
    },
  };
}

/** Steps along the axes, as decision trees cut: what networks find hardest. */
function stairs(): Recipe {
  return {
    name: 'stairs',
    title: 'steps along the axes, as trees cut',
    task: 'regression',
    rows: 2000,
    columns: numbered(6),
    make({ uniform, gaussian }) {
      const x = Array.from({ length: 6 }, uniform);
      const [a = 0, b = 0, c = 0, d = 0] = x;
      const target = Math.floor(4 * a) + (b > 0.3 && c < 0.6 ? 2 : 0) - (d > 0.8 ? 1.5 : 0);
      return { inputs: x, target: target + 0.3 * gaussian() };
    },
  };
}

/** A line with little noise and few rows: a network has nothing to add to ridge regression. */
function line(): Recipe {
  const weights = [3, -2, 1.5, 0, 0, 1, 0, 0, 0.5, -1, 0, 0, 0, 2, 0];
  return {
    name: 'line',
    title: 'a linear function of 15 columns, few rows',
    task: 'regression',
    rows: 200,
    columns: numbered(weights.length),
    make({ gaussian }) {
      const x = weights.map(() => gaussian());
      const target = x.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0);
      return { inputs: x, target: target + 2 * gaussian() };
    },
  };
}

/** All of them, in the order of the page. */
export function generatedTables(): NamedTable[] {
  const recipes = [
    friedman1(),
    friedman2(),
    friedman3(),
    line(),
    stairs(),
    missing(),
    heavyTails(),
    categorical(),
    clusters(),
    moons(),
  ];
  return recipes.map((recipe, index) => generated(recipe, index + 1));
}
