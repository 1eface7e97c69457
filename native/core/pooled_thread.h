// The threads of the process. Work takes one that is idle, or a new one where none is; one that has
// been idle for half a second ends. So short pieces of work do not pay for a thread each, and
// nobody keeps threads for work to come.
#pragma once

#include <functional>
#include <memory>

namespace layerwise {

// Runs the work, which must not throw, on a thread of the process. Throws std::system_error when
// none is idle and the system gives no new one; with kPatient only after a moment in which none of
// the others has become idle, as one often does that has just told its result.
enum class ForThread { kImpatient, kPatient };
void RunOnPooledThread(std::function<void()> work, ForThread waits = ForThread::kImpatient);

// The same for whoever waits for the end of the work, as for that of a std::thread.
class PooledThread {
 public:
  PooledThread() = default;
  // Patient.
  explicit PooledThread(std::function<void()> work);

  bool joinable() const { return end_ != nullptr; }
  void join();

 private:
  struct End;
  std::shared_ptr<End> end_;
};

// One that uses the threads: with the last one they end. A library may be unloaded after that, but
// not before, as they run its code. All work of the user's has to be over.
class PooledThreadsUser {
 public:
  PooledThreadsUser();
  ~PooledThreadsUser();
  PooledThreadsUser(const PooledThreadsUser&) = delete;
  PooledThreadsUser& operator=(const PooledThreadsUser&) = delete;
};

// Threads that there are now, idle ones included.
int CountPooledThreads();

}  // namespace layerwise
