// Trainings of many networks as one job.
#pragma once

#include <napi.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "native/node/job.h"
#include "native/node/object_wrap.h"
#include "native/node/run_reports.h"
#include "native/training/many/many_run.h"

namespace layerwise {

class ManyRunsJob final : public Job, private ManyRunsSink {
 public:
  // `runs` hold nothing afterwards. The listener is told of lists of [number of the run, what
  // RunReports takes]; at the end of a run that has `history` or `error`. The promise is fulfilled,
  // with nothing, once all have ended.
  ManyRunsJob(std::unique_ptr<ManyRun> many, const std::vector<std::shared_ptr<Run>>& runs,
              int threads);

 private:
  void Execute() override { many_->Execute(*this, threads_); }
  void Release() noexcept override { many_->Clear(); }
  void Stop() noexcept override { many_->Stop(); }
  Napi::Value Result(Napi::Env env) override { return env.Undefined(); }
  bool HasMessages() const override;
  Messages TakeMessages(Napi::Env env) override;
  Clock::duration RestAfter(Clock::duration took) const override;

  EventSink& SinkOf(size_t run) override { return members_[run]->reports; }
  void OnEnd(size_t run, RunEnd end) override;

  struct Member {
    template <typename... Arguments>
    explicit Member(Arguments&&... arguments) : reports(std::forward<Arguments>(arguments)...) {}
    RunReports reports;
    std::optional<RunEnd> end;  // until it is delivered
  };
  std::optional<Napi::Object> TakeMessagesOf(Napi::Env env, Member& member, size_t& count);

  std::unique_ptr<ManyRun> many_;
  const int threads_;
  std::vector<std::unique_ptr<Member>> members_;
  size_t next_ = 0;  // whose messages are taken first; of the JavaScript thread
};

// class ManyRuns of the addon: runs that are collected, and then start together.
class ManyRunsWrap final : public Wrap<ManyRunsWrap> {
 public:
  static constexpr const char* kClassName = "ManyRuns";
  static Napi::Function Define(Napi::Env env);

  // ()
  explicit ManyRunsWrap(const Napi::CallbackInfo& info);

  // Takes a run that has not begun; returns what RunInJs gives.
  Napi::Object Add(Napi::Env env, std::shared_ptr<Run> run);

 private:
  Napi::Value Start(const Napi::CallbackInfo& info);  // (threads, onEvents)
  Napi::Value Clear(const Napi::CallbackInfo& info);

  std::vector<std::shared_ptr<Run>> runs_;
};

}  // namespace layerwise
