#include "native/data/stratified_split.h"

#include <algorithm>
#include <cmath>
#include <queue>
#include <tuple>

namespace layerwise {
namespace {

struct Class {
  size_t index = 0;
  double quota = 0;  // its share of those that are set aside
  int64_t least = 0;
  int64_t most = 0;
  int64_t taken = 0;
};

// The class that is furthest from its quota comes first; of equal ones that of the lowest number.
struct IsLater {
  double sign;  // 1 to find what has too few, -1 to find what has too many
  bool operator()(const Class& a, const Class& b) const {
    const auto rank = [&](const Class& of) {
      return std::tuple(sign * (of.quota - static_cast<double>(of.taken)),
                        -static_cast<double>(of.index));
    };
    return rank(a) < rank(b);
  }
};

// Gives or takes rows one by one until `missing` of them are found; each time of the class that is
// the furthest from its quota, and within its bounds.
void Settle(std::vector<Class>& classes, int64_t missing) {
  const int64_t step = missing > 0 ? 1 : -1;
  const auto can_move = [&](const Class& of) {
    return step > 0 ? of.taken < of.most : of.taken > of.least;
  };
  std::priority_queue<Class, std::vector<Class>, IsLater> furthest(
      IsLater{static_cast<double>(step)});
  for (const Class& of : classes) {
    if (can_move(of)) furthest.push(of);
  }
  std::vector<int64_t> moved(classes.empty() ? 0 : classes.back().index + 1, 0);
  for (; missing != 0; missing -= step) {
    Class of = furthest.top();
    furthest.pop();
    of.taken += step;
    moved[of.index] += step;
    if (can_move(of)) furthest.push(of);
  }
  for (Class& of : classes) of.taken += moved[of.index];
}

// Of classes of `rows` together that have two rows or more.
void Apportion(std::vector<Class>& classes, const std::vector<int64_t>& rows, int64_t set_aside) {
  int64_t all = 0;
  for (const Class& of : classes) all += rows[of.index];
  const auto count = static_cast<int64_t>(classes.size());
  const bool validates_each = set_aside >= count;
  const bool trains_each = all - set_aside >= count;
  int64_t missing = set_aside;
  for (Class& of : classes) {
    const int64_t own = rows[of.index];
    of.quota = static_cast<double>(set_aside) * static_cast<double>(own) / static_cast<double>(all);
    of.least = validates_each ? 1 : 0;
    of.most = trains_each ? own - 1 : own;
    of.taken = std::clamp(static_cast<int64_t>(std::floor(of.quota)), of.least, of.most);
    missing -= of.taken;
  }
  Settle(classes, missing);
}

}  // namespace

std::vector<int64_t> RowsToSetAside(const std::vector<int64_t>& rows, int64_t set_aside) {
  std::vector<int64_t> taken(rows.size(), 0);
  std::vector<Class> classes;
  int64_t in_classes = 0;
  int64_t single = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] == 1) ++single;
    if (rows[i] < 2) continue;
    classes.push_back({.index = i});
    in_classes += rows[i];
  }
  // Single rows fill up what cannot be taken without a class losing its last row.
  const int64_t most = in_classes - static_cast<int64_t>(classes.size());
  int64_t of_single = std::clamp(set_aside - most, int64_t{0}, single);
  if (!classes.empty()) Apportion(classes, rows, set_aside - of_single);
  for (const Class& of : classes) taken[of.index] = of.taken;
  for (size_t i = 0; i < rows.size() && of_single > 0; ++i) {
    if (rows[i] != 1) continue;
    taken[i] = 1;
    --of_single;
  }
  return taken;
}

}  // namespace layerwise
