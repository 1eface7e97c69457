import { importPackage } from '../common/packages.js';

/** Prints the seconds that importing packages takes: `node importTime.js layerwise`. */
const names = process.argv.slice(2);
const start = performance.now();
for (const name of names) {
  if (name === 'layerwise') await import('layerwise');
  else await importPackage(name);
}
console.log(`seconds ${(performance.now() - start) / 1000}`);
process.exit(0);
