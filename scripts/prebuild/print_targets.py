"""A generator of gyp that prints the targets as JSON, with all conditions and variables resolved.

    gyp_main.py binding.gyp -f scripts/prebuild/print_targets.py -DOS=linux --depth=. --no-parallel
"""

import json
from gyp.generator.gypd import generator_default_variables  # noqa: F401: gyp reads it


def GenerateOutput(target_list, target_dicts, data, params):
    targets = (target_dicts[name] for name in target_list)
    print(json.dumps({target["target_name"]: target for target in targets}))
