#include "native/node/row_predictor.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "native/core/companion.h"
#include "native/core/error.h"
#include "native/core/finite.h"
#include "native/node/arguments.h"
#include "native/node/boundary.h"

namespace layerwise {
namespace {

// Where they do, outputs of the first rows would take the place of inputs of the next ones.
bool Overlap(std::span<const float> inputs, std::span<const float> outputs) {
  const std::less<const float*> before;
  return before(inputs.data(), outputs.data() + outputs.size()) &&
         before(outputs.data(), inputs.data() + inputs.size());
}

}  // namespace

RowPredictor::RowPredictor(std::shared_ptr<IdlePredictors> predictors,
                           const IdlePredictors::Kind& kind, RowSizes sizes)
    : predictors_(std::move(predictors)), kind_(kind), sizes_(sizes) {}

Napi::Value RowPredictor::ToFunction(Napi::Env env, std::unique_ptr<RowPredictor> predictor) {
  napi_value function = nullptr;
  Check(env, napi_create_function(env, "predictRows", NAPI_AUTO_LENGTH, &Callback, predictor.get(),
                                  &function));
  const auto destroy = [](napi_env, void* data, void*) {
    const std::unique_ptr<RowPredictor> last(static_cast<RowPredictor*>(data));
  };
  Check(env, napi_add_finalizer(env, function, predictor.get(), destroy, nullptr, nullptr));
  static_cast<void>(predictor.release());  // to the finalizer
  return {env, function};
}

napi_value RowPredictor::Callback(napi_env env, napi_callback_info info) noexcept {
  return Guarded(env, [&]() -> napi_value {
    napi_value words[2] = {};
    size_t count = 2;
    void* data = nullptr;
    Check(env, napi_get_cb_info(env, info, &count, words, nullptr, &data));
    const std::span<const float> inputs = FloatsArgument({env, words[0]}, "inputs");
    const std::span<float> outputs = FloatsArgument({env, words[1]}, "output");
    return Napi::Boolean::New(env, static_cast<RowPredictor*>(data)->Predict(inputs, outputs));
  });
}

bool RowPredictor::Predict(std::span<const float> inputs, std::span<float> outputs) {
  const int64_t rows = RowsOf(inputs, outputs);
  if (!AllFinite(inputs)) return false;
  std::vector<float> copy;
  if (Overlap(inputs, outputs)) {
    copy.assign(inputs.begin(), inputs.end());
    inputs = copy;
  }
  IdlePredictors::Loan predictor = predictors_->Take(kind_);
  std::optional<Companion::Hold> companion;
  if (predictor->PaysInHalves(rows)) companion.emplace(Companion::OfProcess());
  predictor->Predict(inputs, rows, outputs);
  IdlePredictors::Return(std::move(predictor));
  return true;
}

int64_t RowPredictor::RowsOf(std::span<const float> inputs, std::span<float> outputs) const {
  const auto values = static_cast<int64_t>(inputs.size());
  const int64_t rows = values / sizes_.input;
  if (rows * sizes_.input != values) {
    throw Error(ErrorKind::kShape, "inputs", "rows of " + std::to_string(sizes_.input) + " values",
                std::to_string(values) + " values", "Give whole rows.");
  }
  const int64_t wanted = rows * sizes_.output;
  if (static_cast<int64_t>(outputs.size()) != wanted) {
    throw Error(ErrorKind::kShape, "output", std::to_string(wanted) + " values",
                std::to_string(outputs.size()) + " values", "Give an array of this length.");
  }
  return rows;
}

}  // namespace layerwise
