#include "native/node/training_job.h"

#include <cstddef>
#include <utility>

#include "native/node/boundary.h"

namespace layerwise {

Napi::Object TrainingJob::Start(Napi::Env env, std::shared_ptr<Run> run,
                                std::unique_ptr<JsLoss> loss, const Napi::Function& listener) {
  const Napi::Object started = RunInJs(env, run);
  const size_t bytes = run->arena_bytes();
  auto job = std::make_unique<TrainingJob>(std::move(run), std::move(loss));
  SetMember(started, "promise", Job::Start(env, std::move(job), bytes, listener));
  return started;
}

TrainingJob::TrainingJob(std::shared_ptr<Run> run, std::unique_ptr<JsLoss> loss)
    : stoppable_(run),
      loss_(std::move(loss)),
      run_(std::move(run)),
      reports_(*run_, mutex(), [this](const auto& add) { AddAndAnnounce(add); }) {
  if (loss_ != nullptr) loss_->set_job(this);
}

void TrainingJob::Stop() noexcept {
  if (const std::shared_ptr<Run> run = stoppable_.lock()) run->Stop();
}

Job::Messages TrainingJob::TakeMessages(Napi::Env env) {
  const RunReports::Messages taken = reports_.TakeMessages(env);
  if (taken.count == 0) return {};
  return {taken.count, taken.told};
}

}  // namespace layerwise
