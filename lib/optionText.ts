/**
 * How texts of the library name its options: always in this form, so that a program with names of its
 * own for them, such as the command line, can put these in their place.
 */

/** What an option may be set to in a text. */
export type OptionValue = boolean | number | string | readonly string[];

/** `` `ignore` ``, or with a value `` `ignore: ["row id"]` ``. */
export function optionText(name: string, value?: OptionValue): string {
  return value === undefined ? `\`${name}\`` : `\`${name}: ${JSON.stringify(value)}\``;
}

const texts = '"(?:[^"\\\\]|\\\\.)*"';
const mention = new RegExp(
  `\`([a-z]\\w*(?:\\.\\w+)*)(?:: (true|false|-?[\\d.]+|${texts}|\\[${texts}(?:,${texts})*\\]))?\``,
  'gi',
);

/**
 * The text with other names for options.
 *
 * @param rename gives what is written in place of an option, and undefined for what is left as it is.
 */
export function renameOptions(
  text: string,
  rename: (name: string, value: OptionValue | undefined) => string | undefined,
): string {
  return text.replace(mention, (whole, name: string, value: string | undefined) => {
    const given = value === undefined ? undefined : (JSON.parse(value) as OptionValue);
    return rename(name, given) ?? whole;
  });
}
