#include <algorithm>

#include "native/layers/dense/dense_arithmetic.h"

namespace layerwise {
namespace {

class Float32 final : public DenseArithmetic {
 public:
  Float32(const DenseBuffers& buffers, const GemmKernels& kernels, float* transposed,
          float* packed_gradient)
      : kernels_(kernels),
        buffers_(buffers),
        transposed_(transposed),
        packed_gradient_(packed_gradient) {}

  void Product(const float* parameters, Panel outputs, RowRange rows) const override {
    Multiply(buffers_.OutputShape(), OutputPanels(parameters), outputs, rows, buffers_.input.output,
             buffers_.output.linear, buffers_.Bias(parameters, outputs));
  }

  void ProductOfFewRows(const float* parameters, int64_t first, int64_t end,
                        RowRange rows) const override {
    const PanelShape shape = buffers_.OutputShape();
    // The last panel may be of another width.
    const int64_t pairs_end = shape.PanelAt(end - 1).vectors == 2 ? end : end - 1;
    if (first < pairs_end) {
      const GemmPanel g = Problem(shape, OutputPanels(parameters), shape.PanelAt(first), rows,
                                  buffers_.input.output, buffers_.output.linear,
                                  buffers_.Bias(parameters, shape.PanelAt(first)));
      kernels_.few_rows(g, pairs_end - first);
    }
    if (pairs_end < end) Product(parameters, shape.PanelAt(pairs_end), rows);
  }

  void InputGradient(const float* parameters, Panel inputs, RowRange rows) const override {
    const float* panels = buffers_.is_tied ? buffers_.Weights(parameters) : transposed_;
    Multiply(buffers_.InputShape(), panels, inputs, rows, buffers_.output.gradient,
             buffers_.input.gradient, nullptr);
  }

  bool PacksGradient() const override { return packed_gradient_ != nullptr; }
  bool PacksInputs() const override { return PacksGradient(); }

  // (batch rows, width of the panel)
  void PackGradient(int64_t batch_rows, Panel outputs) const override {
    const MatrixView& dz = OwnersGradient();
    kernels_.pack_panel(dz.data + outputs.first_column, dz.stride, outputs.vectors, batch_rows,
                        packed_gradient_ + outputs.first_column * batch_rows);
  }

  void PackInputs(int64_t batch_rows, InputRange inputs, float* packed) const override {
    const MatrixView& x = OwnersInput();
    kernels_.pack_tiles(x.data + inputs.begin, x.stride, inputs.end - inputs.begin, batch_rows,
                        packed);
  }

  void WeightGradient(int64_t batch_rows, Panel outputs, InputRange inputs, const float* packed,
                      float* tile, const float* const (&upcoming)[kMaxUpcoming]) const override {
    const MatrixView& x = OwnersInput();
    const MatrixView& dz = OwnersGradient();
    GemmPanel g;
    g.rows = inputs.end - inputs.begin;
    g.depth = batch_rows;
    g.c = tile;
    g.c_stride = buffers_.weights.panels.Width(outputs);
    std::copy_n(upcoming, kMaxUpcoming, g.upcoming);
    if (PacksInputs()) {
      g.a = packed;
      g.b = packed_gradient_ + outputs.first_column * batch_rows;
      g.b_stride = g.c_stride;
      kernels_.packed_panel[outputs.vectors - 1](g);
      return;
    }
    g.a = x.data + inputs.begin;
    g.a_depth_stride = x.stride;
    g.b = dz.data + outputs.first_column;
    g.b_stride = dz.stride;
    kernels_.panel[outputs.vectors - 1](g);
  }

  void WeightsChanged(const float* parameters, Panel outputs, InputRange inputs,
                      float*) const override {
    if (transposed_ == nullptr) return;
    const PanelShape& shape = buffers_.weights.panels;
    const PanelShape to = buffers_.TransposedShape();
    const int64_t lanes = shape.lanes;
    const int64_t width = shape.Width(outputs);
    const float* from = buffers_.Weights(parameters) + shape.Offset(outputs);
    for (int64_t k = inputs.begin; k < inputs.end; k += lanes) {
      const int rows = static_cast<int>(std::min(lanes, inputs.end - k));
      const int64_t to_width = to.Width(to.PanelOf(k));
      for (int64_t v = 0; v < outputs.vectors; ++v) {
        const int64_t column = outputs.first_column + v * lanes;
        const int columns = static_cast<int>(std::min(lanes, shape.columns - column));
        kernels_.transpose_tile(from + k * width + v * lanes, width, rows, columns,
                                transposed_ + to.Index(column, k), to_width);
      }
    }
  }

 private:
  const float* OutputPanels(const float* parameters) const {
    return buffers_.is_tied ? transposed_ : buffers_.Weights(parameters);
  }
  // What stands in the place of the inputs, and of the gradient of the outputs, of the layer that
  // owns the weights.
  const MatrixView& OwnersInput() const {
    return buffers_.is_tied ? buffers_.output.gradient : buffers_.input.output;
  }
  const MatrixView& OwnersGradient() const {
    return buffers_.is_tied ? buffers_.input.output : buffers_.output.gradient;
  }

  static GemmPanel Problem(const PanelShape& shape, const float* panels, Panel panel, RowRange rows,
                           const MatrixView& a, const MatrixView& c, const float* start) {
    GemmPanel g;
    g.rows = rows.count;
    g.depth = shape.depth;
    g.a = a.Row(rows.first);
    g.a_row_stride = a.stride;
    g.b = panels + shape.Offset(panel);
    g.b_stride = shape.Width(panel);
    g.c = c.Row(rows.first) + panel.first_column;
    g.c_stride = c.stride;
    g.start = start;
    return g;
  }

  void Multiply(const PanelShape& shape, const float* panels, Panel panel, RowRange rows,
                const MatrixView& a, const MatrixView& c, const float* start) const {
    kernels_.panel[panel.vectors - 1](Problem(shape, panels, panel, rows, a, c, start));
  }

  const GemmKernels& kernels_;
  const DenseBuffers buffers_;
  float* transposed_;
  float* packed_gradient_;
};

}  // namespace

bool PacksInFloat32(const GemmKernels& kernels, const PanelShape& weights, int64_t batch_rows) {
  if (weights.panels() < kPanelsWorthPacking) return false;
  const int64_t row_bytes = weights.depth * static_cast<int64_t>(sizeof(float));
  const int64_t bytes = batch_rows * row_bytes;
  const bool is_far = row_bytes >= kBytesBetweenFarRows;
  return (is_far ? bytes : bytes / 2) >= kernels.packing_pays_from;
}

int64_t PackedInputs(int64_t inputs, int64_t batch_rows) {
  return inputs * PackedRowStride(batch_rows);
}

int64_t PackedGradient(const PanelShape& weights, int64_t batch_rows) {
  return weights.padded_columns() * batch_rows;
}

std::unique_ptr<DenseArithmetic> Float32Arithmetic(const DenseBuffers& buffers,
                                                   const GemmKernels& kernels, float* transposed,
                                                   float* packed_gradient) {
  return std::make_unique<Float32>(buffers, kernels, transposed, packed_gradient);
}

}  // namespace layerwise
