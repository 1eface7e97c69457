# The native micro-benchmarks: an executable over the static library that ../../binding.gyp builds.
# ../suite/nativeProbe.ts builds both in the right order.
{
  "variables": {
    "inputs": "node ../../scripts/gyp-inputs.cjs"
  },
  "targets": [
    {
      "target_name": "native_benchmarks",
      "type": "executable",
      "win_delay_load_hook": "false",
      "includes": ["../../native/settings.gypi"],
      "sources": ["bandwidth.cc", "gemm_benchmark.cc", "main.cc", "peak.cc", "timing.cc"],
      "conditions": [
        ["OS=='win'", {
          "libraries": ["<(module_root_dir)/../../build/Release/layerwise_core.lib"]
        }, {
          "libraries": ["<(module_root_dir)/../../build/Release/layerwise_core.a"]
        }]
      ]
    }
  ]
}
