# What node-gyp looks for in a checkout. Users compile native/addon.gypi by scripts/compile.cjs.
{
  "variables": {
    "inputs": "node scripts/gyp-inputs.cjs"
  },
  "includes": ["native/addon.gypi"]
}
