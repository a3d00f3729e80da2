"""What a Django team would otherwise take for work after a commit, run for real and tuned as authors advise.

All do the same: a player's row is changed, a job is enqueued with it, a worker handles it through the ORM.
"""
