#include "native/node/js_loss.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "native/core/error.h"
#include "native/node/arguments.h"
#include "native/node/boundary.h"
#include "native/plan/view_rows.h"

namespace layerwise {
namespace {

NewFloats CopyOfRows(Napi::Env env, const MatrixView& from, int64_t rows) {
  const NewFloats copy = MakeFloats(env, static_cast<size_t>(rows * from.columns));
  CopyRowsOut(from, rows, copy.values.data());
  return copy;
}

NewFloats OneHotRows(Napi::Env env, const int32_t* classes, int64_t rows, int64_t columns) {
  const NewFloats made = MakeFloats(env, static_cast<size_t>(rows * columns));
  for (int64_t i = 0; i < rows; ++i) {
    made.values[static_cast<size_t>(i * columns + classes[i])] = 1.0f;
  }
  return made;
}

Napi::Value WeightsOf(Napi::Env env, const LossBatch& batch) {
  if (batch.weights == nullptr) return env.Undefined();
  const NewFloats made = MakeFloats(env, static_cast<size_t>(batch.rows));
  std::copy_n(batch.weights, batch.rows, made.values.data());
  return made.array;
}

Error NoAnswer(const char* received) {
  return {ErrorKind::kState, "loss", "a loss and its gradient", received,
          "The function of customLoss has to answer every call."};
}

}  // namespace

double JsLoss::Compute(const LossBatch& batch) {
  double loss = 0;
  bool is_answered = false;
  const bool was_asked =
      job_->RunOnJsThread([&](Napi::Env env) { is_answered = Ask(env, batch, &loss); });
  if (!was_asked) throw NoAnswer("the end of the environment");
  if (!is_answered) throw NoAnswer("an error");
  return loss;
}

bool JsLoss::Ask(Napi::Env env, const LossBatch& batch, double* loss) const {
  const int64_t columns = batch.outputs.columns;
  const NewFloats outputs = CopyOfRows(env, batch.outputs, batch.rows);
  const NewFloats targets = batch.classes != nullptr
                                ? OneHotRows(env, batch.classes, batch.rows, columns)
                                : CopyOfRows(env, batch.targets, batch.rows);
  const NewFloats gradient = MakeFloats(env, static_cast<size_t>(batch.rows * columns));
  const Napi::Value answer =
      CallFunction(function_.Value(), {outputs.array, targets.array, gradient.array,
                                       Napi::Number::New(env, static_cast<double>(batch.rows)),
                                       WeightsOf(env, batch)});
  if (!answer.IsNumber()) return false;
  *loss = answer.As<Napi::Number>().DoubleValue();
  if (!batch.gradient) return true;
  // The function may have given the memory away meanwhile.
  const std::span<const float> filled = FloatsArgument(gradient.array, "gradient");
  if (static_cast<int64_t>(filled.size()) != batch.rows * columns) return false;
  CopyRowsIn(filled.data(), batch.rows, batch.gradient);
  return true;
}

}  // namespace layerwise
