"""Playing a published season through the services a web request would use.

`folder` reads the files, `schedule` puts what happened into one order of time, `season` plays it.
"""
