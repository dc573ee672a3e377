"""Databases of the releases, one file each: what every later release upgrades and carries on with.

`make release-database` writes the file of the version in `setup.cfg`. It is run when a release is made; the file of a
released version is never written again.
"""
