# What binding.gyp takes for granted of node-gyp.
{
  "target_defaults": { "type": "loadable_module" },
  "variables": { "standalone_static_library%": 1 }
}
