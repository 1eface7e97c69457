// A test harness that fits in one header, so that a fresh clone needs no download to test the core.
//
//   TEST(SumOfTwo) {
//     EXPECT_EQ(Sum(1, 2), 3);
//     EXPECT_NEAR(Mean(values), 0.5, 1e-6);
//     EXPECT_THROWS(Sum({}), "at least one value");   // "" accepts any message
//   }
//
// An EXPECT_ that fails is reported and the test goes on; an ASSERT_ that fails ends the test. Both
// take a message: EXPECT_EQ(a, b) << "at row " << row.
#pragma once

#include <cmath>
#include <exception>
#include <functional>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace layerwise::testing {

struct TestCase {
  std::string name;
  std::string file;
  std::function<void()> body;
};

// Every TEST of the program, in the order of registration.
std::vector<TestCase>& Tests();

// Reports a failure of the running test.
void RecordFailure(const std::string& message);

// Thrown by the ASSERT_ macros to end a test whose failure has been recorded already.
struct TestAborted {};

struct Registration {
  Registration(const char* name, const char* file, void (*body)()) {
    Tests().push_back({name, file, body});
  }
};

template <typename T>
std::string Show(const T& value) {
  std::ostringstream out;
  out.precision(9);
  if constexpr (std::is_same_v<T, bool>) {
    out << (value ? "true" : "false");
  } else if constexpr (std::is_enum_v<T>) {
    out << static_cast<long long>(value);
  } else if constexpr (std::is_same_v<T, signed char> || std::is_same_v<T, unsigned char>) {
    out << static_cast<int>(value);
  } else if constexpr (requires { out << value; }) {
    out << value;
  } else {
    out << "(a value that cannot be printed)";
  }
  return out.str();
}

// Integers of different signedness are compared by value.
template <typename A, typename B>
bool Equal(const A& a, const B& b) {
  constexpr bool kIntegers = std::is_integral_v<A> && std::is_integral_v<B> &&
                             !std::is_same_v<A, bool> && !std::is_same_v<B, bool> &&
                             !std::is_same_v<A, char> && !std::is_same_v<B, char>;
  if constexpr (kIntegers) {
    return std::cmp_equal(a, b);
  } else {
    return a == b;
  }
}

// The outcome of one comparison: records itself when it goes out of scope, with what was streamed
// in.
class Check {
 public:
  Check(bool passed, bool fatal, const char* file, int line, const std::string& message)
      : passed_(passed), fatal_(fatal) {
    if (!passed_) out_ << file << ":" << line << ": " << message;
  }
  Check(const Check&) = delete;
  Check& operator=(const Check&) = delete;
  ~Check() noexcept(false) {
    if (passed_) return;
    RecordFailure(out_.str());
    if (fatal_) throw TestAborted{};
  }

  template <typename T>
  Check& operator<<(const T& value) {
    if (!passed_) {
      if (!annotated_) out_ << ": ";
      annotated_ = true;
      out_ << value;
    }
    return *this;
  }

 private:
  bool passed_;
  bool fatal_;
  bool annotated_ = false;
  std::ostringstream out_;
};

struct Comparison {
  bool passed;
  std::string message;
};

template <typename A, typename B, typename Compare>
Comparison CompareValues(const A& a, const B& b, const char* text, Compare compare) {
  if (compare(a, b)) return {true, ""};
  return {false, std::string(text) + ", but the values are " + Show(a) + " and " + Show(b)};
}

inline Comparison CompareNear(double a, double b, double tolerance, const char* text) {
  if (a == b || std::abs(a - b) <= tolerance) return {true, ""};
  return {false, std::string(text) + ", but the values are " + Show(a) + " and " + Show(b) +
                     ", apart by " + Show(std::abs(a - b)) + ", allowed " + Show(tolerance)};
}

