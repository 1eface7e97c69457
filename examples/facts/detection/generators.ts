import { type Cell, type DetectionTable, type Draw, drawOf } from './detectionTable.ts';

/** Tables made from formulas, so that what is wrong in them is known. */

interface Recipe {
  readonly columns: readonly string[];
  /** The cells of a row, which is the next one in time. */
  readonly row: (draw: Draw, index: number) => readonly Cell[];
}

const names = (count: number) => Array.from({ length: count }, (_, index) => `x${index + 1}`);
const places = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Readings that follow from how fast a pump turns and how warm the room is. */
const pump: Recipe = {
  columns: ['speed', 'flow', 'pressure', 'power', 'temperature'],
  row({ uniform, gaussian }) {
    const speed = 900 + 300 * uniform();
    const room = 18 + 6 * gaussian();
    const flow = speed / 50 + gaussian() / 5;
    const pressure = (speed / 500) ** 2 + gaussian() / 20;
    const power = flow * pressure * 0.03 + 0.03 * gaussian();
    return [speed, flow, pressure, power, room + flow * pressure * 0.1 + gaussian() / 2];
  },
};

/** Twelve sensors, straight and bent, of three quantities. */
const sensors: Recipe = {
  columns: names(12),
  row({ gaussian }) {
    const [a, b, c] = [gaussian(), gaussian(), gaussian()];
    return places(12).map((place) => {
      const mixed = Math.sin(place + 1) * a + Math.cos(2 * place + 1) * b + Math.sin(3 * place) * c;
      const bent = [mixed, 2 * Math.tanh(mixed), mixed ** 2 / 2][place % 3] as number;
      return bent + gaussian() / 10;
    });
  },
};

/** A plant whose readings go together in another way in each of four modes; a text and a number mean nothing. */
const plant: Recipe = {
  columns: ['mode', 'line', 'load', 'flow', 'heat', 'power', 'level', 'noise'],
  row({ uniform, gaussian, below }) {
    const mode = below(4);
    const load = 2 * uniform() - 1;
    const near = (value: number) => value + gaussian() / 10;
    const flow = near(([1, -1, 0.3, 2][mode] as number) * load);
    const heat = near(mode / 2 + load ** 2);
    const texts = [['idle', 'run', 'clean', 'boost'][mode] as string, 'ABCDE'[below(5)] as string];
    return [...texts, load, flow, heat, near(flow * heat), near(mode - flow), gaussian()];
  },
};

/** Orders: amounts over three powers of ten, a dozen articles, taxes by country. */
const shop: Recipe = {
  columns: 'article country price quantity total tax weight discount hour'.split(' '),
  row({ uniform, gaussian, below }) {
    const article = Math.min(11, Math.floor(12 * uniform() ** 1.5));
    const size = Math.exp(0.4 * (article - 5));
    const country = below(4);
    const price = 20 * size * Math.exp(gaussian() / 10);
    const quantity = 1 + Math.floor(-3 * Math.log(uniform()));
    const discount = uniform() < 0.8 ? 0 : 0.1 * (1 + below(3));
    const total = price * quantity * (1 - discount);
    const tax = total * ([0.19, 0.2, 0.2, 0.07][country] as number);
    const weight = (quantity * size * Math.exp(gaussian() / 20)) / 2;
    const texts = [`a${article}`, ['de', 'fr', 'uk', 'us'][country] as string];
    return [...texts, price, quantity, total, tax, weight, discount, below(24)];
  },
};

/** Hours of a year at a weather station. */
const station: Recipe = {
  columns: ['hour', 'day', 'temperature', 'humidity', 'solar', 'load', 'wind'],
  row({ uniform, gaussian }, index) {
    const [hour, day] = [index % 24, Math.floor(index / 24) % 365];
    const season = Math.cos((2 * Math.PI * (day - 190)) / 365);
    const height = Math.max(0, Math.sin((Math.PI * (hour - 6)) / 12));
    const sun = height * (0.6 + 0.4 * season) * (0.5 + 0.5 * uniform());
    const temperature = 10 + 9 * season + 6 * sun + 2 * gaussian();
    const humidity = 80 - 1.5 * (temperature - 10) + 4 * gaussian();
    const daily = 10 * Math.sin((Math.PI * (hour - 7)) / 12);
    const load = 50 + (temperature - 18) ** 2 / 10 + daily + 2 * gaussian();
    const wind = Math.exp(1 + gaussian() / 2);
    return [hour, day, temperature, humidity, 800 * sun + 5 * gaussian(), load, wind];
  },
};

/** Two columns that go together, and four that follow from nothing. */
const independent: Recipe = {
  columns: names(6),
  row({ uniform, gaussian }) {
    const first = gaussian();
    const others = [gaussian(), uniform(), -Math.log(uniform()), gaussian()];
    return [first, first + gaussian() / 10, ...others];
  },
};

/** Five groups of rows, each with a plane of its own. */
const groups: Recipe = {
  columns: names(8),
  row({ gaussian, below }) {
    const group = drawOf(77 + below(5));
    const [a, b] = [gaussian(), gaussian()];
    return places(8).map(() => {
      const centre = 4 * group.gaussian();
      return centre + group.gaussian() * a + group.gaussian() * b + gaussian() / 5;
    });
  },
};

/** The first function of Friedman (1991) with its arguments. */
const friedman: Recipe = {
  columns: [...names(6), 'y'],
  row({ uniform, gaussian }) {
    const x = places(6).map(uniform);
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = x;
    const y = 10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e;
    return [...x, y + gaussian() / 2];
  },
};

/** A spiral in space. */
const spiral: Recipe = {
  columns: ['x', 'y', 'z', 'radius', 'wave'],
  row({ uniform, gaussian }) {
    const turn = 6 * uniform();
    const near = (value: number) => value + gaussian() / 10;
    const [x, y] = [near(turn * Math.cos(turn)), near(turn * Math.sin(turn))];
    return [x, y, 2 * uniform(), near(turn), Math.sin(2 * turn) + gaussian() / 20];
  },
};

/** Forty columns of six quantities. */
const wide: Recipe = {
  columns: names(40),
  row({ gaussian }) {
    const quantities = places(6).map(gaussian);
    const weights = drawOf(99);
    return places(40).map(() => {
      const mixed = quantities.reduce((sum, each) => sum + (each * weights.gaussian()) / 2, 0);
      return mixed + 0.3 * gaussian();
    });
  },
};

const recipes = {
  ...{ pump, sensors, plant, shop, station },
  ...{ independent, groups, friedman, spiral, wide },
};

export type GeneratedName = keyof typeof recipes;
export const generatedNames = Object.keys(recipes) as readonly GeneratedName[];

export function generatedTable(name: GeneratedName, rows: number, seed: number): DetectionTable {
  const { columns, row } = recipes[name];
  const draw = drawOf(1000 * seed + generatedNames.indexOf(name));
  const cells = Array.from({ length: rows }, (_, index) => row(draw, index));
  return { name, columns, cells };
}
