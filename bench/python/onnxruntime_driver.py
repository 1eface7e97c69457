"""ONNX Runtime, native: prediction only."""

import time

import onnxruntime


def start(_threads):
    pass


def version():
    return onnxruntime.__version__


class Prediction:
    def __init__(self, files, onnx_file):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = files.threads
        providers = ["CPUExecutionProvider"]
        self.session = onnxruntime.InferenceSession(onnx_file, options, providers=providers)
        self.inputs = files.inputs()

    def predict(self, batch, calls):
        feed = {"x": self.inputs[:batch]}
        begin = time.perf_counter()
        for _ in range(calls):
            outputs = self.session.run(None, feed)
        return time.perf_counter() - begin, outputs[0]
