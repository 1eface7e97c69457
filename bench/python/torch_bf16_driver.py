"""PyTorch with mixed precision: products of bfloat16 numbers, parameters and optimizer in float32."""

import torch
import torch_driver
from torch_driver import start, version  # pylint: disable=unused-import


class MixedPrecision(torch.nn.Module):
    """The loss sees float32 outputs, as it does in mixed-precision recipes."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            outputs = self.model(x)
        return outputs.float()


class Training(torch_driver.Training):
    def _fresh(self):
        epochs = super()._fresh()
        epochs.model = MixedPrecision(epochs.model)
        return epochs
