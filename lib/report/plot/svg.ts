/** SVG as text. */

export type Attributes = Readonly<Record<string, string | number>>;

/** An element; what is in it is SVG already. */
export function tag(name: string, attributes: Attributes, ...children: readonly string[]): string {
  const words = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escaped(shown(value))}"`,
  );
  const start = `<${name}${words.join('')}`;
  return children.length === 0 ? `${start}/>` : `${start}>${children.join('')}</${name}>`;
}

/** Text that means nothing but itself. */
export function text(value: string): string {
  return escaped(value);
}

/** Two digits behind the point are more than a screen shows. */
function shown(value: string | number): string {
  return typeof value === 'number' ? String(Number(value.toFixed(2))) : value;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

function escaped(value: string): string {
  // What XML has no room for, in whichever form, is left out.
  return value
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[&<>"]/g, (sign) => entities[sign] ?? sign);
}
