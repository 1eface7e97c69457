// A pool that runs the same function over numbered tasks. The calling thread works too, and always
// gets on: threads of the process help it as far as there are some to spare. Each thread begins
// with its own range of the tasks, so that tasks of the same number find in its cache what they
// left there; who is done takes those of others, so a thread that is held up costs only its own
// task. As every task writes its own outputs, results do not depend on which thread took which, nor
// on how many there were.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>

namespace layerwise {

// The default number of threads: LAYERWISE_THREADS when set to a positive integer, else the
// processors that this process may use (affinity and cgroup quota respected, rounded up), at
// least 1.
int DefaultThreads();

inline constexpr int kMaxThreads = 256;

class ThreadPool {
 public:
  // Of so many threads at most, the caller's included (clamped to 1..kMaxThreads). None is taken
  // before there are tasks for it, and those that have had none for a while help others.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int size() const { return size_; }

  // Calls fn(task, thread) for every task in [0, tasks); thread is in [0, size()). Returns when all
  // are done; what they wrote is then visible to the caller. One call at a time. fn must not throw.
  // Helpers spin for a bounded time between calls, then sleep. A call with one task, or on a pool
  // of one, runs on the caller and costs nothing.
  template <typename F>
  void Run(int64_t tasks, F&& fn) {
    if (tasks <= 1 || size_ == 1) {
      for (int64_t task = 0; task < tasks; ++task) fn(task, 0);
      return;
    }
    RunTasks(
        tasks,
        [](void* context, int64_t task, int thread) noexcept {
          (*static_cast<std::remove_reference_t<F>*>(context))(task, thread);
        },
        const_cast<void*>(static_cast<const void*>(&fn)));
  }

 private:
  friend class Helpers;
  using TaskFunction = void (*)(void* context, int64_t task, int thread) noexcept;
  void RunTasks(int64_t tasks, TaskFunction function, void* context);

  void AskForHelpers(int wanted);

  struct Team;
  std::shared_ptr<Team> team_;  // made when there are tasks for several
  int size_ = 1;
};

}  // namespace layerwise
