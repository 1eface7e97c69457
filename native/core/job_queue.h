// Tasks that share a few threads of the process, first come first served.
#pragma once

#include <condition_variable>
#include <mutex>

namespace layerwise {

class JobQueue {
 public:
  class Task {
   public:
    Task() = default;
    virtual ~Task() = default;
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    // On a thread of the queue.
    virtual void Run() noexcept = 0;
    // On the same thread, once the queue has let go of the task: from here on it may be deleted.
    virtual void Finish() noexcept = 0;

   private:
    friend class JobQueue;
    enum class Place { kNowhere, kBehind, kInLine, kRunning };
    Place place_ = Place::kNowhere;
    Task* previous_ = nullptr;  // in line, or the one that it comes behind
    Task* next_ = nullptr;      // in line
    Task* follower_ = nullptr;  // that comes behind it
  };

  // Runs at most so many tasks at a time.
  explicit JobQueue(int limit) : limit_(limit) {}
  // Waits for all tasks.
  ~JobQueue();
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  // The one that everything in the process shares: as many tasks at a time as there are processors.
  // Never destroyed: tasks may run while the process ends.
  static JobQueue& OfProcess();

  // Puts the task at the end of the line; with `before`, a task that has been added and is not
  // deleted, only once that is done, so that both never run at the same time. Throws
  // std::system_error, with nothing added, when there is no thread at all to run it.
  void Add(Task& task, Task* before = nullptr);
  // Takes out a task that has not begun. Returns false when it has.
  bool Withdraw(Task& task);

 private:
  void Work();
  bool Begin(Task** task);
  void Append(Task& task);
  void Remove(Task& task);
  void LetFollow(Task& task);

  const int limit_;
  std::mutex mutex_;
  std::condition_variable all_done_;
  Task* first_ = nullptr;
  Task* last_ = nullptr;
  int threads_ = 0;
};

}  // namespace layerwise
