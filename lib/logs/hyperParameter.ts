/** What a hyper-parameter may be in TensorBoard. (A file of its own: types of the package are without those of Node.) */
export type HyperParameter = string | number | boolean;
export type HyperParameters = Readonly<Record<string, HyperParameter>>;
