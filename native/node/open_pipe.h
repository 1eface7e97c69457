// Opening pipes past Node, for streams that close what they read.
//
// Node notes the files that a worker opens and closes those it still knows of when the worker ends,
// by their numbers. A socket that was given such a number closes it without a word to that list:
// by the end of the worker the number may be that of a file of another thread.
#pragma once

#include <napi.h>

namespace layerwise {

// (path): the number of the open file, which reading never waits for; below 0 where it cannot be
// opened, or where the numbers of this code are not those of Node (Windows).
Napi::Value OpenPipe(const Napi::CallbackInfo& info);

}  // namespace layerwise
