import { StateError } from '../../errors.js';

/** The part of `@resvg/resvg-js` that is used. */
interface Resvg {
  readonly Resvg: new (svg: string, options: object) => { render(): { asPng(): Uint8Array } };
}

/**
 * SVG as PNG. What draws it is a package of 4 MB that programs install which want such pictures; this one does not need it.
 *
 * @throws StateError without the package
 */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const { Resvg } = await loadResvg();
  return new Resvg(svg, { font: { loadSystemFonts: true } }).render().asPng();
}

async function loadResvg(): Promise<Resvg> {
  try {
    return (await import('@resvg/resvg-js')) as Resvg;
  } catch (cause) {
    throw new StateError(
      {
        path: 'path',
        expected: 'the package @resvg/resvg-js, which draws .png',
        received: 'none that can be loaded',
        remedy:
          'Install it, `npm install @resvg/resvg-js`, or write a file whose name ends with .svg.',
      },
      { cause },
    );
  }
}
