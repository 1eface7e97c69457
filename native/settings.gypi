# Included by every target of addon.gypi and test/native/binding.gyp.
#
# No flag here chooses an instruction set: the kernels do that region by region, everything else is for
# the oldest processor of the family. No flag may let the compiler reassociate or fuse on its own: the
# same seed must give the same bits.
#
# The language standard is set on the target, because Node's common.gypi comes after target_defaults.
{
  "variables": {
    "strict_warnings": "<!(<(inputs) --strict)"
  },
  "include_dirs": [".."],
  "defines": ["LAYERWISE_VERSION=\"<!(<(inputs) --version)\""],
  "cflags!": ["-Wno-unused-parameter"],
  "cflags_cc!": ["-std=gnu++17", "-std=gnu++20", "-fno-exceptions", "-fno-rtti"],
  "cflags_cc": [
    "-std=c++20",
    "-O3",
    "-fexceptions",
    "-frtti",
    "-fvisibility=hidden",
    "-fvisibility-inlines-hidden",
    "-ffunction-sections",
    "-fdata-sections",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wshadow",
    "-Wno-unknown-warning-option",
    "-Wno-restrict"  # false alarms of gcc 12 on the concatenation of strings; unknown to clang
  ],
  "defines!": ["_HAS_EXCEPTIONS=0"],
  "msvs_settings": {
    "VCCLCompilerTool": {
      "AdditionalOptions!": ["-std:c++17", "-std:c++20"],
      "AdditionalOptions": ["/std:c++20", "/utf-8"],
      "ExceptionHandling": 1,
      "FloatingPointModel": 0,
      "RuntimeTypeInfo": "true",
      "WarningLevel": 4
    }
  },
  "xcode_settings": {
    "CLANG_CXX_LANGUAGE_STANDARD": "c++20",
    "CLANG_CXX_LIBRARY": "libc++",
    "GCC_ENABLE_CPP_EXCEPTIONS": "YES",
    "GCC_ENABLE_CPP_RTTI": "YES",
    "GCC_OPTIMIZATION_LEVEL": "3",
    "GCC_SYMBOLS_PRIVATE_EXTERN": "YES",
    "MACOSX_DEPLOYMENT_TARGET": "11.0",
    "WARNING_CFLAGS": ["-Wall", "-Wextra", "-Wpedantic", "-Wshadow"],
    "OTHER_CPLUSPLUSFLAGS": [
      "-fvisibility-inlines-hidden",
      "-ffp-contract=off",
      "-fno-math-errno"
    ]
  },
  "conditions": [
    ["OS!='win' and OS!='mac'", {
      "cflags_cc": ["-pthread"],
      "ldflags": ["-pthread"]
    }],
    ["strict_warnings==1", {
      "cflags_cc": ["-Werror"],
      "xcode_settings": { "GCC_TREAT_WARNINGS_AS_ERRORS": "YES" },
      "msvs_settings": { "VCCLCompilerTool": { "WarnAsError": "true" } }
    }]
  ]
}
