# The C++ tests: an executable over the static library that ../../binding.gyp builds. scripts/build-native.cjs
# builds both in the right order.
{
  "variables": {
    "inputs": "node ../../scripts/gyp-inputs.cjs"
  },
  "targets": [
    {
      "target_name": "core_tests",
      "type": "executable",
      "win_delay_load_hook": "false",
      "includes": ["../../native/settings.gypi"],
      "sources": ["<!@(<(inputs) tests)"],
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
