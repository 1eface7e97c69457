import { missingWords } from '../../data/missingWords.js';
import { mostNumericClasses } from '../../data/targetInference.js';
import type { HelpTexts } from '../arguments/help.js';

/** What `layerwise train --help` says besides the flags. */

const words = missingWords.slice(1, 6).join(', ');

export const trainHelp: HelpTexts = {
  examples: [
    'layerwise train iris.csv --target species --out iris.safetensors',
    'layerwise train houses.csv --target price --ignore id address --hidden 256,128 --epochs 50',
    'layerwise train sensors.csv.gz --autoencoder --contamination 0.01 --out anomalies.safetensors',
    'layerwise train train-images-idx3-ubyte.gz --labels train-labels-idx1-ubyte.gz',
    'layerwise train new-irises.csv --from iris.safetensors --out iris-2.safetensors',
    'layerwise train --config job.json --epochs 50',
    'layerwise train houses.csv --target price --run runs/1 --resume --time-limit 2h',
  ],
  details: `
The file is a table (CSV whose first line holds the names of the columns, Parquet, JSON lines, or a
folder of such files), or an IDX file of images (MNIST). CSV, JSON lines and IDX may be packed with
gzip. Delimiter and encoding marks are recognised.

How columns become inputs:
  numbers   (value - mean) / standard deviation, over the rows that train
  text      up to 9 different ones: an input for each, of which one is 1 and the others 0; more: one
            input, the number of the text, for which the network learns a vector. Texts in fewer than
            4 rows, and those that training did not see, have a vector in common. Of an autoencoder an
            input for each up to --max-categories; beyond, those that are rarer have one in common.
  dates     time, month, weekday and hour
  missing   an empty field, ${words} or what else programs write for it (in
            any case), between numbers also None, -, . and the like; or, in place of these words,
            what --missing names. A number is replaced by the mean, and if any was missing in
            training, a second input tells missing from present. In a text column, missing is a
            category of its own. Rows without a target are not used.
  A column is text if a single value in it is not a number, or if --categorical names it. Constant
  columns are left out (an autoencoder keeps them), and so are those that count the rows and are called
  id, row or index, unless --keep names them. Images of bytes are scaled to 0...1.

Classifier or regressor, unless --task says it:
  A target with text is classified, by its texts as they are: 01 and 1 are two classes. Numbers with
  a few texts between them are refused, with the line. A target of numbers is classified when all
  are whole, at most ${mostNumericClasses} of them differ, and there are at least twice as many rows as different
  numbers. Otherwise the number itself is predicted. The labels of images are always classes.

The rows for --validation are drawn at random, by --seed, of each class its share; they are not trained
on, and leave no trace in means, scales and categories.

Ctrl-C ends the training after the current batch and saves the model as it is, if --out is given; with --run
it writes a checkpoint.
A second Ctrl-C, a second later or more, quits at once.

With --from, a model goes on to learn from new rows of its own columns: target, scaling and network are
those of the model.

A file for --config is JSON with these options, named as flags are: batchSize for --batch-size,
"header": false for --no-header, and data for the file. Flags that are typed come first. Paths in it are
relative to its folder. Its $schema is node_modules/layerwise/schemas/train.json.

With --run, all of the training lies in one folder: the options (config.json), a line of JSON for each epoch
(metrics.jsonl), a log, the checkpoints, and in the end the model. Ended by a signal, by --time-limit or by
nothing that could be foreseen, the same command line with --resume goes on with the last checkpoint, to the
same bits, and layerwise resume <folder> is short for it. SIGUSR2 asks for a checkpoint. --checkpoint keeps
checkpoints alone.

With --json, standard output carries one JSON object per line; its "type" is data, model, member,
progress, epoch, statistics, warning, checkpoint, note, watch, done, detector, saved, finished or error.
`,
};
