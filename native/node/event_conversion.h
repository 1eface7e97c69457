// What runs report, as plain data for JavaScript.
#pragma once

#include <string>
#include <vector>

#include "native/core/value.h"
#include "native/plan/run.h"

namespace layerwise {

using MetricNames = std::vector<std::string>;

Value DescribeEvaluation(const EvaluationResult& result, const MetricNames& names);
Value DescribeProgressEvent(const ProgressEvent& event, const MetricNames& names);
Value DescribeEpochEvent(const EpochEvent& event, const MetricNames& names);
Value DescribeHistory(const RunHistory& history, const MetricNames& names);

}  // namespace layerwise
