/**
 * Writes docs/activations.md and its plots from the tables of the native core and from what the
 * core computes, so that a new activation is documented by its row alone.
 *
 *   node scripts/generate-docs.mjs            write the files
 *   node scripts/generate-docs.mjs --check    exit with 1 when a file differs from the core
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const root = fileURLToPath(new URL('..', import.meta.url));
const core = require('node-gyp-build')(root);
const plots = 'docs/activations';

// ---- The curves ----

const reach = 5; // of x, to both sides
const steps = 100;
const step = 0.02; // half the distance over which the derivative is taken

/** f at each x; of those that work on rows, the first of two columns, the second being 0. */
function compute(row, xs) {
  const inputSize = row.scope === 'row' ? 2 : 1;
  const layers = [{ type: 'activation', activation: { type: row.name } }];
  const network = new core.Network({ inputSize, seed: 0, layers });
  const inputs = new Float32Array(xs.length * inputSize);
  xs.forEach((x, i) => {
    inputs[i * inputSize] = x;
  });
  const outputs = new Float32Array(inputs.length);
  network.rowPredictor()(inputs, outputs);
  return xs.map((_, i) => outputs[i * inputSize]);
}

function curvesOf(row) {
  const xs = Array.from({ length: steps + 1 }, (_, i) => -reach + (2 * reach * i) / steps);
  const moved = (by) => {
    return compute(
      row,
      xs.map((x) => x + by),
    );
  };
  const above = moved(step);
  const below = moved(-step);
  return { xs, f: moved(0), derivative: above.map((y, i) => (y - below[i]) / (2 * step)) };
}

// ---- The plots ----

const width = 360;
const height = 240;
const margin = 28;

/**
 * The whole numbers around the values, within [-5, 5].
 *
 * @param {number[]} values
 * @returns {[number, number]}
 */
function rangeOf(values) {
  const low = Math.max(-reach, Math.floor(Math.min(...values, 0) - 0.1));
  const high = Math.min(reach, Math.ceil(Math.max(...values, 1) + 0.1));
  return [low, high];
}

function svgOf(row) {
  const { xs, f, derivative } = curvesOf(row);
  const [low, high] = rangeOf([...f, ...derivative]);
  const left = (x) => margin + ((x + reach) / (2 * reach)) * (width - 2 * margin);
  const top = (y) => height - margin - ((y - low) / (high - low)) * (height - 2 * margin);
  const path = (ys) =>
    xs
      .map((x, i) => `${i === 0 ? 'M' : 'L'}${left(x).toFixed(1)} ${top(ys[i]).toFixed(1)}`)
      .join('');
  const text = (x, y, anchor, content) =>
    `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${content}</text>`;
  const ticks = [
    ...[-4, -2, 2, 4].map((x) => text(left(x), top(0) + 13, 'middle', x)),
    ...Array.from({ length: high - low + 1 }, (_, i) => low + i)
      .filter((y) => y !== 0)
      .map((y) => text(left(0) - 5, top(y) + 4, 'end', y)),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">
<title>${row.name} (blue) and its derivative (orange, dashed)</title>
<rect width="${width}" height="${height}" fill="#ffffff"/>
<clipPath id="area"><rect x="${margin}" y="${margin - 4}" width="${width - 2 * margin}" height="${height - 2 * margin + 8}"/></clipPath>
<path d="M${margin} ${top(0).toFixed(1)}H${width - margin}M${left(0)} ${margin}V${height - margin}" stroke="#9aa0a6" fill="none"/>
<g font-family="sans-serif" font-size="11" fill="#5f6368">
${ticks.join('\n')}
</g>
<g clip-path="url(#area)" fill="none" stroke-width="2">
<path d="${path(derivative)}" stroke="#e8710a" stroke-dasharray="5 4"/>
<path d="${path(f)}" stroke="#1a73e8"/>
</g>
</svg>
`;
}

// ---- The page ----

function sectionOf(row) {
  const parameters = row.parameters.map(
    ({ name, default: fallback, description }) =>
      `- \`${name}\`, default ${fallback}: ${description}`,
  );
  const facts = [
    ...(row.alias === null ? [] : [`Also known as \`${row.alias}\`.`]),
    `Weights in front of it are drawn by \`${row.initializer}\` unless you say otherwise; its gain is ${Number(row.gain.toFixed(4))}${row.gainSlope === null ? '' : ` / √(1 + ${row.gainSlope}²)`}.`,
  ];
  return [
    `## ${row.name}`,
    `\`f(x) = ${row.formula}\``,
    row.description,
    ...(parameters.length === 0 ? [] : [parameters.join('\n')]),
    facts.join(' '),
    `![${row.name} and its derivative](activations/${row.name}.svg)`,
  ].join('\n\n');
}