template <typename Body>
Comparison CompareThrows(Body&& body, std::string_view fragment, const char* text) {
  try {
    std::forward<Body>(body)();
  } catch (const std::exception& error) {
    if (std::string_view(error.what()).find(fragment) != std::string_view::npos) return {true, ""};
    return {false, std::string(text) + " throws \"" + error.what() +
                       "\", expected a message with \"" + std::string(fragment) + "\""};
  }
  return {false, std::string(text) + " throws nothing"};
}

}  // namespace layerwise::testing

#define TEST(test_name)                                                                          \
  static void Test##test_name();                                                                 \
  static const ::layerwise::testing::Registration registration_##test_name(#test_name, __FILE__, \
                                                                           &Test##test_name);    \
  static void Test##test_name()

// NOLINTBEGIN(bugprone-macro-parentheses): the arguments are expressions handed to functions.
#define LAYERWISE_CHECK(fatal, comparison)                                            \
  for (::layerwise::testing::Comparison layerwise_comparison = comparison,            \
                                        *layerwise_once = &layerwise_comparison;      \
       layerwise_once != nullptr; layerwise_once = nullptr)                           \
  ::layerwise::testing::Check(layerwise_comparison.passed, fatal, __FILE__, __LINE__, \
                              layerwise_comparison.message)

#define LAYERWISE_COMPARE(fatal, a, b, sign, compare) \
  LAYERWISE_CHECK(                                    \
      fatal, ::layerwise::testing::CompareValues(     \
                 (a), (b), #a " " sign " " #b,        \
                 [](const auto& layerwise_left, const auto& layerwise_right) { return compare; }))

#define EXPECT_TRUE(condition)                                                           \
  LAYERWISE_CHECK(false, (::layerwise::testing::Comparison{static_cast<bool>(condition), \
                                                           #condition " is not true"}))
#define EXPECT_FALSE(condition)                                                           \
  LAYERWISE_CHECK(false, (::layerwise::testing::Comparison{!static_cast<bool>(condition), \
                                                           #condition " is not false"}))
#define EXPECT_EQ(a, b)          \
  LAYERWISE_COMPARE(false, a, b, \
                    "==", (::layerwise::testing::Equal(layerwise_left, layerwise_right)))
#define EXPECT_NE(a, b)          \
  LAYERWISE_COMPARE(false, a, b, \
                    "!=", !(::layerwise::testing::Equal(layerwise_left, layerwise_right)))
#define EXPECT_LT(a, b) LAYERWISE_COMPARE(false, a, b, "<", layerwise_left < layerwise_right)
#define EXPECT_LE(a, b) LAYERWISE_COMPARE(false, a, b, "<=", layerwise_left <= layerwise_right)
#define EXPECT_GT(a, b) LAYERWISE_COMPARE(false, a, b, ">", layerwise_left > layerwise_right)
#define EXPECT_GE(a, b) LAYERWISE_COMPARE(false, a, b, ">=", layerwise_left >= layerwise_right)
#define EXPECT_NEAR(a, b, tolerance)                                                           \
  LAYERWISE_CHECK(                                                                             \
      false, ::layerwise::testing::CompareNear(static_cast<double>(a), static_cast<double>(b), \
                                               static_cast<double>(tolerance), #a " is near " #b))
#define EXPECT_THROWS(statement, fragment)                    \
  LAYERWISE_CHECK(false, ::layerwise::testing::CompareThrows( \
                             [&] { static_cast<void>(statement); }, fragment, #statement))

#define ASSERT_TRUE(condition)                                                          \
  LAYERWISE_CHECK(true, (::layerwise::testing::Comparison{static_cast<bool>(condition), \
                                                          #condition " is not true"}))
#define ASSERT_EQ(a, b)         \
  LAYERWISE_COMPARE(true, a, b, \
                    "==", (::layerwise::testing::Equal(layerwise_left, layerwise_right)))
// NOLINTEND(bugprone-macro-parentheses)
