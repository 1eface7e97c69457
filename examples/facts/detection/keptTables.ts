import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { type Cell, type DetectionTable, type Draw, drawOf } from './detectionTable.ts';
import { tableOf } from './realTables.ts';

/** Tables that were kept back while the defaults of detection were chosen. */

type Row = (draw: Draw, index: number) => readonly Cell[];

/** Requests to a server: how long they take follows from what they are and how busy it is. */
const requests: Row = ({ uniform, gaussian, below }, index) => {
  const [route, method] = [below(7), below(3)];
  const busy = 0.5 + 0.4 * Math.sin((2 * Math.PI * index) / 500) + 0.05 * gaussian();
  const bytes = 200 + 900 * route + 80 * gaussian() * (1 + method);
  const time = (20 + 6 * route + bytes / 100) * (1 + 2 * busy ** 2) + gaussian();
  const cached = uniform() < 0.3 ? 'yes' : 'no';
  const wait = cached === 'yes' ? 2 + gaussian() / 4 : time / 3 + gaussian();
  return [`/r${route}`, ['GET', 'PUT', 'POST'][method] as string, cached, busy, bytes, time, wait];
};

/** A reactor: rates by the law of Arrhenius, and a balance of masses. Some readings are missing. */
const reactor: Row = ({ uniform, gaussian }) => {
  const [kelvin, feed] = [320 + 60 * uniform(), 1 + uniform()];
  const rate = 2e5 * Math.exp(-4500 / kelvin);
  const product = (feed * rate) / (1 + rate);
  const near = (value: number, noise: number) =>
    uniform() < 0.02 ? null : value + noise * gaussian();
  return [
    ...[near(kelvin, 0.3), near(feed, 0.02), near(rate, 0.01), near(product, 0.02)],
    ...[near(feed - product, 0.02), near(300 + 40 * product, 1)],
  ];
};

/** A process in time, whose columns follow from what they were before. */
function series(): Row {
  let [slow, fast] = [0, 0];
  return ({ gaussian }) => {
    const before = slow;
    slow = 0.97 * slow + 0.25 * gaussian();
    fast = 0.5 * fast + slow + 0.3 * gaussian();
    const sum = slow + fast;
    return [before, slow, fast, sum + gaussian() / 10, Math.abs(sum) + gaussian() / 10, gaussian()];
  };
}

/** Wages: steps of grades and years, in three towns. */
const wages: Row = ({ uniform, gaussian, below }) => {
  const [grade, years, town] = [below(6), Math.floor(30 * uniform() ** 2), below(3)];
  const hours = [20, 30, 38][below(3)] as number;
  const wage = (1500 + 420 * grade + 35 * years) * (1 + town / 20) * (hours / 38);
  const gross = wage + 15 * gaussian();
  const tax = 0.18 * gross + 0.00004 * gross ** 2 + 5 * gaussian();
  const place = ['north', 'south', 'coast'][town] as string;
  return [place, `g${grade}`, years, hours, gross, tax, gross - tax + 2 * gaussian()];
};

/** Points of an ellipsoid's surface, turned. */
const shell: Row = ({ gaussian }) => {
  const [a, b, c] = [gaussian(), gaussian(), gaussian()];
  const length = Math.hypot(a, b, c);
  const [x, y, z] = [(3 * a) / length, (2 * b) / length, c / length];
  return [x + y, x - y, y + 2 * z, x - z].map((value) => value + gaussian() / 25);
};

const generated: readonly (readonly [name: string, columns: string, row: () => Row])[] = [
  ['requests', 'route method cached busy bytes time wait', () => requests],
  ['reactor', 'kelvin feed rate product rest jacket', () => reactor],
  ['series', 'before slow fast sum size noise', series],
  ['wages', 'town grade years hours gross tax net', () => wages],
  ['shell', 'a b c d', () => shell],
];

const rowsOfGenerated = 2500;

export function keptTables(seed: number): readonly DetectionTable[] {
  const made = generated.map(([name, columns, recipe], index) => {
    const [draw, row] = [drawOf(7000 * seed + 13 * index), recipe()];
    const cells = Array.from({ length: rowsOfGenerated }, (_, at) => row(draw, at));
    return { name, columns: columns.split(' '), cells };
  });
  return [...made, ...['diabetes', 'tips', 'election'].map(stored)];
}

function stored(name: string): DetectionTable {
  const packed = readFileSync(`examples/data/tables/${name}.csv.gz`);
  return tableOf(name, gunzipSync(packed).toString('utf8'));
}
