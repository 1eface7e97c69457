# The addon: all that binding.gyp has to say. Sources are listed in sources.json, settings are in settings.gypi.
#
# It is not called binding.gyp, and that file is not published, as there are package managers that compile what
# has one when it is installed. Whoever includes it says what "inputs" is: the program that knows the sources.
{
  "variables": {
    "node_addon_api": "<!(node -p \"require('node-addon-api').include_dir\")"
  },
  "targets": [
    {
      "target_name": "layerwise_core",
      "type": "static_library",
      "standalone_static_library": 1,
      "includes": ["settings.gypi"],
      "sources": ["<!@(<(inputs) core kernels layers network data plan training)"]
    },
    {
      "target_name": "layerwise",
      "includes": ["settings.gypi"],
      "dependencies": ["layerwise_core"],
      "sources": ["<!@(<(inputs) node)"],
      # Without the second and the third, a worker that is terminated while the addon works ends the whole
      # process: every call of Node-API may fail then, and node-addon-api aborts where it cannot throw.
      "defines": [
        "NAPI_VERSION=8",
        "NODE_ADDON_API_CPP_EXCEPTIONS",
        "NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS",
        "NODE_ADDON_API_DISABLE_DEPRECATED"
      ],
      "include_dirs": ["<(node_addon_api)"],
      # As the header of a system: its warnings are not ours. Paths in flags are seen from the folder build/.
      "cflags_cc": ["-isystem", "../<(node_addon_api)"],
      "msvs_settings": {
        "VCCLCompilerTool": { "AdditionalOptions": ["/external:anglebrackets", "/external:W0"] }
      },
      "conditions": [
        ["OS=='mac'", {
          "xcode_settings": {
            "OTHER_CPLUSPLUSFLAGS": ["-isystem", "../<(node_addon_api)"],
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
