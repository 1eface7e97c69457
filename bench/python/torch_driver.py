"""PyTorch in its fastest eager form: fused Adam, data in memory, denormals flushed."""

import time

import numpy
import torch
from case_files import dense_layers, read_images
from torch import nn

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}


def start(threads):
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)


def version():
    return torch.__version__.split("+")[0]


def build(card):
    """The softmax is left to the loss."""
    modules = []
    for dense in dense_layers(card):
        modules.append(nn.Linear(dense.inputs, dense.outputs, bias=not dense.batch_norm))
        if dense.batch_norm:
            modules.append(nn.BatchNorm1d(dense.outputs))
        if dense.activation in ACTIVATIONS:
            modules.append(ACTIVATIONS[dense.activation]())
    return nn.Sequential(*modules)


def load_weights(model, files):
    with torch.no_grad():
        for dense in dense_layers(files.card):
            linear = model[dense.module]
            linear.weight.copy_(torch.from_numpy(files.weights(dense)))
            if linear.bias is not None:
                linear.bias.zero_()
    return model


def optimizer_of(model):
    return torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)


class Epochs:
    """Trains a model; `order` is a permutation of the rows, or None for slices in order."""

    def __init__(self, model, loss, batch_size):
        self.model = model
        self.loss = loss
        self.batch_size = batch_size
        self.optimizer = optimizer_of(model)

    def step(self, x, y):
        self.optimizer.zero_grad(set_to_none=True)
        loss = self.loss(self.model(x), y)
        loss.backward()
        self.optimizer.step()
        return loss.detach()

    def run(self, inputs, targets, order=None):
        losses = []
        for begin in range(0, len(inputs), self.batch_size):
            rows = slice(begin, begin + self.batch_size)
            if order is not None:
                rows = order[rows]
            losses.append(self.step(inputs[rows], targets[rows]))
        return float(torch.stack(losses).mean())


class Training:
    def __init__(self, files):
        self.files = files
        self.card = files.card
        self.inputs = torch.from_numpy(files.inputs())
        targets = files.targets()
        if self.card["targets"] == "classes":
            targets = targets.astype(numpy.int64)
        self.targets = torch.from_numpy(targets)
        self.epochs = self._fresh()

    def _fresh(self):
        loss = nn.CrossEntropyLoss() if self.card["loss"] == "crossEntropy" else nn.MSELoss()
        model = load_weights(build(self.card), self.files)
        return Epochs(model, loss, self.card["batchSize"])

    def check(self, rows, epochs):
        fresh = self._fresh()
        return [fresh.run(self.inputs[:rows], self.targets[:rows]) for _ in range(epochs)]

    def train(self, wanted):
        batch = self.card["batchSize"]
        rows = min(self.card["rows"], -(-wanted // batch) * batch)
        epochs = -(-wanted // rows)
        inputs, targets = self.inputs[:rows], self.targets[:rows]
        begin = time.perf_counter()
        for _ in range(epochs):
            self.epochs.run(inputs, targets, torch.randperm(rows))
        return {"rows": rows * epochs, "seconds": time.perf_counter() - begin}


class Prediction:
    def __init__(self, files, _onnx_file):
        model = load_weights(build(files.card), files)
        self.model = nn.Sequential(model, nn.Softmax(dim=1)).eval()
        self.inputs = torch.from_numpy(files.inputs())

    def predict(self, batch, calls):
        rows = self.inputs[:batch]
        with torch.inference_mode():
            begin = time.perf_counter()
            for _ in range(calls):
                outputs = self.model(rows)
            seconds = time.perf_counter() - begin
        return seconds, outputs.numpy()


def train_to_accuracy(job):
    inputs, targets = map(torch.from_numpy, read_images(job["directory"], "train"))
    test_inputs, test_targets = map(torch.from_numpy, read_images(job["directory"], "t10k"))
    torch.manual_seed(job["seed"])
    model = build(job["card"])
    epochs = Epochs(model, nn.CrossEntropyLoss(), job["card"]["batchSize"])
    begin = time.perf_counter()
    for epoch in range(1, job["maximumEpochs"] + 1):
        epochs.run(inputs, targets, torch.randperm(len(inputs)))
        with torch.inference_mode():
            hits = (model(test_inputs).argmax(1) == test_targets).float().mean()
        accuracy = float(hits)
        seconds = time.perf_counter() - begin
        if accuracy >= job["accuracy"] or seconds > job["maximumSeconds"]:
            break
    return {
        "seconds": seconds,
        "epochs": epoch,
        "accuracy": accuracy,
        "reached": accuracy >= job["accuracy"],
    }
