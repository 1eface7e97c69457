import { depth } from './depth.js';
import type { Fact } from './fact.js';
import { initialization } from './initialization.js';

/** All facts, in the order of the page. */
export const facts: readonly Fact[] = [initialization, depth];
