"""JAX in its fastest form: one compiled scan over the epoch, the data on the device, state donated."""

import os
import time

import numpy
from case_files import dense_layers, read_images

# Imported by start(): XLA sizes its thread pool from the processors that it may use at that moment.
jax = None
jnp = None

RATE, BETA1, BETA2, EPSILON = 1e-3, 0.9, 0.999, 1e-8


def start(threads):
    global jax, jnp  # pylint: disable=global-statement
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax as module  # pylint: disable=import-outside-toplevel

    jax = module
    jnp = module.numpy


def version():
    return jax.__version__


def activate(name, x):
    functions = {"relu": jax.nn.relu, "tanh": jnp.tanh, "sigmoid": jax.nn.sigmoid}
    return functions[name](x) if name in functions else x


def initial(card, weights_of):
    """Parameters as a list of dictionaries, one for each dense layer."""
    parameters = []
    for dense in dense_layers(card):
        layer = {"weight": jnp.asarray(weights_of(dense).T.copy())}
        if dense.batch_norm:
            layer["scale"] = jnp.ones(dense.outputs)
            layer["shift"] = jnp.zeros(dense.outputs)
        else:
            layer["bias"] = jnp.zeros(dense.outputs)
        parameters.append(layer)
    return parameters


def initial_statistics(card):
    return [
        {"mean": jnp.zeros(dense.outputs), "variance": jnp.ones(dense.outputs)}
        if dense.batch_norm
        else {}
        for dense in dense_layers(card)
    ]


def batch_norm(x, layer, running):
    mean = x.mean(axis=0)
    variance = x.var(axis=0)
    count = x.shape[0]
    unbiased = variance * (count / (count - 1))
    new = {
        "mean": 0.9 * running["mean"] + 0.1 * mean,
        "variance": 0.9 * running["variance"] + 0.1 * unbiased,
    }
    normal = (x - mean) * jax.lax.rsqrt(variance + 1e-5)
    return normal * layer["scale"] + layer["shift"], new


def forward(card, parameters, statistics, x):
    """Logits, and the new running statistics."""
    new = []
    for dense, layer, running in zip(dense_layers(card), parameters, statistics):
        x = x @ layer["weight"]
        if dense.batch_norm:
            x, running = batch_norm(x, layer, running)
        else:
            x = x + layer["bias"]
        new.append(running)
        x = activate(dense.activation, x)
    return x, new


def loss_of(card, parameters, statistics, x, y):
    outputs, statistics = forward(card, parameters, statistics, x)
    if card["loss"] == "crossEntropy":
        chosen = jnp.take_along_axis(jax.nn.log_softmax(outputs), y[:, None], axis=1)
        return -chosen.mean(), statistics
    return jnp.square(outputs - y).mean(), statistics


def adam(parameters, gradients, m, v, step):
    tree = jax.tree_util.tree_map
    m = tree(lambda a, g: BETA1 * a + (1 - BETA1) * g, m, gradients)
    v = tree(lambda a, g: BETA2 * a + (1 - BETA2) * g * g, v, gradients)
    rate = RATE / (1 - BETA1**step)
    correction = jnp.sqrt(1 - BETA2**step)
    parameters = tree(
        lambda p, a, b: p - rate * a / (jnp.sqrt(b) / correction + EPSILON), parameters, m, v
    )
    return parameters, m, v


def compiled_epoch(card):
    def step(inputs, targets, state, rows):
        parameters, statistics, m, v, count = state
        x = inputs[rows]
        y = targets[rows]
        gradient = jax.value_and_grad(lambda p: loss_of(card, p, statistics, x, y), has_aux=True)
        (loss, statistics), gradients = gradient(parameters)
        count = count + 1
        parameters, m, v = adam(parameters, gradients, m, v, count)
        return (parameters, statistics, m, v, count), loss

    def epoch(state, inputs, targets, order):
        body = lambda state, rows: step(inputs, targets, state, rows)
        state, losses = jax.lax.scan(body, state, order.reshape(-1, card["batchSize"]))
        return state, losses.mean()

    return jax.jit(epoch, donate_argnums=0)


def fresh_state(card, weights_of):
    parameters = initial(card, weights_of)
    zeros = lambda: jax.tree_util.tree_map(jnp.zeros_like, parameters)
    return (parameters, initial_statistics(card), zeros(), zeros(), jnp.float32(0))


class Training:
    def __init__(self, files):
        self.files = files
        self.card = files.card
        self.inputs = jnp.asarray(files.inputs())
        self.targets = jnp.asarray(files.targets())
        self.epoch = compiled_epoch(self.card)
        self.state = fresh_state(self.card, files.weights)
        self.random = numpy.random.default_rng(0)

    def check(self, rows, epochs):
        state = fresh_state(self.card, self.files.weights)
        order = jnp.arange(rows, dtype=jnp.int32)
        losses = []
        for _ in range(epochs):
            state, loss = self.epoch(state, self.inputs, self.targets, order)
            losses.append(float(loss))
        return losses

    def train(self, wanted):
        rows = self.card["rows"]
        epochs = -(-wanted // rows)
        begin = time.perf_counter()
        for _ in range(epochs):
            order = jnp.asarray(self.random.permutation(rows).astype(numpy.int32))
            self.state, loss = self.epoch(self.state, self.inputs, self.targets, order)
        loss.block_until_ready()
        return {"rows": rows * epochs, "seconds": time.perf_counter() - begin}


class Prediction:
    def __init__(self, files, _onnx_file):
        card = files.card
        parameters = initial(card, files.weights)
        statistics = initial_statistics(card)

        def outputs(x):
            return jax.nn.softmax(forward(card, parameters, statistics, x)[0])

        self.outputs = jax.jit(outputs)
        self.inputs = files.inputs()

    def predict(self, batch, calls):
        rows = jnp.asarray(self.inputs[:batch])
        self.outputs(rows).block_until_ready()
        begin = time.perf_counter()
        for _ in range(calls):
            outputs = self.outputs(rows).block_until_ready()
        return time.perf_counter() - begin, numpy.asarray(outputs)


def he_normal(random):
    def weights_of(dense):
        deviation = (2 / dense.inputs) ** 0.5
        values = random.standard_normal((dense.outputs, dense.inputs)) * deviation
        return values.astype(numpy.float32)

    return weights_of


def train_to_accuracy(job):
    card = job["card"]
    inputs, targets = map(jnp.asarray, read_images(job["directory"], "train"))
    test_inputs, test_targets = map(jnp.asarray, read_images(job["directory"], "t10k"))
    random = numpy.random.default_rng(job["seed"])
    state = fresh_state(card, he_normal(random))
    epoch_of = compiled_epoch(card)
    hits = jax.jit(
        lambda state: (
            forward(card, state[0], state[1], test_inputs)[0].argmax(1) == test_targets
        ).mean()
    )
    # A scan takes whole batches: the rows of a last partial one wait for the next epoch.
    rows = len(inputs) // card["batchSize"] * card["batchSize"]
    begin = time.perf_counter()
    for epoch in range(1, job["maximumEpochs"] + 1):
        order = jnp.asarray(random.permutation(len(inputs))[:rows].astype(numpy.int32))
        state, _ = epoch_of(state, inputs, targets, order)
        accuracy = float(hits(state))
        seconds = time.perf_counter() - begin
        if accuracy >= job["accuracy"] or seconds > job["maximumSeconds"]:
            break
    return {
        "seconds": seconds,
        "epochs": epoch,
        "accuracy": accuracy,
        "reached": accuracy >= job["accuracy"],
    }
