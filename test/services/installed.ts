/**
 * Whether tests of a service can run. Without it they are skipped, which the report shows; with
 * LAYERWISE_SERVICES=required, as in continuous integration, its absence fails.
 */
export function requireInstalled(name: string, isInstalled: boolean): boolean {
  if (!isInstalled && process.env.LAYERWISE_SERVICES === 'required') {
    throw new Error(`${name} is not installed, and LAYERWISE_SERVICES asks for it`);
  }
  return isInstalled;
}
