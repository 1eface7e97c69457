// Which rows a share for validation is taken from evenly.
#include "native/training/stratification.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "native/network/network.h"
#include "test/native/plan/support.h"

namespace layerwise::testing {
namespace {

std::shared_ptr<Dataset> Matrix(const std::vector<float>& targets, int64_t columns) {
  const auto rows = static_cast<int64_t>(targets.size()) / columns;
  auto data = RandomData(rows, 2, "matrix", columns, 3);
  data->WriteTargets(0, std::span<const float>(targets));
  return data;
}

RowClasses ClassesFor(const std::string& activation, int64_t units, const std::string& loss,
                      const std::shared_ptr<Dataset>& data) {
  const Network network(Spec(2, {Dense(units, activation)}));
  const Value options = Value::Object{{"loss", loss}};
  const Objective objective = ReadObjective(ValueReader(options, ""), network.spec());
  return ClassesToStratify(*data, objective);
}

using Classes = std::vector<uint32_t>;

TEST(RowsAreToldApartByTheirClassesWhereTheyHaveOne) {
  const std::shared_ptr<Dataset> data = RandomData(9, 2, "classes", 3, 4);
  const RowClasses numbers = ClassesFor("softmax", 3, "crossEntropy", data);
  EXPECT_EQ(numbers.count, 3);
  EXPECT_TRUE(numbers.of_row == Classes(data->class_targets(), data->class_targets() + 9));
  EXPECT_TRUE(ClassesFor("sigmoid", 1, "binaryCrossEntropy", Matrix({0, 1, 1}, 1)).of_row ==
              (Classes{0, 1, 1}));
  EXPECT_TRUE(ClassesFor("softmax", 2, "crossEntropy", Matrix({0, 1, 1, 0}, 2)).of_row ==
              (Classes{1, 0}));
}

TEST(RowsOfNumbersSharesAndLabelsAreNotToldApart) {
  EXPECT_TRUE(ClassesFor("linear", 1, "meanSquaredError", Matrix({0, 1, 1}, 1)).of_row.empty());
  EXPECT_TRUE(
      ClassesFor("sigmoid", 1, "binaryCrossEntropy", Matrix({0, 0.5, 1}, 1)).of_row.empty());
  EXPECT_TRUE(ClassesFor("softmax", 2, "crossEntropy", Matrix({0, 1, 0.5, 0.5}, 2)).of_row.empty());
  EXPECT_TRUE(
      ClassesFor("sigmoid", 2, "binaryCrossEntropy", Matrix({0, 1, 1, 0}, 2)).of_row.empty());
  EXPECT_TRUE(
      ClassesFor("linear", 2, "meanSquaredError", RandomData(4, 2, "input", 2, 3)).of_row.empty());
}

}  // namespace
}  // namespace layerwise::testing
