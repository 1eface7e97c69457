#include "test/native/reference/formula.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <numbers>
#include <stdexcept>
#include <utility>

namespace layerwise::reference {
namespace {

using Row = std::vector<Dual>;  // of one element where all are the same

struct Scope {
  const Row& x;
  const std::vector<double>& parameters;
  double distance_from_kinks = std::numeric_limits<double>::infinity();

  // The derivative may jump where the difference is zero.
  void MeetKink(const Dual& difference) {
    if (difference.slope == 0 || difference.value == 0) return;
    const double distance = std::fabs(difference.value / difference.slope);
    distance_from_kinks = std::min(distance_from_kinks, distance);
  }
};

}  // namespace

struct FormulaNode {
  using Operation = Row (*)(const FormulaNode& node, Scope& scope);
  Operation operation = nullptr;
  std::vector<std::unique_ptr<FormulaNode>> operands;
  double number = 0;
  size_t parameter = 0;

  Row Evaluate(Scope& scope) const { return operation(*this, scope); }
  Row Operand(size_t index, Scope& scope) const { return operands[index]->Evaluate(scope); }
};

namespace {

template <typename F>
Row Unary(const FormulaNode& node, Scope& scope, F&& f) {
  Row a = node.Operand(0, scope);
  for (Dual& one : a) one = f(one);
  return a;
}

template <typename F>
Row Binary(const FormulaNode& node, Scope& scope, F&& f) {
  const Row a = node.Operand(0, scope);
  const Row b = node.Operand(1, scope);
  Row result(std::max(a.size(), b.size()));
  for (size_t i = 0; i < result.size(); ++i) {
    result[i] = f(a[a.size() == 1 ? 0 : i], b[b.size() == 1 ? 0 : i]);
  }
  return result;
}

// f(a) with the derivative f'(a).
Dual Chain(const Dual& a, double value, double derivative) {
  return {value, a.slope == 0 ? 0 : derivative * a.slope};
}

Dual Difference(const Dual& a, const Dual& b) { return {a.value - b.value, a.slope - b.slope}; }

// ---- Leaves ----

Row Number(const FormulaNode& node, Scope&) { return {{node.number, 0}}; }
Row Variable(const FormulaNode&, Scope& scope) { return scope.x; }
Row Parameter(const FormulaNode& node, Scope& scope) {
  return {{scope.parameters.at(node.parameter), 0}};
}

// ---- Operators ----

Row Plus(const FormulaNode& node, Scope& scope) {
  return Binary(node, scope, [](const Dual& a, const Dual& b) {
    return Dual{a.value + b.value, a.slope + b.slope};
  });
}
Row Minus(const FormulaNode& node, Scope& scope) { return Binary(node, scope, &Difference); }
Row Times(const FormulaNode& node, Scope& scope) {
  return Binary(node, scope, [](const Dual& a, const Dual& b) {
    return Dual{a.value * b.value, a.slope * b.value + a.value * b.slope};
  });
}
Row Over(const FormulaNode& node, Scope& scope) {
  return Binary(node, scope, [](const Dual& a, const Dual& b) {
    const double quotient = a.value / b.value;
    return Dual{quotient, (a.slope - quotient * b.slope) / b.value};
  });
}
Row Negative(const FormulaNode& node, Scope& scope) {
  return Unary(node, scope, [](const Dual& a) { return Dual{-a.value, -a.slope}; });
}
Row Power(const FormulaNode& node, Scope& scope) {
  return Unary(node, scope, [&](const Dual& a) {
    return Chain(a, std::pow(a.value, node.number),
                 node.number * std::pow(a.value, node.number - 1));
  });
}
Row Less(const FormulaNode& node, Scope& scope) {
  return Binary(node, scope, [&](const Dual& a, const Dual& b) {
    scope.MeetKink(Difference(a, b));
    return Dual{a.value < b.value ? 1.0 : 0.0, 0};
  });
}
Row Greater(const FormulaNode& node, Scope& scope) {
  return Binary(node, scope, [&](const Dual& a, const Dual& b) {
    scope.MeetKink(Difference(a, b));
    return Dual{a.value > b.value ? 1.0 : 0.0, 0};
  });
}
Row Choose(const FormulaNode& node, Scope& scope) {
  const Row truth = node.Operand(0, scope);
  if (truth.size() == 1) return node.Operand(truth[0].value != 0 ? 1 : 2, scope);
  const Row yes = node.Operand(1, scope);
  const Row no = node.Operand(2, scope);
  Row result(truth.size());
  for (size_t i = 0; i < result.size(); ++i) {
    const Row& chosen = truth[i].value != 0 ? yes : no;
    result[i] = chosen[chosen.size() == 1 ? 0 : i];
  }
  return result;
}

// ---- Functions ----

Row Absolute(const FormulaNode& node, Scope& scope) {
  return Unary(node, scope, [&](const Dual& a) {
    scope.MeetKink(a);
    return Chain(a, std::fabs(a.value), a.value > 0 ? 1 : -1);
  });
}
Row Exponential(const FormulaNode& node, Scope& scope) {
  return Unary(node, scope,
               [](const Dual& a) { return Chain(a, std::exp(a.value), std::exp(a.value)); });
}
Row ExponentialMinusOne(const FormulaNode& node, Scope& scope) {
  return Unary(node, scope,
               [](const Dual& a) { return Chain(a, std::expm1(a.value), std::exp(a.value)); });
}
Row Logarithm(const FormulaNode& node, Scope& scope) {
  return Unary(node, scope, [](const Dual& a) { return Chain(a, std::log(a.value), 1 / a.value); });
}
Row LogarithmOfOnePlus(const FormulaNode& node, Scope& scope) {
  return Unary(node, scope,
               [](const Dual& a) { return Chain(a, std::log1p(a.value), 1 / (1 + a.value)); });
}
Row SquareRoot(const FormulaNode& node, Scope& scope) {
  return Unary(node, scope, [](const Dual& a) {
    return Chain(a, std::sqrt(a.value), 0.5 / std::sqrt(a.value));
  });
}
double LogisticOf(double x) {
  const double e = std::exp(-std::fabs(x));
  return (x < 0 ? e : 1.0) / (1.0 + e);
}
Row Logistic(const FormulaNode& node, Scope& scope) {
  return Unary(node, scope, [](const Dual& a) {
    return Chain(a, LogisticOf(a.value), LogisticOf(a.value) * LogisticOf(-a.value));
  });
}
Row HyperbolicTangent(const FormulaNode& node, Scope& scope) {
  return Unary(node, scope, [](const Dual& a) {
    return Chain(a, std::tanh(a.value), 1 / (std::cosh(a.value) * std::cosh(a.value)));
  });
}
Row ComplementaryError(const FormulaNode& node, Scope& scope) {
  return Unary(node, scope, [](const Dual& a) {
    return Chain(a, std::erfc(a.value),
                 -2 / std::sqrt(std::numbers::pi) * std::exp(-a.value * a.value));
  });
}
Row Smaller(const FormulaNode& node, Scope& scope) {
  return Binary(node, scope, [&](const Dual& a, const Dual& b) {
    scope.MeetKink(Difference(a, b));
    return a.value < b.value ? a : b;
  });
}
Row Larger(const FormulaNode& node, Scope& scope) {
  return Binary(node, scope, [&](const Dual& a, const Dual& b) {
    scope.MeetKink(Difference(a, b));
    return a.value > b.value ? a : b;
  });
}
Row LargestOfRow(const FormulaNode& node, Scope& scope) {
  const Row a = node.Operand(0, scope);
  return {*std::max_element(a.begin(), a.end(), [](const Dual& left, const Dual& right) {
    return left.value < right.value;
  })};
}
Row SumOfRow(const FormulaNode& node, Scope& scope) {
  Dual sum;
  for (const Dual& one : node.Operand(0, scope)) {
    sum.value += one.value;
    sum.slope += one.slope;
  }
  return {sum};
}

Row LargestButSome(const FormulaNode& node, Scope& scope) {
  Row a = node.Operand(0, scope);
  const double k = node.Operand(1, scope)[0].value;
  std::erase_if(a, [](const Dual& one) { return std::isnan(one.value); });
  if (a.empty()) return {Dual{}};
  const size_t place = std::min(a.size(), static_cast<size_t>(std::max(1.0, k))) - 1;
  std::nth_element(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(place), a.end(),
                   [](const Dual& left, const Dual& right) { return left.value > right.value; });
  return {a[place]};
}

struct FunctionRow {
  const char* name;
  size_t operands;
  FormulaNode::Operation operation;
};

constexpr FunctionRow kFunctions[] = {
    {"abs", 1, &Absolute},
    {"exp", 1, &Exponential},
    {"expm1", 1, &ExponentialMinusOne},
    {"log", 1, &Logarithm},
    {"log1p", 1, &LogarithmOfOnePlus},
    {"sqrt", 1, &SquareRoot},
    {"sigmoid", 1, &Logistic},
    {"tanh", 1, &HyperbolicTangent},
    {"erfc", 1, &ComplementaryError},
    {"min", 2, &Smaller},
    {"max", 2, &Larger},
    {"max", 1, &LargestOfRow},
    {"sum", 1, &SumOfRow},
    {"largest", 2, &LargestButSome},
};

// ---- Parser, by recursive descent ----

class Parser {
 public:
  using Node = std::unique_ptr<FormulaNode>;

