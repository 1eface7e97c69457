// How many processors this process may use.
#pragma once

#include <string>

namespace layerwise {

// Processors that this process may run on: its affinity, and the quota of its control groups
// rounded up. At least 1. Asked once: the answer does not change while the process lives.
int AvailableProcessors();

// The same with the quota rounded down, at least 1: how many may be used all the time without being
// stopped for it.
int WholeProcessors();

// The processors that the control groups of this process grant, rounded up, or 0 without a limit.
// Reads {root}/proc/self/cgroup and below {root}/sys/fs/cgroup; `root` is empty outside tests.
int ControlGroupProcessors(const std::string& root);
// The same with fractions.
double ControlGroupQuota(const std::string& root);

// A number of threads from a setting, or 0 when it is no positive integer.
int ParseThreads(const char* text);

}  // namespace layerwise
