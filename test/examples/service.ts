import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dense, sequential } from '../../lib/index.js';
import { Program, until } from './program.js';

/** The tests of examples/service, which examples.test.ts has compiled. */

/** A service in a process of its own, with a folder of its own. */
class Service extends Program {
  constructor(program: string, folder: string, words: readonly string[] = []) {
    super(program, ['--port', '0', '--folder', folder, '--look-every', '0.02', ...words]);
  }

  async port(): Promise<number> {
    await this.says(/listening on http:\/\/127\.0\.0\.1:\d+/);
    return Number(/127\.0\.0\.1:(\d+)/.exec(this.log)?.[1]);
  }

  async ask(path: string, body?: string | object, method?: string): Promise<Answer> {
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    const given = { method: method ?? (text === undefined ? 'GET' : 'POST'), body: text ?? null };
    const response = await fetch(`http://127.0.0.1:${await this.port()}${path}`, given);
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  predict(rows: unknown): Promise<Answer> {
    return this.ask('/predict', { rows });
  }
}

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const row = [1149, 30.16, 3.83, 56];

/** A model whose prediction is always the same. */
function constantModel(value: number, inputSize = 4) {
  const model = sequential([dense(1)], { inputSize });
  model.setParameter('0.weight', new Float32Array(inputSize));
  model.setParameter('0.bias', [value]);
  return model;
}

export function testService(program: string): void {
  let folder = '';
  const newFolder = () => mkdtempSync(join(folder, 'service-'));

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'layerwise-service-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('trains, serves what it has learned, and trains again', async () => {
    const service = new Service(program, newFolder(), ['--train-every', '0.01', '--epochs', '100']);
    await service.says(/trained on 480 rows[\s\S]*serving \S+\n[\s\S]*trained[\s\S]*serving/);
    const { status, body } = await service.predict([row, row]);
    expect(status).toBe(200);
    // The power that the pump took at that time is 13.29.
    const [first, second] = body.predictions as number[];
    expect(Math.abs((first ?? 0) - 13.29)).toBeLessThan(2);
    expect(second).toBe(first);
    expect(await service.ask('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await service.end()).toBe(0);
  });

  test('takes a new file, keeps the older model where that is broken or gone, and says so', async () => {
    const own = newFolder();
    const path = join(own, 'power.safetensors');
    const service = new Service(program, own, ['--train-every', '0']);
    const answers = async (value: number) => {
      const { body } = await service.predict([row]);
      return (body.predictions as number[] | undefined)?.[0] === value;
    };
    const health = () => service.ask('/healthz');
    const hasProblem = (text: string) =>
      until(async () => String((await health()).body.problem).includes(text));

    expect(await health()).toMatchObject({ status: 503, body: { status: 'no model yet' } });
    const early = { status: 503, body: { error: 'there is no model yet' } };
    expect(await service.predict([row])).toEqual(early);
    await constantModel(1).save(path);
    await until(() => answers(1));

    await writeFile(join(own, 'broken'), 'no model');
    await rename(join(own, 'broken'), path);
    await hasProblem('expected');
    expect(await health()).toMatchObject({ status: 200, body: { status: 'ok' } });
    expect(await answers(1)).toBe(true);

    await constantModel(2).save(path);
    await until(() => answers(2));
    expect((await health()).body).not.toHaveProperty('problem');

    await constantModel(3, 7).save(path);
    await hasProblem('takes 7 columns, not 4');
    await rm(path);
    await hasProblem('ENOENT');
    expect(await answers(2)).toBe(true);
    expect(service.log).toMatch(/the older model stays: .*takes 7 columns/);
    expect(await service.end('SIGINT')).toBe(0);
  });

  test('answers bad requests with what is wrong, and goes on', async () => {
    const own = newFolder();
    await constantModel(1).save(join(own, 'power.safetensors'));
    const words = ['--train-every', '0', '--most-bytes', '200'];
    const service = new Service(program, own, words);
    const errorOf = async (answer: Promise<Answer>) => {
      const { status, body } = await answer;
      return `${status} ${body.error}`;
    };
    const form = 'expected {"rows": [[speed, flow, pressure, temperature], ...]}, received no';
    expect(await errorOf(service.predict([[1, 2, 3]]))).toBe(
      '400 inputs[0]: expected 4 numbers, received 3.',
    );
    expect(await errorOf(service.predict([[1, 2, 'x', 4]]))).toMatch(/^400 inputs\[0\]\[2\]: /);
    expect(await errorOf(service.predict([]))).toMatch(/^400 inputs: expected at least one row/);
    expect(await errorOf(service.predict('x'))).toMatch(/^400 inputs: /);
    expect(await errorOf(service.ask('/predict', 'x'))).toMatch(/^400 .*JSON/);
    expect(await errorOf(service.ask('/predict', '[]'))).toBe(`400 ${form} rows`);
    expect(await errorOf(service.ask('/predict'))).toBe('405 /predict takes POST');
    expect(await errorOf(service.ask('/healthz', 'x'))).toBe('405 /healthz takes GET');
    expect(await errorOf(service.ask('//'))).toMatch(/^404 there is no \/\/; there are/);
    const long = service.predict(new Array(20).fill(row));
    expect(await errorOf(long)).toBe('413 a request may have 200 bytes');
    // Of a length that is not said.
    expect(await raw(await service.port(), unbounded('x'.repeat(300)))).toMatch(/^HTTP\/1.1 413 /);
    expect((await service.predict([row])).body).toEqual({ predictions: [1] });
    expect(await service.end()).toBe(0);
  });

  test('answers requests that run, and ends the training, when it is asked to stop', async () => {
    const own = newFolder();
    await constantModel(1).save(join(own, 'power.safetensors'));
    const service = new Service(program, own, ['--epochs', '100000000']);
    const socket = connect(await service.port(), '127.0.0.1');
    const body = JSON.stringify({ rows: [row] });
    socket.write(`POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n`);
    // Until the request has come in, as another one behind it has.
    expect(await service.ask('/healthz')).toMatchObject({ status: 200 });
    const ended = service.end();
    await service.says(/SIGTERM: stopping/);
    socket.write(body);
    let answer = '';
    for await (const chunk of socket.setEncoding('utf8')) answer += chunk;
    expect(answer).toMatch(
      /^HTTP\/1.1 200 [\s\S]*connection: close[\s\S]*\{"predictions":\[1\]\}/i,
    );
    expect(await ended).toBe(0);
    expect(service.log).not.toMatch(/trained|failed/);
  });

  test('goes on with the training that it was at, and ends with the same bytes', async () => {
    const [whole, ended] = [newFolder(), newFolder()];
    const words = ['--epochs', '3000'];
    const model = async (folder: string) => {
      const service = new Service(program, folder, words);
      await service.says(/trained on/);
      await service.end();
      return await readFile(join(folder, 'power.safetensors'));
    };
    const expected = await model(whole);
    const first = new Service(program, ended, words);
    await until(() => existsSync(join(ended, 'checkpoints')) || /trained/.test(first.log));
    await first.end();
    expect((await model(ended)).equals(expected)).toBe(true);
    expect(existsSync(join(ended, 'checkpoints'))).toBe(false);
  });
}

function unbounded(body: string): string {
  const head = 'POST /predict HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n';
  return `${head}${body.length.toString(16)}\r\n${body}\r\n`;
}

async function raw(port: number, request: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  socket.write(request);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return answer.toString();
}