function tableLine(row) {
  const parameters = row.parameters.map(({ name, default: value }) => `\`${name}\` ${value}`);
  return `| [\`${row.name}\`](#${row.name.toLowerCase()}) | \`${row.formula}\` | ${parameters.join(', ')} |`;
}

function pageOf(rows) {
  return `# Activations

<!-- Written by scripts/generate-docs.mjs from the tables of the core (npm run generate). -->

An activation is chosen by name or as \`{ type, ...parameters }\`: \`dense(64, { activation: 'gelu' })\`,
\`activation({ type: 'elu', alpha: 0.5 })\`. Names and defaults follow PyTorch, in our spelling.

The formulas are what the tests evaluate in double precision to prove the fast code, on every instruction set: over
[-50, 50] results are within a few units of the last place. Infinite inputs give the limit of the function, NaN stays
NaN. In the plots f is blue and its derivative orange; for functions of a whole row they show the first of two columns,
the second being 0.

| name | f(x) | parameters |
|---|---|---|
${rows.map(tableLine).join('\n')}

${rows.map(sectionOf).join('\n\n')}

## Not in this table

- \`prelu\` and \`maxout\` have weights of their own: they are [layers](models.md#layers).
- **sparsemax** (Martins and Astudillo 2016) sorts every row, has a gradient of zero for most classes, and would need a
  loss of its own to train from wrong answers. Use \`softmax\`, and cut small probabilities off afterwards.
- **hardTanh** has no limits to choose, as in Keras: scale its input and output instead.
`;
}

// ---- Writing and checking ----

function files() {
  const rows = core.describe().activations;
  return new Map([
    ['docs/activations.md', pageOf(rows)],
    ...rows.map((row) => [`${plots}/${row.name}.svg`, svgOf(row)]),
  ]);
}

/**
 * Whether two texts are equal but for the last digit of numbers with one: another instruction set
 * may round a point of a curve the other way.
 */
function isSame(text, expected) {
  const number = /-?\d+\.\d(?!\d)/g;
  if (text.replace(number, '#') !== expected.replace(number, '#')) return false;
  const theirs = expected.match(number) ?? [];
  return (text.match(number) ?? []).every((one, i) => Math.abs(one - theirs[i]) < 0.11);
}

function stalePlots(expected) {
  return existsSync(join(root, plots))
    ? readdirSync(join(root, plots))
        .map((name) => `${plots}/${name}`)
        .filter((path) => !expected.has(path))
    : [];
}

function check(expected) {
  for (const [path, text] of expected) {
    const file = join(root, path);
    if (existsSync(file) && isSame(readFileSync(file, 'utf8'), text)) continue;
    process.stderr.write(`${path} differs from the core: run \`npm run generate\`.\n`);
    process.exitCode = 1;
  }
  for (const path of stalePlots(expected)) {
    process.stderr.write(`${path} belongs to nothing: run \`npm run generate\`.\n`);
    process.exitCode = 1;
  }
}

function write(expected) {
  for (const path of stalePlots(expected)) rmSync(join(root, path));
  for (const [path, text] of expected) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    if (existsSync(file) && isSame(readFileSync(file, 'utf8'), text)) continue;
    writeFileSync(file, text);
  }
}

const expected = files();
if (process.argv.includes('--check')) check(expected);
else write(expected);
