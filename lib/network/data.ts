import { describeValue, isPlainObject } from '../checks.js';
import { ArgumentError } from '../errors.js';

/** The parameters of a spec, each optional: what a caller may leave out is filled in later. */
export type OptionsOf<Spec> = { readonly [Key in keyof Spec as Exclude<Key, 'type'>]?: Spec[Key] };

/** A spec as a caller may write it: the type is needed, the parameters have defaults. */
export type SpecInput<Spec extends { readonly type: string }> = Spec extends unknown
  ? { readonly type: Spec['type'] } & OptionsOf<Spec>
  : never;

/** The data, out of those of a table, that has one of some names as its type. */
export type InputNamed<Name, Spec extends { readonly type: string }> = Name extends Spec['type']
  ? { readonly type: Name } & OptionsOf<Extract<Spec, { readonly type: Name }>>
  : never;

/**
 * `Option`, from which the compiler infers the `Name` that was given, by itself or as the type of data. The
 * condition never holds and is there for its first branch, from which is inferred. (Were the option a union
 * with `Name` in it, an editor would offer the default of `Name` alone, and errors would show the union.)
 */
export type InferredOption<Name extends string, Option> = [Name | ''] extends [never]
  ? Name | { readonly type: Name }
  : Option;

/** Plain frozen data of one type. The values are checked where the data is used, with its path. */
export function specData<Type extends object, Options extends object>(
  type: Type,
  options?: Options,
): Readonly<Type & Options> {
  if (options !== undefined && !isPlainObject(options)) {
    const name = 'type' in type ? String(type.type) : '';
    throw new ArgumentError({
      path: name === '' ? 'options' : `${name}(options)`,
      expected: 'an object with named options',
      received: describeValue(options),
      remedy: `Write ${name}({ … }) with each value behind the name of its option.`,
    });
  }
  return Object.freeze({ ...type, ...options, ...type }) as Readonly<Type & Options>;
}
