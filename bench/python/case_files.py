"""Reads the data of a case, as suite/caseData.ts writes it."""

import os
from dataclasses import dataclass

import numpy


class Unsupported(Exception):
    """What a framework cannot do; the report gives the message."""


@dataclass
class Dense:
    """A dense layer with its place in PyTorch's nn.Sequential."""

    module: int
    inputs: int
    outputs: int
    activation: str
    batch_norm: bool


def dense_layers(card):
    """Dense, then batch norm if there is one, then an activation that is not linear."""
    layers = []
    module = 0
    inputs = card["inputs"]
    for layer in card["layers"]:
        batch_norm = layer.get("batchNorm", False)
        layers.append(Dense(module, inputs, layer["units"], layer["activation"], batch_norm))
        module += 1 + (1 if batch_norm else 0) + (0 if layer["activation"] == "linear" else 1)
        inputs = layer["units"]
    return layers


class CaseFiles:
    def __init__(self, files):
        self.card = files["card"]
        self.threads = files["threads"]
        self.directory = files["directory"]

    def _read(self, name, dtype, columns=None):
        values = numpy.fromfile(os.path.join(self.directory, name), dtype)
        return values if columns is None else values.reshape(-1, columns)

    def inputs(self):
        """(rows, inputs)"""
        return self._read("inputs.f32", numpy.float32, self.card["inputs"])

    def targets(self):
        """(rows) of class indices, or (rows, outputs)"""
        if self.card["targets"] == "classes":
            return self._read("targets.i32", numpy.int32)
        if self.card["targets"] == "inputs":
            return self.inputs()
        return self._read("targets.f32", numpy.float32, self.card["layers"][-1]["units"])

    def weights(self, dense):
        """(outputs, inputs)"""
        return self._read(f"{dense.module}.weight.f32", numpy.float32, dense.inputs)


def read_images(directory, part):
    """Pixels in [0, 1] (rows, 784) and labels (rows) of MNIST."""
    images = numpy.fromfile(os.path.join(directory, f"{part}-images-idx3-ubyte"), numpy.uint8)
    labels = numpy.fromfile(os.path.join(directory, f"{part}-labels-idx1-ubyte"), numpy.uint8)
    pixels = images[16:].reshape(-1, 784).astype(numpy.float32) / numpy.float32(255)
    return pixels, labels[8:].astype(numpy.int64)
