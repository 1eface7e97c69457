import { ArgumentError } from '../errors.js';

/**
 * What is called on models of Keras, scikit-learn and PyTorch, and what is to do here instead. The methods
 * throw that; no type has them, and nothing that lists the members of a model shows them.
 */
export const foreignMethods: Readonly<Record<string, string>> = {
  compile: "give loss, optimizer and metrics to fit: `model.fit(data, { optimizer: 'adam' })`",
  train: 'call `model.fit(data, options)`; layers such as dropout act in it alone',
  eval: 'call `model.predict(inputs)`, which leaves dropout and noise out',
  forward: 'call `model.predict(inputs)`, or `forward` of a trainer: `model.trainer()`',
  transform: 'call `model.encode(inputs)` of an autoencoder, else `model.predict(inputs)`',
  score: "call `model.evaluate(data, { metrics: ['accuracy'] })`",
  zero_grad: 'call `model.trainer()`, whose `backward` and `step` need none',
  named_parameters: 'read `model.parameters`, and `model.getParameter(name)`',
  add: 'give the layers as a list: `sequential([dense(8), dense(1)], { inputSize })`',
  dispose: 'nothing has to be disposed of: the memory is freed with the model',
  ...sameFor('call `model.fit(data, options)`', ['partial_fit', 'train_on_batch', 'fit_generator']),
  ...sameFor('await `model.fit(data, options)`, and then call `predict` or `encode`', [
    'fit_transform',
    'fit_predict',
  ]),
  ...sameFor('call `model.predict(inputs)`: a network with softmax gives probabilities', [
    'predict_proba',
    'predict_on_batch',
  ]),
  ...sameFor('call `model.score(inputs)` of an autoencoder', [
    'decision_function',
    'score_samples',
  ]),
  ...sameFor('call `model.getParameter(name)`, one tensor at a time', [
    'get_weights',
    'state_dict',
  ]),
  set_weights: 'call `model.setParameter(name, values)`, one tensor at a time',
  ...sameFor('call `model.loadWeights(path)`, with a safetensors file', [
    'load_state_dict',
    'load_weights',
  ]),
  ...sameFor('call `model.save(path)`, and later `load(path)`', ['save_weights', 'to_json']),
};

function sameFor(instead: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, instead]));
}

/** Names as they are written in JavaScript too: `predictProba`. */
function spellings(name: string): readonly string[] {
  const camelCase = name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  return camelCase === name ? [name] : [name, camelCase];
}

/** Gives a prototype the methods that it does not have itself; those of classes that extend it hide them. */
export function answerForeignMethods(prototype: object): void {
  for (const [foreign, instead] of Object.entries(foreignMethods)) {
    for (const name of spellings(foreign)) {
      if (Object.hasOwn(prototype, name)) continue;
      const answer = () => {
        throw new ArgumentError({
          path: name,
          expected: 'a method of layerwise',
          received: 'one of another library',
          remedy: `Here, ${instead}.`,
        });
      };
      Object.defineProperty(prototype, name, { value: answer, configurable: true, writable: true });
    }
  }
}
