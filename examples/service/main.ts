import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { ServedModel } from './servedModel.ts';
import { createService } from './server.ts';
import { columns, keepTraining } from './training.ts';

/**
 * Serves a model over HTTP, trains beside it and takes what it has learned without a break: POST /predict with rows as
 * JSON, GET /healthz. The model tells what power a pump takes, from its other readings.
 *
 *   npm run example -- service --port 8080
 *   curl -d '{"rows": [[1149, 30.16, 3.83, 56]]}' http://127.0.0.1:8080/predict
 *
 * SIGTERM and SIGINT end it: requests that run are answered, and the training stops; started again, it goes on where it
 * was, to the last bit.
 */

const clone = dirname(createRequire(import.meta.url).resolve('layerwise/package.json'));
const { values: options } = parseArgs({
  options: {
    /** For this machine alone, unless somebody says otherwise: there is no password. */
    host: { type: 'string', default: '127.0.0.1' },
    /** 0 takes one that is free. */
    port: { type: 'string', default: '8080' },
    /** Where the model lies. */
    folder: { type: 'string', default: 'service-output' },
    data: { type: 'string', default: join(clone, 'examples/data/pump-history.csv') },
    epochs: { type: 'string', default: '500' },
    /** Seconds from the end of a training to the next; 0 trains never, and serves what others put there. */
    'train-every': { type: 'string', default: '3600' },
    /** Seconds between two looks at the file of the model. */
    'look-every': { type: 'string', default: '1' },
    /** Bytes of a request, at most. */
    'most-bytes': { type: 'string', default: '1000000' },
  },
});
const log = (line: string) => console.log(`${new Date().toISOString()} ${line}`);

const stopping = new AbortController();
const path = join(options.folder, 'power.safetensors');
await mkdir(options.folder, { recursive: true });

const served = new ServedModel(path, columns, log);
await served.refresh();
const looking = setInterval(() => void served.refresh(), 1000 * Number(options['look-every']));

const server = createService({
  ...{ served, columns, log, mostBytes: Number(options['most-bytes']) },
  isStopping: () => stopping.signal.aborted,
});
server.listen(Number(options.port), options.host);
await once(server, 'listening');
const { address, port } = server.address() as AddressInfo;
log(`listening on http://${address}:${port}`);

/** Each is heard once: a second one ends the process as it does any other. */
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    log(`${signal}: stopping`);
    stopping.abort();
  });
}

const everySeconds = Number(options['train-every']);
const training =
  everySeconds > 0
    ? keepTraining(
        {
          ...{ data: options.data, path, everySeconds, log, epochs: Number(options.epochs) },
          checkpoints: join(options.folder, 'checkpoints'),
        },
        stopping.signal,
      )
    : Promise.resolve();

if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
clearInterval(looking);
// No new connections; those that wait for nothing are closed, and the others when they were answered.
server.close();
server.closeIdleConnections();
const patience = setTimeout(() => server.closeAllConnections(), 5000);
await Promise.all([once(server, 'close'), training]);
clearTimeout(patience);
log('stopped');
