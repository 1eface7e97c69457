import { describeValue, isPlainObject } from '../checks.js';
import { ArgumentError } from '../errors.js';

/** The parameters of a spec, each optional: what a caller may leave out is filled in later. */
export type OptionsOf<Spec> = { readonly [Key in keyof Spec as Exclude<Key, 'type'>]?: Spec[Key] };

/** A spec as a caller may write it: the type is needed, the parameters have defaults. */
export type SpecInput<Spec extends { readonly type: string }> = Spec extends unknown
  ? { readonly type: Spec['type'] } & OptionsOf<Spec>
  : never;

/** Offers the known names while typing, and takes any string. `NameCheck` does the refusing. */
export type NameLike<Known extends string> = Known | (string & {});

/**
 * Refuses a literal that is not a known name; a string of which only run time knows the value is
 * let through (and checked at run time).
 */
export type NameCheck<Name, Known extends string> = string extends Name
  ? Name
  : Name extends Known
    ? Name
    : Known;

/** What an option for a row takes: a name, from which the compiler infers `Name`, or data. */
export type RowOption<Name extends string, Spec extends { readonly type: string }> =
  | Name
  | SpecInput<Spec>;

/** Put beside a `RowOption`, refuses the names that are not known; data is checked there. */
export type RowCheck<Name, Known extends string> = NameCheck<Name, Known> | object;

/** Plain frozen data of one type. The values are checked where the data is used, with its path. */
export function specData<Type extends object, Options extends object>(
  type: Type,
  options?: Options,
): Readonly<Type & Options> {
  if (options !== undefined && !isPlainObject(options)) {
    throw new ArgumentError({
      path: 'type' in type ? `${String(type.type)}(options)` : 'options',
      expected: 'an object with named options',
      received: describeValue(options),
    });
  }
  return Object.freeze({ ...type, ...options, ...type }) as Readonly<Type & Options>;
}
