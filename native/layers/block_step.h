// A step whose work falls into blocks, of rows or of columns, that do not know of each other: all
// but dense ones. What is the same for all of them is done here, and cannot be forgotten: the cut
// into blocks, what follows on a block in its buffer, and clear padding.
#pragma once

#include "native/layers/blocks.h"
#include "native/layers/step.h"

namespace layerwise {

class BlockStep : public Step {
 public:
  void Forward(const StepContext& context) final;
  void Backward(const StepContext& context) final;

 protected:
  // What blocks a pass of a step can work on.
  enum class Cut {
    kRows,     // whole rows
    kColumns,  // all rows of some columns, in groups as wide as kColumnsInTask
    kEither,
  };

  explicit BlockStep(const StepSite& site, Cut forward_cut = Cut::kRows,
                     Cut backward_cut = Cut::kRows)
      : input_(site.input),
        output_(site.output),
        forward_cut_(forward_cut),
        backward_cut_(backward_cut) {}

  const ValueBuffer& input() const { return input_; }
  const ValueBuffer& output() const { return output_; }

  // On one thread, before the blocks of the forward pass.
  virtual void BeginForward(const StepContext& /*context*/) {}
  // A block of output().linear from the values of the input; the block is one of the output. What
  // it writes behind the columns is cleared.
  virtual void ForwardBlock(const StepContext& context, const Block& block) const = 0;
  // A block of input().gradient from output().gradient; the block is one of the input. Called only
  // where the input has a gradient, while the parameters are those of the forward pass.
  virtual void BackwardBlock(const StepContext& context, const Block& block) const = 0;
  // The gradients of the parameters, once no block needs the old ones any more.
  virtual void BackwardParameters(const StepContext& /*context*/) {}

 private:
  // Runs `compute`, then `follow`, for every block of a buffer.
  template <typename Compute, typename Follow>
  void Run(const StepContext& context, const ValueBuffer& value, Cut cut, Compute&& compute,
           Follow&& follow) const;

  const ValueBuffer& input_;
  const ValueBuffer& output_;
  const Cut forward_cut_;
  const Cut backward_cut_;
};

}  // namespace layerwise
