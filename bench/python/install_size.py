"""Prints the bytes and the number of installed distributions that a package needs, itself included."""

import json
import re
import sys
from importlib import metadata


def size_of(distribution):
    total = 0
    for file in distribution.files or []:
        try:
            total += file.locate().stat().st_size
        except OSError:
            pass
    return total


def needed(name, found):
    key = re.sub(r"[-_.]+", "-", name).lower()
    if key in found:
        return
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return
    found[key] = size_of(distribution)
    for requirement in distribution.requires or []:
        if "extra ==" not in requirement:
            needed(re.match(r"[\w.-]+", requirement).group(), found)


sizes = {}
needed(sys.argv[1], sizes)
print(json.dumps({"bytes": sum(sizes.values()), "packages": len(sizes)}))
