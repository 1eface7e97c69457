import { limits } from './generated.js';

/** As many threads as the core takes: more is a mistake, not a machine. */
export const threadsRule = { minimum: 1, maximum: limits.threads } as const;