  Parser(const std::string& text, const std::vector<std::string>& parameters)
      : text_(text), parameters_(parameters) {}

  Node ParseAll() {
    Node node = Expression();
    if (Peek() != '\0') Fail();
    return node;
  }

 private:
  template <typename... Operands>
  static Node Make(FormulaNode::Operation operation, Operands... operands) {
    auto node = std::make_unique<FormulaNode>();
    node->operation = operation;
    (node->operands.push_back(std::move(operands)), ...);
    return node;
  }

  Node Expression() {
    Node condition = Comparison();
    if (!Accept('?')) return condition;
    Node yes = Expression();
    Expect(':');
    Node no = Expression();
    return Make(&Choose, std::move(condition), std::move(yes), std::move(no));
  }

  Node Comparison() {
    Node left = Sum();
    if (Accept('<')) return Make(&Less, std::move(left), Sum());
    if (Accept('>')) return Make(&Greater, std::move(left), Sum());
    return left;
  }

  Node Sum() {
    Node left = Product();
    for (;;) {
      if (Accept('+')) {
        left = Make(&Plus, std::move(left), Product());
      } else if (Accept('-')) {
        left = Make(&Minus, std::move(left), Product());
      } else {
        return left;
      }
    }
  }

  Node Product() {
    Node left = Signed();
    for (;;) {
      if (Accept('*')) {
        left = Make(&Times, std::move(left), Signed());
      } else if (Accept('/')) {
        left = Make(&Over, std::move(left), Signed());
      } else {
        return left;
      }
    }
  }

