"""Measures scikit-learn and LightGBM, with their defaults, on the tables of this folder.

    npm run facts -- tables --quick                          # compiles what writes the tables
    node .compiled/examples/facts/tables/writeTables.js FOLDER
    pip install scikit-learn==1.9.1 lightgbm==4.7.0 pandas
    python3 examples/facts/tables/reference.py FOLDER examples/facts/tables/reference.json

Every learner has the same rows to learn from and to be tested on. Numbers are scaled to mean 0 and
deviation 1 for linear models and networks, categories become one input each, what is missing is
the median with an input that says so; the target of regressions is scaled for the network.
LightGBM takes categories and missing values as they are.
"""

import json
import sys
import time
import warnings

import lightgbm
import numpy
import pandas
import sklearn
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import log_loss, root_mean_squared_error
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

warnings.filterwarnings("ignore")


def scaled(texts, numbers, learner):
    number = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    category = make_pipeline(
        SimpleImputer(strategy="constant", fill_value="missing"),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    return make_pipeline(
        ColumnTransformer([("numbers", number, numbers), ("texts", category, texts)]), learner
    )


def learners(task, texts, numbers, seed):
    boosted = dict(random_state=seed, n_jobs=1, verbose=-1)
    if task == "regression":
        network = TransformedTargetRegressor(MLPRegressor(random_state=seed), transformer=StandardScaler())
        return {
            "linear": scaled(texts, numbers, Ridge()),
            "boosting": lightgbm.LGBMRegressor(**boosted),
            "network": scaled(texts, numbers, network),
        }
    return {
        "linear": scaled(texts, numbers, LogisticRegression(max_iter=10_000)),
        "boosting": lightgbm.LGBMClassifier(**boosted),
        "network": scaled(texts, numbers, MLPClassifier(random_state=seed)),
    }


def measure(table, folder):
    frame = pandas.read_csv(
        f"{folder}/{table['name']}.csv", dtype={name: str for name in table["texts"]}
    )
    target = frame.pop(table["target"])
    texts = [name for name in table["texts"] if name in frame]
    numbers = [name for name in frame if name not in texts]
    errors = {"linear": [], "boosting": [], "network": []}
    for seed, test in enumerate(table["test"]):
        is_test = numpy.zeros(len(frame), dtype=bool)
        is_test[test] = True
        for name, learner in learners(table["task"], texts, numbers, seed).items():
            inputs = frame.copy()
            for text in texts:
                inputs[text] = inputs[text].astype("category" if name == "boosting" else object)
            learner.fit(inputs[~is_test], target[~is_test])
            if table["task"] == "regression":
                error = root_mean_squared_error(target[is_test], learner.predict(inputs[is_test]))
            else:
                shares = learner.predict_proba(inputs[is_test])
                error = log_loss(target[is_test], shares, labels=learner.classes_)
            errors[name].append(float(f"{error:.6g}"))
    return errors


def main(folder, output):
    with open(f"{folder}/tables.json") as file:
        tables = json.load(file)
    results = {}
    for table in tables:
        started = time.time()
        results[table["name"]] = measure(table, folder)
        means = {name: round(sum(of) / len(of), 4) for name, of in results[table["name"]].items()}
        print(f"{table['name']:12} {means} {time.time() - started:.1f} s", flush=True)
    versions = {"scikit-learn": sklearn.__version__, "lightgbm": lightgbm.__version__}
    with open(output, "w") as file:
        json.dump({"versions": versions, "errors": results}, file, indent=2)
        file.write("\n")


main(*sys.argv[1:])
