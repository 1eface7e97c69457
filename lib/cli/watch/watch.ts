import { basename } from 'node:path';
import { LivePage } from '../../report/live/livePage.js';
import { painted } from '../../terminal/style.js';
import type { CliContext } from '../context.js';
import { languageOf } from '../course/language.js';
import { Interrupted } from '../exitCodes.js';

interface Watched {
  /** A port; true takes one that is free. */
  readonly watch?: number | boolean | undefined;
  readonly data: string;
  readonly run?: string | undefined;
  readonly json: boolean;
}

/**
 * Does what `train` or `search` does, with a page that is told of it where `--watch` asks for one. Its button asks for an end
 * as Ctrl-C does.
 */
export async function watched<Result>(
  { watch, data, run, json }: Watched,
  subject: 'training' | 'search',
  context: CliContext,
  action: (context: CliContext) => Promise<Result>,
): Promise<Result> {
  if (watch === undefined || watch === false) return await action(context);
  const stopped = new AbortController();
  const page = await LivePage.open({
    port: watch === true ? 0 : watch,
    title: basename(run ?? data),
    subject,
    language: languageOf(context.environment),
    onStop: () => stopped.abort(new Interrupted('SIGINT')),
  });
  const { stdout } = context;
  if (json) stdout.json({ type: 'watch', url: page.url });
  else stdout.paragraph(painted('green', 'Watch it:'), ` ${page.url}`);
  const interrupted = AbortSignal.any([context.interrupted, stopped.signal]);
  try {
    return await action({ ...context, interrupted, livePage: page });
  } finally {
    await page.close();
  }
}
