import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout; this file runs compiled, from .compiled/test/package. */
export const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What steps copy into their projects. */
export const programs = path.join(root, 'test/package/programs');
