// The functions of Windows, without macros in the way of the standard library.
#pragma once

#define WIN32_LEAN_AND_MEAN
#define NOMINMAX
#include <windows.h>
