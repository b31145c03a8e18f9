"""Open pixel, click redirect, unsubscribing and what providers post: a small server that also works alone."""
