#include "native/core/processors.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <thread>

#include "native/core/control_groups.h"

#if defined(__linux__)
#include <sched.h>

#include <cerrno>
#endif

namespace layerwise {
namespace {

constexpr int kMaxCounted = 1 << 16;

double Share(double quota, double period) {
  if (!(quota > 0) || !(period > 0)) return 0;
  return std::min(quota / period, static_cast<double>(kMaxCounted));
}

// "max 100000" or "150000 100000".
double QuotaOfVersion2(const std::string& group) {
  std::ifstream file(group + "/cpu.max");
  double quota = 0;
  double period = 0;
  if (!(file >> quota >> period)) return 0;
  return Share(quota, period);
}

// The quota is -1 without a limit.
double QuotaOfVersion1(const std::string& group) {
  double quota = 0;
  double period = 0;
  if (!(std::ifstream(group + "/cpu.cfs_quota_us") >> quota)) return 0;
  if (!(std::ifstream(group + "/cpu.cfs_period_us") >> period)) return 0;
  return Share(quota, period);
}

template <typename Number>
Number Tighter(Number a, Number b) {
  if (a == 0 || b == 0) return std::max(a, b);
  return std::min(a, b);
}

#if defined(__linux__)

// The fixed size of cpu_set_t ends at 1024 processors, so the set grows until the system accepts
// it.
int AffinityProcessors() {
  for (int capacity = CPU_SETSIZE; capacity <= kMaxCounted; capacity *= 2) {
    cpu_set_t* set = CPU_ALLOC(static_cast<size_t>(capacity));
    if (set == nullptr) return 0;
    const size_t bytes = CPU_ALLOC_SIZE(static_cast<size_t>(capacity));
    const bool known = sched_getaffinity(0, bytes, set) == 0;
    const bool too_small = !known && errno == EINVAL;
    const int count = known ? CPU_COUNT_S(bytes, set) : 0;
    CPU_FREE(set);
    if (!too_small) return count;
  }
  return 0;
}

int ProcessorsWithoutQuota() {
  const int count = AffinityProcessors();
  return count == 0 ? static_cast<int>(std::thread::hardware_concurrency()) : count;
}

#else

int ProcessorsWithoutQuota() { return static_cast<int>(std::thread::hardware_concurrency()); }

#endif

}  // namespace

int ControlGroupProcessors(const std::string& root) {
  return static_cast<int>(std::ceil(ControlGroupQuota(root)));
}

double ControlGroupQuota(const std::string& root) {
  double limit = 0;
  VisitControlGroups(root, "cpu", [&](const std::string& group, ControlGroupVersion version) {
    const bool is_second = version == ControlGroupVersion::kTwo;
    limit = Tighter(limit, is_second ? QuotaOfVersion2(group) : QuotaOfVersion1(group));
  });
  return limit;
}

int AvailableProcessors() {
  static const int count =
      std::max(1, Tighter(ProcessorsWithoutQuota(), ControlGroupProcessors("")));
  return count;
}

int WholeProcessors() {
  static const int count = [] {
    const double quota = ControlGroupQuota("");
    const int all = AvailableProcessors();
    return quota == 0 ? all : std::clamp(static_cast<int>(quota), 1, all);
  }();
  return count;
}

int ParseThreads(const char* text) {
  if (text == nullptr) return 0;
  int threads = 0;
  for (const char* c = text; *c != '\0'; ++c) {
    if (*c < '0' || *c > '9') return 0;
    threads = std::min(threads * 10 + (*c - '0'), kMaxCounted);
  }
  return threads;
}

}  // namespace layerwise
