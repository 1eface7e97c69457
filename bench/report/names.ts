import type { GemmShapeRow } from '../cards.js';
import { drivers } from '../suite/drivers.js';

/** The name of a framework in the report. */
export function titleOf(driver: string): string {
  return drivers.find((row) => row.name === driver)?.title ?? driver;
}

/** `batch×inputs×outputs`, or a power for a cube. */
export function shapeName({ batch, inputs, outputs }: GemmShapeRow): string {
  if (batch === inputs && inputs === outputs) return `${batch}³`;
  return `${batch}×${inputs}×${outputs}`;
}
