"""What a template may use up, so that no author and no contact's attribute can stop a sender.

A limit reached while an author saves is an error at a place in the source; while sending it withholds one
recipient.
"""

from __future__ import annotations

MOST_SOURCE = 2_000_000  # characters of a template
MOST_TAGS = 20_000  # outputs and tags of a template
MOST_TAG = 4_000  # characters within one pair of braces
MOST_NESTING = 20  # blocks within blocks
MOST_FILTERS = 20  # filters on one value
MOST_ITERATIONS = 10_000  # of all loops of one rendering together
MOST_VALUE = 100_000  # characters of a value that a filter makes
MOST_ASSIGNED = 2_000_000  # characters that one rendering assigns and captures, all together
MOST_OUTPUT = 2_000_000  # characters of one rendered part
MOST_TREES = 16  # blocks rendered apart, which share the limits of one rendering
MOST_SECONDS = 0.25  # processor time of one rendering
MOST_NUMBER = 10**15  # beyond this no calculation goes
