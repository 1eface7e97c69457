#include "native/core/control_groups.h"

#include <fstream>
#include <sstream>
#include <vector>

namespace layerwise {
namespace {

bool Lists(const std::string& controllers, const std::string& wanted) {
  std::istringstream list(controllers);
  for (std::string name; std::getline(list, name, ',');) {
    if (name == wanted) return true;
  }
  return false;
}

// Controllers of version 1 are mounted one by one, the processor's often with its accounting.
std::vector<std::string> MountsOfVersion1(const std::string& mounts,
                                          const std::string& controller) {
  std::vector<std::string> found{mounts + "/" + controller};
  if (controller == "cpu") found.push_back(mounts + "/cpu,cpuacct");
  return found;
}

}  // namespace

void VisitControlGroups(
    const std::string& root, const std::string& controller,
    const std::function<void(const std::string& folder, ControlGroupVersion version)>& visit) {
  const auto visit_path = [&](const std::string& mount, std::string path,
                              ControlGroupVersion version) {
    while (!path.empty() && path != "/") {
      visit(mount + path, version);
      const size_t slash = path.rfind('/');
      path.erase(slash == std::string::npos ? 0 : slash);
    }
    visit(mount, version);
  };
  const std::string mounts = root + "/sys/fs/cgroup";
  std::ifstream file(root + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {  // id:controllers:path
    const size_t first = line.find(':');
    const size_t second = line.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const std::string path = line.substr(second + 1);
    if (controllers.empty()) {
      visit_path(mounts, path, ControlGroupVersion::kTwo);
    } else if (Lists(controllers, controller)) {
      for (const std::string& mount : MountsOfVersion1(mounts, controller)) {
        visit_path(mount, path, ControlGroupVersion::kOne);
      }
    }
  }
}

}  // namespace layerwise
