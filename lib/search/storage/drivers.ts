import { codeOf } from '../../builtins.js';
import { StateError } from '../../errors.js';

/** Packages that are loaded when an address asks for them: nobody else has to install them. */
const purposes = { pg: 'PostgreSQL', redis: 'Redis' } as const;

/** @throws StateError with the command that helps, where the package is not installed. */
export async function loadDriver<Driver>(
  name: keyof typeof purposes,
  load: () => Promise<Driver>,
): Promise<Driver> {
  try {
    return await load();
  } catch (error) {
    const code = codeOf(error);
    if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') throw error;
    throw new StateError(
      {
        path: name,
        expected: `the package ${name}, by which a study is kept in ${purposes[name]}`,
        received: 'an installation without it',
        remedy: `Run npm install ${name}.`,
      },
      { cause: error },
    );
  }
}
