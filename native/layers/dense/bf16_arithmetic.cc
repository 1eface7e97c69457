#include <algorithm>

#include "native/kernels/bf16.h"
#include "native/layers/dense/dense_arithmetic.h"

namespace layerwise {
namespace {

class Bf16 final : public DenseArithmetic {
 public:
  Bf16(const DenseBuffers& buffers, const Bf16Kernels& kernels, const GemmKernels& gemm,
       uint32_t* weights, uint32_t* transposed)
      : kernels_(kernels),
        gemm_(gemm),
        buffers_(buffers),
        weights_(weights),
        transposed_(transposed) {}

  void Product(const float* parameters, Panel outputs, RowRange rows) const override {
    kernels_.panel[outputs.vectors - 1](OutputProblem(parameters, outputs, rows));
  }

  void ProductOfFewRows(const float* parameters, int64_t first, int64_t end,
                        RowRange rows) const override {
    const PanelShape shape = buffers_.OutputShape();
    // The last panel may be of another width.
    const int64_t pairs_end = shape.PanelAt(end - 1).vectors == 2 ? end : end - 1;
    if (first < pairs_end) {
      kernels_.few_rows(OutputProblem(parameters, shape.PanelAt(first), rows), pairs_end - first);
    }
    if (pairs_end < end) Product(parameters, shape.PanelAt(pairs_end), rows);
  }

  void InputGradient(const float*, Panel inputs, RowRange rows) const override {
    const uint32_t* panels = buffers_.is_tied ? weights_ : transposed_;
    kernels_.panel[inputs.vectors - 1](Problem(PairedShape(buffers_.InputShape()), panels, inputs,
                                               rows, buffers_.output.gradient_copies.paired_columns,
                                               buffers_.input.gradient, nullptr));
  }

  bool PacksInputs() const override { return kernels_.wants_rows_apart; }

  // (inputs, WordsOf(batch_rows)): transposed, with zeros behind the last pair of rows.
  void PackInputs(int64_t batch_rows, InputRange inputs, float* packed) const override {
    const Bf16Copies::View& x = OwnersInputs();
    const int64_t lanes = kernels_.lanes;
    const int64_t pairs = (batch_rows + 1) / 2;
    const int64_t stride = PackedStride(batch_rows);
    // Only moved: words are no numbers of single precision.
    const float* from = reinterpret_cast<const float*>(x.data);
    for (int64_t k = 0; k < pairs; k += lanes) {
      const int rows = static_cast<int>(std::min(lanes, pairs - k));
      for (int64_t i = inputs.begin; i < inputs.end; i += lanes) {
        const int columns = static_cast<int>(std::min(lanes, inputs.end - i));
        gemm_.transpose_tile(from + k * x.stride + i, x.stride, rows, columns,
                             packed + (i - inputs.begin) * stride + k, stride);
      }
    }
  }

  void WeightGradient(int64_t batch_rows, Panel outputs, InputRange inputs, const float* packed,
                      float* tile, const float* const (&upcoming)[kMaxUpcoming]) const override {
    const Bf16Copies::View& x = OwnersInputs();
    const Bf16Copies::View& dz = OwnersGradient();
    Bf16Panel g;
    g.rows = inputs.end - inputs.begin;
    g.depth = (batch_rows + 1) / 2;
    if (PacksInputs()) {
      g.a = reinterpret_cast<const uint32_t*>(packed);
      g.a_row_stride = PackedStride(batch_rows);
    } else {
      g.a = x.data + inputs.begin;
      g.a_depth_stride = x.stride;
    }
    g.b = dz.data + outputs.first_column;
    g.b_stride = dz.stride;
    g.c = tile;
    g.c_stride = buffers_.weights.panels.Width(outputs);
    std::copy_n(upcoming, kMaxUpcoming, g.upcoming);
    kernels_.panel[outputs.vectors - 1](g);
  }

