"""The least a Django site could do for the same pages: what ours is compared with, in the same run on the same machine."""
