"""Detectors of scikit-learn on the tables that `npm run facts -- detection` tries.

    npm run facts -- --list          (compiles the programs)
    node .compiled/examples/facts/detection/writeTables.js FOLDER
    python reference.py FOLDER > reference.json

Numbers are standardised, each text has an input of its own, and a missing number is taken as the mean with an input
that says so: as `layerwise train` encodes a table. The figures are areas under the ROC curve, of each kind of fault
against the rows without one.
"""

import csv
import json
import sys
from pathlib import Path

import numpy as np
import sklearn
from sklearn.decomposition import PCA
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors
from sklearn.svm import OneClassSVM


def encoded(path, texts):
    with open(path, newline="") as file:
        head, *rows = list(csv.reader(file))
    columns = []
    for name, cells in zip(head, zip(*rows)):
        if name in texts:
            known = sorted(set(cells))
            columns += [[float(cell == text) for cell in cells] for text in known]
            continue
        missing = np.array([cell == "" for cell in cells])
        values = np.array([0.0 if cell == "" else float(cell) for cell in cells])
        values -= values[~missing].mean()
        values /= values[~missing].std() or 1
        values[missing] = 0
        columns.append(values)
        if missing.any():
            columns.append(missing.astype(float))
    return np.array(columns).T


def principal_components(rows):
    """The squared error of the reconstruction, from components that carry nine tenths of the variance."""
    components = PCA(0.9).fit(rows)
    return ((components.inverse_transform(components.transform(rows)) - rows) ** 2).sum(1)


def probabilistic_components(rows):
    """How unlikely a row is by probabilistic principal components (Tipping and Bishop 1999)."""
    return -PCA(0.9).fit(rows).score_samples(rows)


def isolation_forest(rows):
    return -IsolationForest(random_state=0).fit(rows).score_samples(rows)


def nearest_neighbours(rows):
    """The distance of the fifth neighbour (Ramaswamy et al. 2000)."""
    distances, _ = NearestNeighbors(n_neighbors=6).fit(rows).kneighbors(rows)
    return distances[:, 5]


def one_class_svm(rows):
    return -OneClassSVM(nu=0.05).fit(rows).score_samples(rows)


DETECTORS = {
    "principalComponents": principal_components,
    "probabilisticComponents": probabilistic_components,
    "isolationForest": isolation_forest,
    "nearestNeighbours": nearest_neighbours,
    "oneClassSvm": one_class_svm,
}
def areas(scores, faults):
    of = {}
    for kind in dict.fromkeys(fault for fault in faults if fault is not None):
        chosen = np.array([fault is None or fault == kind for fault in faults])
        is_fault = np.array([fault == kind for fault in faults])
        of[kind] = round(float(roc_auc_score(is_fault[chosen], scores[chosen])), 4)
    return of


def main(folder):
    figures = {}
    for trial in json.loads((folder / "trials.json").read_text()):
        rows = encoded(folder / trial["file"], trial["texts"])
        key = f"{trial['name']}-{trial['seed']}"
        figures[key] = {
            name: areas(detector(rows), trial["faults"]) for name, detector in DETECTORS.items()
        }
        print(key, file=sys.stderr)
    print(json.dumps({"scikit-learn": sklearn.__version__, "areas": figures}, indent=1))


main(Path(sys.argv[1]))
