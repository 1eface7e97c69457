// Evaluates the formulas that the rows of activations document themselves with, so that what the
// documentation says is what the fast code is proved against. For tests only.
//
//   expression   sum [(< | >) sum] [? expression : expression]
//   operators    + - * / ^, the last with a number behind it
//   names        x, pi, the parameters of the row
//   functions    abs exp expm1 log log1p sqrt sigmoid tanh erfc, min(a, b), max(a, b), and over all
//                elements of a row max(a), sum(a), and
//                largest(a, k), the k-th largest
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace layerwise::reference {

// A number with its derivative.
struct Dual {
  double value = 0;
  double slope = 0;
};

struct FormulaNode;

class Formula {
 public:
  // Throws std::invalid_argument where the text is no expression over these names.
  Formula(const std::string& text, const std::vector<std::string>& parameter_names);

  struct Result {
    std::vector<Dual> values;  // one for each element of x
    // How far x is from where a comparison, a minimum, a maximum or an absolute value changes
    // sides and the derivative may jump; elements exactly there do not count.
    double distance_from_kinks;
  };
  // x is a row; its slopes say by what is differentiated.
  Result Evaluate(const std::vector<Dual>& x, const std::vector<double>& parameters) const;

 private:
  std::shared_ptr<const FormulaNode> root_;
};

}  // namespace layerwise::reference
