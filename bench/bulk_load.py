"""The peer at 100,000 staff: the facts of a roster, bulk-loaded into pyoxigraph and nothing else.

Without a file it only imports what it would load with.
"""

from __future__ import annotations

import os
import sys

import pyoxigraph as ox

if __name__ == "__main__":
    store = ox.Store()
    for name in sys.argv[1:]:
        store.bulk_load(path=name, format=ox.RdfFormat.N_TRIPLES)
    print(len(store), flush=True)
    # As Kitei does: the system takes the memory back faster.
    os._exit(0)
