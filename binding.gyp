# The build that ships. Sources are listed in native/sources.json, settings are in native/settings.gypi.
{
  "variables": {
    "inputs": "node scripts/gyp-inputs.cjs"
  },
  "targets": [
    {
      "target_name": "layerwise_core",
      "type": "static_library",
      "standalone_static_library": 1,
      "includes": ["native/settings.gypi"],
      "sources": ["<!@(<(inputs) core kernels network data plan training)"]
    },
    {
      "target_name": "layerwise",
      "includes": ["native/settings.gypi"],
      "dependencies": ["layerwise_core"],
      "sources": ["<!@(<(inputs) node)"],
      "defines": ["NAPI_VERSION=8"],
      "conditions": [
        ["OS=='mac'", {
          "xcode_settings": {
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
