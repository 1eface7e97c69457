# The build that ships. Sources are listed in native/sources.json, settings are in native/settings.gypi.
{
  "variables": {
    "inputs": "node scripts/gyp-inputs.cjs",
    "addon_api": "<!(node -p \"require('node-addon-api').include_dir\")"
  },
  "targets": [
    {
      "target_name": "layerwise_core",
      "type": "static_library",
      "standalone_static_library": 1,
      "includes": ["native/settings.gypi"],
      "sources": ["<!@(<(inputs) core kernels plan)"]
    },
    {
      "target_name": "layerwise",
      "includes": ["native/settings.gypi"],
      "dependencies": ["layerwise_core"],
      "sources": ["<!@(<(inputs) node)"],
      "defines": ["NAPI_VERSION=8", "NODE_ADDON_API_CPP_EXCEPTIONS"],
      "conditions": [
        ["OS=='win'", {
          "include_dirs": ["<(addon_api)"]
        }, {
          # As system headers: our warnings are not for code that is not ours.
          "cflags_cc": ["-isystem ../<(addon_api)"]
        }],
        ["OS=='mac'", {
          "xcode_settings": {
            "OTHER_CPLUSPLUSFLAGS": ["-isystem ../<(addon_api)"],
            "OTHER_LDFLAGS": [
              "-Wl,-dead_strip",
              "-Wl,-exported_symbol,_napi_register_module_v1",
              "-Wl,-exported_symbol,_node_api_module_get_api_version_v1"
            ]
          }
        }],
        ["OS=='linux'", {
          "ldflags!": ["-rdynamic"],
          "ldflags": [
            "-Wl,--gc-sections",
            "-Wl,--version-script=../native/exports.map"
          ]
        }]
      ]
    }
  ]
}
