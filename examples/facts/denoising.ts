import {
  type Autoencoder,
  adam,
  type Corruption,
  denoisingAutoencoder,
  gaussianNoise,
  saltAndPepperNoise,
} from 'layerwise';
import { imageGrid } from '../pictures/imageGrid.ts';
import { type Digits, imageOf, imageSize, pixels, readMnist, rowsOf } from '../shared/mnist.ts';
import type { Fact, FactResult, FactRow, Scale } from './fact.ts';
import { gaussians, uniforms } from './random.ts';
import { atMost, between, percent } from './rows.ts';

/** What denoising autoencoders make of noise that they have seen, and of another kind. */

const settings = {
  published: { rows: 12_000, tested: 1000 },
  quick: { rows: 2000, tested: 200 },
} as const;
const deviation = 0.5;
const rate = 0.3;

/** Kinds of noise, each as a layer that trains and as a function that spoils an image. */
const noises = {
  gaussian: {
    title: 'Gaussian noise',
    layer: gaussianNoise({ standardDeviation: deviation }),
    spoilt: (image: Float32Array, seed: number) => {
      const next = gaussians(seed);
      return image.map((value) => value + deviation * next());
    },
  },
  saltAndPepper: {
    title: 'Salt-and-pepper noise',
    layer: saltAndPepperNoise({ rate }),
    spoilt: (image: Float32Array, seed: number) => {
      const next = uniforms(seed);
      return image.map((value) => (next() < rate ? Math.round(next()) : value));
    },
  },
} as const;

type Noise = keyof typeof noises;

export const denoising: Fact = {
  name: 'denoising',
  title: 'Noise that was seen, and noise that was not',
  text: `Two denoising autoencoders with 256 units: one trained with Gaussian noise of deviation ${deviation}, one with
salt-and-pepper noise on ${100 * rate} % of the pixels. Each gets test images with either noise; what is left of the noise
is the squared error of the reconstruction from the clean image, as a share of the error that the noise made. Each is
best at what it was trained for, and better at it than an autoencoder of the same size that saw no noise. Noise of the
other kind it removes as well, but leaves more of it. (The first 12,000 digits.)`,
  isQuick: true,
  measure,
};

async function measure(scale: Scale): Promise<FactResult> {
  const { rows, tested } = settings[scale];
  const mnist = await readMnist(rows, 0);
  const test = rowsOf(mnist.test, 0, tested);
  const models = {
    gaussian: await train(mnist.training, noises.gaussian.layer),
    saltAndPepper: await train(mnist.training, noises.saltAndPepper.layer),
    none: await train(mnist.training, gaussianNoise({ standardDeviation: 0 })),
  };
  const rowsOfNoise = async (noise: Noise, other: Noise): Promise<FactRow[]> => {
    const { title } = noises[noise];
    const seen = await shareLeft(models[noise], test, noise);
    const unseen = await shareLeft(models[other], test, noise);
    const ordinary = await shareLeft(models.none, test, noise);
    const common = { format: percent, source: 'Vincent et al. 2010' };
    return [
      atMost(ordinary, {
        fact: `${title}, seen while training: what is left of it, expected what an autoencoder without noise leaves`,
        measured: seen,
        ...common,
      }),
      between(seen, 0.5, {
        fact: `${title}, by the network that saw another kind: more is left, but less than half`,
        measured: unseen,
        ...common,
      }),
    ];
  };
  return {
    rows: [
      ...(await rowsOfNoise('gaussian', 'saltAndPepper')),
      // From few images both networks learn the second kind about as well.
      ...(scale === 'quick' ? [] : await rowsOfNoise('saltAndPepper', 'gaussian')),
    ],
    pictures: [
      {
        name: 'denoising',
        title: 'Noisy test images, and what both networks make of them',
        drawing: imageGrid({
          title: 'Noise seen and not seen',
          size: imageSize,
          bands: [await band(models, test, 'gaussian'), await band(models, test, 'saltAndPepper')],
        }),
      },
    ],
  };
}

async function train({ inputs }: Digits, corruption: Corruption): Promise<Autoencoder<'sigmoid'>> {
  const model = denoisingAutoencoder({
    inputSize: pixels,
    code: 256,
    codeActivation: 'relu',
    outputActivation: 'sigmoid',
    corruption,
    seed: 1,
  });
  const optimizer = adam({ learningRate: 0.002 });
  await model.fit(inputs, { epochs: 8, batchSize: 64, optimizer, schedule: 'cosine' });
  return model;
}

function spoiltImages(test: Digits, noise: Noise): Float32Array[] {
  return Array.from(test.targets.keys(), (row) => noises[noise].spoilt(imageOf(test, row), row));
}

/** The squared error of the reconstructions as a share of that of the noisy images. */
async function shareLeft(model: Autoencoder<'sigmoid'>, test: Digits, noise: Noise) {
  const spoilt = spoiltImages(test, noise);
  const { values } = await model.reconstruct(spoilt);
  let before = 0;
  let after = 0;
  spoilt.forEach((image, row) => {
    const clean = imageOf(test, row);
    clean.forEach((value, pixel) => {
      before += ((image[pixel] ?? 0) - value) ** 2;
      after += ((values[row * pixels + pixel] ?? 0) - value) ** 2;
    });
  });
  return after / before;
}

async function band(
  models: Readonly<Record<Noise, Autoencoder<'sigmoid'>>>,
  test: Digits,
  noise: Noise,
) {
  const spoilt = spoiltImages(rowsOf(test, 0, 10), noise);
  const cleaned = async (trained: Noise) => {
    const { values } = await models[trained].reconstruct(spoilt);
    return spoilt.map((_, at) => values.subarray(at * pixels, (at + 1) * pixels));
  };
  return [
    { label: noises[noise].title, images: spoilt },
    { label: 'trained with Gaussian noise', images: await cleaned('gaussian') },
    { label: 'trained with salt and pepper', images: await cleaned('saltAndPepper') },
  ];
}
