"""Holds exported files against what they have to give: python checkOnnx.py cases.json (see ../reference.test.ts)."""

import json
import sys

import numpy
import onnx
import onnxruntime

onnxruntime.set_default_logger_severity(3)


def array(column):
    values = column["values"]
    if column["type"] == "str":
        return numpy.array(values, dtype=object).reshape(column["shape"])
    # JSON has neither NaN nor infinities; both stand for a missing number.
    numbers = [float("nan") if value is None else value for value in values]
    return numpy.array(numbers, dtype=column["type"]).reshape(column["shape"])


def faults_of(case):
    model = onnx.load(case["file"])
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(case["file"], providers=["CPUExecutionProvider"])
    feeds = {name: array(column) for name, column in case["inputs"].items()}
    names = list(case["outputs"])
    for name, given in zip(names, session.run(names, feeds)):
        wanted = array(case["outputs"][name])
        if given.shape != wanted.shape:
            yield f"{case['file']} {name}: shape {given.shape}, not {wanted.shape}"
        elif wanted.dtype == object:
            if list(given.flat) != list(wanted.flat):
                yield f"{case['file']} {name}: {list(given.flat)}, not {list(wanted.flat)}"
        else:
            scale = max(1e-6, float(numpy.abs(wanted).max()))
            error = float(numpy.abs(given.astype("float64") - wanted).max()) / scale
            if not error < 1e-5:
                yield f"{case['file']} {name}: off by {error}"


with open(sys.argv[1], encoding="utf8") as file:
    cases = json.load(file)
print(json.dumps({"checked": len(cases), "faults": [fault for case in cases for fault in faults_of(case)]}))
