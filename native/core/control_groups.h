// The control groups of Linux that this process is in: they hold the limits of containers.
#pragma once

#include <functional>
#include <string>

namespace layerwise {

enum class ControlGroupVersion { kOne, kTwo };

// Visits the folder of each group that may limit what `controller` ("cpu", "memory") gives this
// process: its own group and all above, as every one of them limits us too. Inside a container the
// path may name groups that only the host sees; their folders do not exist, and the container's own
// limit lies at the top. Reads {root}/proc/self/cgroup; the folders are below {root}/sys/fs/cgroup,
// and `root` is empty outside tests.
void VisitControlGroups(
    const std::string& root, const std::string& controller,
    const std::function<void(const std::string& folder, ControlGroupVersion version)>& visit);

}  // namespace layerwise