  Node Signed() {
    if (Accept('-')) return Make(&Negative, Signed());
    Node base = Primary();
    if (!Accept('^')) return base;
    Node power = Make(&Power, std::move(base));
    power->number = ReadNumber();
    return power;
  }

  Node Primary() {
    if (Accept('(')) {
      Node inner = Expression();
      Expect(')');
      return inner;
    }
    if (std::isalpha(static_cast<unsigned char>(Peek())) != 0) return Named(ReadName());
    return Constant(ReadNumber());
  }

  Node Named(const std::string& name) {
    if (Accept('(')) return Call(name);
    if (name == "x") return Make(&Variable);
    if (name == "pi") return Constant(std::numbers::pi);
    const auto found = std::find(parameters_.begin(), parameters_.end(), name);
    if (found == parameters_.end()) Fail();
    Node node = Make(&Parameter);
    node->parameter = static_cast<size_t>(found - parameters_.begin());
    return node;
  }

  Node Call(const std::string& name) {
    auto node = std::make_unique<FormulaNode>();
    do {
      node->operands.push_back(Expression());
    } while (Accept(','));
    Expect(')');
    for (const FunctionRow& function : kFunctions) {
      if (name != function.name || node->operands.size() != function.operands) continue;
      node->operation = function.operation;
      return node;
    }
    Fail();
  }

  static Node Constant(double number) {
    Node node = Make(&Number);
    node->number = number;
    return node;
  }

  std::string ReadName() {
    const size_t start = at_;
    while (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    return text_.substr(start, at_ - start);
  }

  double ReadNumber() {
    Peek();
    char* end = nullptr;
    const double number = std::strtod(text_.c_str() + at_, &end);
    const auto next = static_cast<size_t>(end - text_.c_str());
    if (next == at_) Fail();
    at_ = next;
    return number;
  }

  char Peek() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool Accept(char wanted) {
    if (Peek() != wanted) return false;
    ++at_;
    return true;
  }
  void Expect(char wanted) {
    if (!Accept(wanted)) Fail();
  }
  [[noreturn]] void Fail() const {
    throw std::invalid_argument("cannot read the formula \"" + text_ + "\" from \"" +
                                text_.substr(std::min(at_, text_.size())) + "\" on");
  }

  const std::string& text_;
  const std::vector<std::string>& parameters_;
  size_t at_ = 0;
};

}  // namespace

Formula::Formula(const std::string& text, const std::vector<std::string>& parameter_names)
    : root_(Parser(text, parameter_names).ParseAll()) {}

Formula::Result Formula::Evaluate(const std::vector<Dual>& x,
                                  const std::vector<double>& parameters) const {
  Scope scope{x, parameters};
  Row values = root_->Evaluate(scope);
  if (values.size() == 1) values.resize(x.size(), values[0]);
  return {std::move(values), scope.distance_from_kinks};
}

}  // namespace layerwise::reference
