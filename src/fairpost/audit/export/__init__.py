"""The record for an outside auditor: files by which the chain can be checked without Fairpost."""
