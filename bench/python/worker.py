"""A process that measures one framework: python worker.py torch|torch-bf16|jax|onnxruntime.

It does what the suite asks for, line by line; see common/protocol.ts.
"""

import importlib
import json
import resource
import sys
import time

from case_files import CaseFiles, Unsupported

ANSWER_MARKER = "bench-answer:"


def peak_memory():
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def checksum(outputs):
    """Weighted, because the outputs of a softmax always sum to one."""
    flat = outputs.reshape(-1).astype("float64")
    return float(sum(value * (index % 7 + 1) for index, value in enumerate(flat)))


class Worker:
    def __init__(self, name):
        self.name = name
        self.driver = None
        self.session = None

    def _load(self, threads):
        if self.driver is None:
            try:
                self.driver = importlib.import_module(f"{self.name.replace('-', '_')}_driver")
                self.driver.start(threads)
            except ImportError as error:
                raise Unsupported("not installed") from error
        return self.driver

    def answer(self, request):
        command = request["command"]
        if command == "openTraining":
            return self._open("Training", CaseFiles(request["files"]))
        if command == "openPrediction":
            return self._open("Prediction", CaseFiles(request["files"]), request["onnxFile"])
        if command == "trainToAccuracy":
            driver = self._load(request["job"]["threads"])
            return driver.train_to_accuracy(request["job"])
        if command == "check":
            check = request["check"]
            return {"losses": self.session.check(check["rows"], check["epochs"])}
        if command == "train":
            return self.session.train(request["rows"])
        if command == "predict":
            seconds, outputs = self.session.predict(request["batch"], request["calls"])
            return {"calls": request["calls"], "seconds": seconds, "checksum": checksum(outputs)}
        if command == "cpuTime":
            return {"seconds": time.process_time()}
        if command == "peakMemory":
            return {"bytes": peak_memory()}
        raise ValueError(f"unknown command {command}")

    def _open(self, kind, files, *words):
        driver = self._load(files.threads)
        session = getattr(driver, kind, None)
        if session is None:
            raise Unsupported("is not measured here")
        self.session = session(files, *words)
        return {"version": driver.version()}


def main():
    worker = Worker(sys.argv[1])
    for line in sys.stdin:
        try:
            answer = {"ok": True, "value": worker.answer(json.loads(line))}
        except Unsupported as error:
            answer = {"ok": False, "unsupported": True, "message": str(error)}
        except Exception as error:  # pylint: disable=broad-except
            message = f"{type(error).__name__}: {error}"
            answer = {"ok": False, "unsupported": False, "message": message}
        print(f"\n{ANSWER_MARKER}{json.dumps(answer)}", flush=True)


main()
