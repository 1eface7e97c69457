/** JSON that keeps the numbers it has no words for: NaN, the infinities and -0. */

const key = '$number';

export function exactJson(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (typeof item !== 'number' || (Number.isFinite(item) && !Object.is(item, -0))) return item;
    return { [key]: Object.is(item, -0) ? '-0' : String(item) };
  });
}

/** @throws SyntaxError for what is no JSON. */
export function parseExactJson(text: string): unknown {
  return JSON.parse(text, (_, item: unknown) => {
    const isNumber = typeof item === 'object' && item !== null && key in item;
    return isNumber ? Number(item[key]) : item;
  });
}