  void WeightsChanged(const float* parameters, Panel outputs, InputRange inputs,
                      float* scratch) const override {
    const PanelShape& shape = buffers_.weights.panels;
    const int64_t width = shape.Width(outputs);
    const float* from = buffers_.Weights(parameters) + shape.Offset(outputs);
    kernels_.pair_rows(from + inputs.begin * width, width, inputs.end - inputs.begin, width,
                       weights_ + PairedShape(shape).Offset(outputs) + inputs.begin / 2 * width,
                       width);
    if (transposed_ != nullptr) Transpose(from, outputs, inputs, scratch);
  }

 private:
  // What stands in the place of the inputs, and of the gradient of the outputs, of the layer that
  // owns the weights.
  const Bf16Copies::View& OwnersInputs() const {
    return buffers_.is_tied ? buffers_.output.gradient_copies.paired_rows
                            : buffers_.input.output_copies.paired_rows;
  }
  const Bf16Copies::View& OwnersGradient() const {
    return buffers_.is_tied ? buffers_.input.output_copies.paired_rows
                            : buffers_.output.gradient_copies.paired_rows;
  }

  // Whole vectors of pairs.
  int64_t PackedStride(int64_t batch_rows) const {
    const int64_t lanes = kernels_.lanes;
    return ((batch_rows + 1) / 2 + lanes - 1) / lanes * lanes;
  }

  Bf16Panel OutputProblem(const float* parameters, Panel outputs, RowRange rows) const {
    const uint32_t* panels = buffers_.is_tied ? transposed_ : weights_;
    return Problem(PairedShape(buffers_.OutputShape()), panels, outputs, rows,
                   buffers_.input.output_copies.paired_columns, buffers_.output.linear,
                   buffers_.Bias(parameters, outputs));
  }

  static Bf16Panel Problem(const PanelShape& paired, const uint32_t* panels, Panel panel,
                           RowRange rows, const Bf16Copies::View& a, const MatrixView& c,
                           const float* start) {
    Bf16Panel g;
    g.rows = rows.count;
    g.depth = paired.depth;
    g.a = a.data + rows.first * a.stride;
    g.a_row_stride = a.stride;
    g.b = panels + paired.Offset(panel);
    g.b_stride = paired.Width(panel);
    g.c = c.Row(rows.first) + panel.first_column;
    g.c_stride = c.stride;
    g.start = start;
    return g;
  }

  void Transpose(const float* from, Panel outputs, InputRange inputs, float* scratch) const {
    const PanelShape& shape = buffers_.weights.panels;
    const PanelShape to = PairedShape(buffers_.TransposedShape());
    const int64_t lanes = shape.lanes;
    const int64_t width = shape.Width(outputs);
    for (int64_t k = inputs.begin; k < inputs.end; k += lanes) {
      const int rows = static_cast<int>(std::min(lanes, inputs.end - k));
      const int64_t to_width = to.Width(to.PanelOf(k));
      for (int64_t v = 0; v < outputs.vectors; ++v) {
        const int64_t column = outputs.first_column + v * lanes;
        const int columns = static_cast<int>(std::min(lanes, shape.columns - column));
        gemm_.transpose_tile(from + k * width + v * lanes, width, rows, columns, scratch, lanes);
        kernels_.pair_rows(scratch, lanes, columns, lanes, transposed_ + to.Index(column / 2, k),
                           to_width);
      }
    }
  }

  const Bf16Kernels& kernels_;
  const GemmKernels& gemm_;
  const DenseBuffers buffers_;
  uint32_t* weights_;
  uint32_t* transposed_;
};

}  // namespace

std::unique_ptr<DenseArithmetic> Bf16Arithmetic(const DenseBuffers& buffers,
                                                const Bf16Kernels& kernels, const GemmKernels& gemm,
                                                uint32_t* weights, uint32_t* transposed) {
  return std::make_unique<Bf16>(buffers, kernels, gemm, weights, transposed);
}

}  // namespace layerwise
