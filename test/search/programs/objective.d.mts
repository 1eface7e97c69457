import type { OpenTrial, Space } from '../../../lib/search/index.js';

export const space: Space;
export function objective(trial: OpenTrial): void;
