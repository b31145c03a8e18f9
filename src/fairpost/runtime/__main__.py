"""`python -m fairpost.runtime` is the `fairpost` command, for processes that start others."""

from fairpost.runtime.entry import main

main()
