#include "native/node/many_runs_job.h"

#include <algorithm>
#include <utility>

#include "native/core/thread_pool.h"
#include "native/node/arguments.h"
#include "native/node/boundary.h"
#include "native/node/error_conversion.h"

namespace layerwise {
namespace {

// What the event loop bears at a time: epochs, and runs that tell something.
constexpr size_t kMessagesAtOnce = 4096;
constexpr size_t kRunsAtOnce = 256;
// How many times as long as it has told something it rests then.
constexpr int kRestForWork = 20;
constexpr std::chrono::microseconds kShortestRest{500};
constexpr std::chrono::milliseconds kLongestRest{20};

}  // namespace

ManyRunsJob::ManyRunsJob(std::unique_ptr<ManyRun> many,
                         const std::vector<std::shared_ptr<Run>>& runs, int threads)
    : many_(std::move(many)), threads_(threads) {
  for (const std::shared_ptr<Run>& run : runs) {
    members_.push_back(
        std::make_unique<Member>(*run, mutex(), [this](const auto& add) { AddAndAnnounce(add); }));
  }
}

void ManyRunsJob::OnEnd(size_t run, RunEnd end) {
  AddAndAnnounce([&] { members_[run]->end = std::move(end); });
}

// So many runs tell something at any time that telling it could take as long as training them.
Job::Clock::duration ManyRunsJob::RestAfter(Clock::duration took) const {
  return std::clamp<Clock::duration>(kRestForWork * took, kShortestRest, kLongestRest);
}

bool ManyRunsJob::HasMessages() const {
  return std::any_of(members_.begin(), members_.end(), [](const auto& member) {
    return member->reports.HasAny() || member->end.has_value();
  });
}

Job::Messages ManyRunsJob::TakeMessages(Napi::Env env) {
  size_t count = 0;
  const Napi::Array all = Napi::Array::New(env);
  for (size_t i = 0; i < members_.size(); ++i) {
    if (count >= kMessagesAtOnce || all.Length() >= kRunsAtOnce) break;
    const size_t number = next_;
    next_ = (next_ + 1) % members_.size();
    const std::optional<Napi::Object> told = TakeMessagesOf(env, *members_[number], count);
    if (!told.has_value()) continue;
    const Napi::Array pair = Napi::Array::New(env, 2);
    SetMember(pair, uint32_t{0}, Napi::Number::New(env, static_cast<double>(number)));
    SetMember(pair, uint32_t{1}, *told);
    SetMember(all, all.Length(), pair);
  }
  return {count, all};
}

// The end comes behind everything else.
std::optional<Napi::Object> ManyRunsJob::TakeMessagesOf(Napi::Env env, Member& member,
                                                        size_t& count) {
  const RunReports::Messages taken = member.reports.TakeMessages(env);
  count += taken.count;
  std::optional<RunEnd> end;
  {
    const std::lock_guard lock(mutex());
    if (!member.reports.HasAny()) end.swap(member.end);
  }
  if (taken.count == 0 && !end.has_value()) return std::nullopt;
  const Napi::Object told = taken.count > 0 ? taken.told : Napi::Object::New(env);
  if (!end.has_value()) return told;
  ++count;
  if (end->error == nullptr) {
    SetMember(told, "history", member.reports.HistoryInJs(env, end->history));
  } else {
    SetMember(told, "error", ToJsError(env, end->error).Value());
  }
  return told;
}

Napi::Function ManyRunsWrap::Define(Napi::Env env) {
  return DefineClass(
      env, kClassName,
      {Method<&ManyRunsWrap::Start>("start"), Method<&ManyRunsWrap::Clear>("clear")});
}

ManyRunsWrap::ManyRunsWrap(const Napi::CallbackInfo& info) try : Wrap(info) {
} catch (...) {
  throw ToJsError(info.Env(), std::current_exception());
}

Napi::Object ManyRunsWrap::Add(Napi::Env env, std::shared_ptr<Run> run) {
  const Napi::Object shown = RunInJs(env, run);
  runs_.push_back(std::move(run));
  return shown;
}

Napi::Value ManyRunsWrap::Start(const Napi::CallbackInfo& info) {
  const auto threads =
      static_cast<int>(IntegerArgumentOr(info[0], "threads", 1, kMaxThreads, DefaultThreads()));
  if (!info[1].IsFunction()) {
    throw Error(ErrorKind::kArgument, "onEvents", "a function", "something else", "Give one.");
  }
  if (runs_.empty()) {
    throw Error(ErrorKind::kState, "start", "runs that were added", "none", "Add some first.");
  }
  auto many = std::make_unique<ManyRun>();
  for (const std::shared_ptr<Run>& run : runs_) many->Add(run);
  const size_t bytes = many->arena_bytes();
  auto job = std::make_unique<ManyRunsJob>(std::move(many), runs_, threads);
  runs_.clear();
  return Job::Start(info.Env(), std::move(job), bytes, info[1].As<Napi::Function>());
}

Napi::Value ManyRunsWrap::Clear(const Napi::CallbackInfo&) {
  runs_.clear();
  return {};
}

}  // namespace layerwise
