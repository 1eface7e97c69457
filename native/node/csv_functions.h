// Tables as text: what lib/data has the core do with their bytes and numbers.
#pragma once

#include <napi.h>

namespace layerwise {

// cutRecords(text, delimiter, width, starts, lines, ends, numbers, kinds, cut): see
// data/csv_records.h. Writes rows, bytes, lines and 1 for an odd record into `cut`.
Napi::Value CutCsvRecords(const Napi::CallbackInfo& info);

// addToMoments(numbers, width, taken, columns, moments): see data/column_moments.h.
Napi::Value AddToColumnMoments(const Napi::CallbackInfo& info);

}  // namespace layerwise
