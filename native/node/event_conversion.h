// What runs report, as plain data for JavaScript.
#pragma once

#include <vector>

#include "native/core/value.h"
#include "native/training/gradient_check.h"
#include "native/training/learning_rate_finder.h"
#include "native/training/run.h"

namespace layerwise {

using ResultNames = std::vector<OutputNames>;

Value::Object DescribeEvaluation(const EvaluationResult& result, const ResultNames& names);
Value::Object DescribeLost(const Error& error);
Value::Object DescribeRecovery(const Recovery& recovery, bool rolls_back);
Value::Object DescribeWanted(const WantedRows& rows);
Value::Object DescribeProgress(const ProgressEvent& event, const ResultNames& names);
Value::Object DescribeStatistics(const StatisticsEvent& event);
Value::Object DescribeHistory(const RunHistory& history);
Value::Object DescribeShape(const RunShape& shape);

Value Describe(const GradientReport& report);
Value Describe(const LearningRateCurve& curve);

}  // namespace layerwise
