#include "native/core/job_queue.h"

#include <utility>

#include "native/core/pooled_thread.h"
#include "native/core/processors.h"

namespace layerwise {

JobQueue& JobQueue::OfProcess() {
  static JobQueue& queue = *new JobQueue(AvailableProcessors());
  return queue;
}

JobQueue::~JobQueue() {
  std::unique_lock lock(mutex_);
  all_done_.wait(lock, [this] { return threads_ == 0; });
}

void JobQueue::Add(Task& task, Task* before) {
  const std::lock_guard lock(mutex_);
  if (before != nullptr && before->place_ != Task::Place::kNowhere) {
    while (before->follower_ != nullptr) before = before->follower_;
    task.place_ = Task::Place::kBehind;
    task.previous_ = before;
    before->follower_ = &task;
    return;
  }
  Append(task);
  if (threads_ == limit_) return;
  ++threads_;
  try {
    // Without any thread nobody would come to the task.
    RunOnPooledThread([this] { Work(); },
                      threads_ == 1 ? ForThread::kPatient : ForThread::kImpatient);
  } catch (...) {
    --threads_;
    if (threads_ > 0) return;  // those that there are come to it
    Remove(task);
    throw;
  }
}

bool JobQueue::Withdraw(Task& task) {
  const std::lock_guard lock(mutex_);
  if (task.place_ == Task::Place::kBehind) {
    task.previous_->follower_ = nullptr;
    task.previous_ = nullptr;
    task.place_ = Task::Place::kNowhere;
  } else if (task.place_ == Task::Place::kInLine) {
    Remove(task);
  } else {
    return false;
  }
  LetFollow(task);
  return true;
}

void JobQueue::Work() {
  Task* task = nullptr;
  while (Begin(&task)) {
    task->Run();
    {
      const std::lock_guard lock(mutex_);
      task->place_ = Task::Place::kNowhere;
      LetFollow(*task);
    }
    task->Finish();
  }
}

// Whether there was one.
bool JobQueue::Begin(Task** task) {
  const std::lock_guard lock(mutex_);
  if (first_ == nullptr) {
    if (--threads_ == 0) all_done_.notify_all();
    return false;
  }
  *task = first_;
  Remove(**task);
  (*task)->place_ = Task::Place::kRunning;
  return true;
}

void JobQueue::Append(Task& task) {
  task.place_ = Task::Place::kInLine;
  task.previous_ = last_;
  (last_ == nullptr ? first_ : last_->next_) = &task;
  last_ = &task;
}

void JobQueue::Remove(Task& task) {
  (task.previous_ == nullptr ? first_ : task.previous_->next_) = task.next_;
  (task.next_ == nullptr ? last_ : task.next_->previous_) = task.previous_;
  task.previous_ = task.next_ = nullptr;
  task.place_ = Task::Place::kNowhere;
}

// Who comes behind the task takes a place in line: by itself it is no reason for another thread, as
// the one that asks goes on.
void JobQueue::LetFollow(Task& task) {
  if (Task* const follower = std::exchange(task.follower_, nullptr)) {
    follower->previous_ = nullptr;
    Append(*follower);
  }
}

}  // namespace layerwise
